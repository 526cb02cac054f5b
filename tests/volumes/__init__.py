"""Synthetic volumes: written by independent writers, or as the documents alone."""
