"""Neuroglancer links: recognised by their shape, and what the state in them says."""
