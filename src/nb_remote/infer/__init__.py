"""Metadata to meaning, each value with its origin."""
