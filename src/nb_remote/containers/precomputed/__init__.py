"""Neuroglancer precomputed volumes: ``info`` and chunks named by the box they hold."""
