"""A layer's level to something that indexes like NumPy and computes with dask."""
