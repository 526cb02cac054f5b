"""Layers to one dataset: its space, and the WEBKNOSSOS JSON."""
