"""Zarr version 3: https://zarr-specs.readthedocs.io/en/latest/v3/core/."""
