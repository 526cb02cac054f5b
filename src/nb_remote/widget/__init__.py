"""Traits for people, messages for the page."""
