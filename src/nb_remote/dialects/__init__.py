"""Containers and their attributes to layers: one file per convention."""
