"""Bytes at a location to arrays: one folder per storage format."""
