"""Colours of single segments, as many as a page can hold."""

from nb_remote.dialects.base import SegmentColor
from nb_remote.infer.category import Category

MAX_SEGMENT_COLORS = 10_000
"""Of one layer: about 250 kB in the page and in a saved notebook."""


def infer_segment_colors(
    raw: tuple[SegmentColor, ...], category: Category
) -> tuple[tuple[SegmentColor, ...], tuple[str, ...]]:
    """Choose the colours that are shown.

    Parameters
    ----------
    raw
        As the metadata state them.
    category
        Of the layer: an image has no segments.

    Returns
    -------
    tuple
        The colours, and what is odd about them.
    """
    # The background is clear, whatever is said of it.
    raw = tuple(one for one in raw if one[0] != 0)
    if not raw or category != "segmentation":
        return (), ()
    notes: list[str] = []
    if len(raw) > MAX_SEGMENT_COLORS:
        notes.append(
            f"the metadata give colours to {len(raw)} segments; the first {MAX_SEGMENT_COLORS} "
            "have them, the others Neuroglancer's"
        )
    shown = raw[:MAX_SEGMENT_COLORS]
    # Some writers leave the opacity at 0; a table that hides all that it lists says nothing.
    if all(rgba[3] == 0 for _, rgba in shown):
        notes.append(
            "the metadata make all segments that have colours clear; they are shown opaque"
        )
        shown = tuple((segment, (r, g, b, 255)) for segment, (r, g, b, _) in shown)
    return shown, tuple(notes)
