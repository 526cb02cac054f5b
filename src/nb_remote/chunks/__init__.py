"""A layout and a box to the box's voxels: plan, fetch, decode, cache."""
