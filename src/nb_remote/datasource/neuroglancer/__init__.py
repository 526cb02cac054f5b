"""Datasets as Neuroglancer states, and layers as Neuroglancer states show them."""
