"""A view's wants to tiles: which, in which order, as which bytes."""
