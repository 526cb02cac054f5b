"""Colours that the metadata give to segments: which of them reach the page, and in which words."""

import pytest
from tests.volumes.documents import documents, files, with_labels
from tests.volumes.inferring import infer

import nb_remote
from nb_remote.infer.segment_colors import MAX_SEGMENT_COLORS
from nb_remote.widget.scene import build_scene


def labelled(colors, dtype="<u4"):
    cells = documents("zyx", dtype=dtype)
    cells[".zattrs"]["image-label"] = {
        "colors": [{"label-value": segment, "rgba": rgba} for segment, rgba in colors]
    }
    return with_labels(documents("zyx"), cells=cells)


def test_they_reach_the_page_with_exact_ids_and_opacity(serve):
    colors = [(2**64 - 1, [255, 0, 10, 128]), (7, [1, 2, 3, 0]), (9, [0, 0, 0, 255])]
    server = serve(files(labelled(colors, "<u8")))
    scene = build_scene(nb_remote.open(server.url_of("image.zarr")), {})
    image, cells = scene.layers
    assert image.segment_colors == ()
    assert cells.segment_colors == (
        ("18446744073709551615", "#ff000a80"),
        ("7", "#01020300"),
        ("9", "#000000ff"),
    )


def test_the_background_has_no_colour():
    _, cells = infer(labelled([(0, [9, 9, 9, 255]), (1, [1, 2, 3, 4])]))
    assert cells.segment_colors == ((1, (1, 2, 3, 4)),)


def test_a_table_that_hides_all_that_it_lists_is_shown_opaque_and_said():
    _, cells = infer(labelled([(1, [1, 2, 3, 0]), (2, [4, 5, 6, 0])]))
    assert cells.segment_colors == ((1, (1, 2, 3, 255)), (2, (4, 5, 6, 255)))
    assert any("opaque" in note for note in cells.notes)


@pytest.mark.parametrize("more", [0, 1])
def test_a_huge_table_is_cut_and_that_is_said(more):
    count = MAX_SEGMENT_COLORS + more
    _, cells = infer(labelled([(n, [n % 256, 0, 0, 255]) for n in range(1, count + 1)]))
    assert len(cells.segment_colors) == MAX_SEGMENT_COLORS
    assert any(str(count) in note for note in cells.notes) == bool(more)


def test_floats_have_no_segments_and_so_no_colours():
    _, cells = infer(labelled([(1, [1, 2, 3, 4])], "<f4"))
    assert cells.segment_colors == ()
