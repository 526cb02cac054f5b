"""Labels over an image: Neuroglancer's colours, opacity, and ids that are exact everywhere."""

import json

import numpy as np
import pytest

from tests.browser.label_colors import REFERENCE, ZERO, colors_of, rgb_of, segment_rgb
from tests.browser.pixels import Picture
from tests.browser.test_interaction import centre, trait, until
from tests.browser.volumes import shuffled, write_ome_zarr
from tests.servers.http import RangeServer

pytestmark = pytest.mark.browser

SHAPE = (5, 20, 30)
POSITION = (15.0, 10.0, 2.5)
ZOOM = 12
LABELS = "labels-cells"
IMAGE = shuffled(SHAPE, "uint8", 21) // 2
DIMMED = 64 / 255
"""Share of its opacity that a segment keeps while others are selected."""

STATED = {7: (255, 128, 0, 255), 2**64 - 1: (0, 40, 255, 128), 9: (1, 2, 3, 0)}
"""As `image-label` colours: red, green, blue, opacity."""
HUGE = (2**53, 2**53 + 1, 2**53 + 2, 2**63 + 1, 2**64 - 2, 2**64 - 1)


def _segments(ids):
    """Blocks of 5 × 5 voxels of each id in turn, other ones on each slice."""
    z, y, x = np.indices(SHAPE)
    return np.array(ids, "uint64")[(x // 5 + 2 * (y // 5) + z) % len(ids)]


@pytest.fixture(scope="module")
def nb(module_notebook):
    """A notebook that shows label volumes: ``show(name)`` runs the cell of one."""
    volumes = {"reference": (0, *REFERENCE), "huge": (0, *HUGE), "stated": (0, 5, *STATED)}
    objects = {}
    for name, ids in volumes.items():
        written = write_ome_zarr([IMAGE], "zyx", labels={"cells": [_segments(ids)]})
        if name == "stated":
            _state_colors(written)
        objects |= {f"{name}/{key}": value for key, value in written.items()}
    with RangeServer(objects) as server:
        page = module_notebook(
            [
                f"import nb_remote as nbr\nview = nbr.open('{server.url}/{name}').view("
                f"position={POSITION}, zoom={ZOOM}, contrast_limits=(0, 255), height=300)\nview"
                for name in volumes
            ]
        )

        def show(name):
            number = list(volumes).index(name)
            page.run_cell(number)
            page.shown, page.number = page.cell_canvas(number), number
            return page, _segments(volumes[name])[2]

        yield show


def _state_colors(objects):
    key = "labels/cells/.zattrs"
    colors = [{"label-value": one, "rgba": list(rgba)} for one, rgba in STATED.items()]
    attributes = json.loads(objects[key]) | {"image-label": {"colors": colors}}
    objects[key] = json.dumps(attributes).encode()


def _as_float64(ids):
    """Return what JSON numbers would make of ids."""
    return ids.astype(float).clip(max=2.0**64 - 2048).astype("uint64")


def pixels(nb):
    return Picture(nb.shown).at_voxels(SHAPE[1:], POSITION[:2], (ZOOM, ZOOM))


def overlay(ids, opacity, colors=None, image=None):
    """What labels over the image look like; `opacity` is a number or one per voxel."""
    image = (IMAGE[2] if image is None else image).astype(float)[..., np.newaxis]
    alpha = np.where(ids == 0, 0, opacity)[..., np.newaxis]
    return image * (1 - alpha) + (colors_of(ids) if colors is None else colors) * alpha


def alike(rgb, wanted):
    """Return the share of voxels that show what is wanted, to within the rounding of two blends."""
    return float((np.abs(rgb - wanted) <= 2).all(axis=-1).mean())


def until_shown(nb, wanted, what):
    until(lambda: alike(pixels(nb), wanted) == 1, what=what)


def voxel(nb, ids, segment):
    """Return where on the page the middle voxel of a block of a segment lies."""
    rows, columns = np.nonzero(ids[2::5, 2::5] == segment)
    x, y = centre(nb.shown)
    column, row = 5 * columns[0] + 2.5, 5 * rows[0] + 2.5
    return x + (column - POSITION[0]) * ZOOM, y + (row - POSITION[1]) * ZOOM


def test_the_comparison_knows_neuroglancers_colors():
    assert {one: rgb_of(text) for one, text in REFERENCE.items()} == {
        one: segment_rgb(one) for one in REFERENCE
    }
    assert segment_rgb(0) == rgb_of(ZERO)


def test_labels_have_neuroglancers_colors_and_zero_is_clear(nb):
    page, ids = nb("reference")
    assert set(np.unique(ids)) == {0, *REFERENCE}
    page.kexec(f"view.opacity = {{{LABELS!r}: 1.0}}")

    until_shown(page, overlay(ids, 1), "labels alone, and the image under zero")

    assert (pixels(page)[ids == 0] == IMAGE[2][ids == 0][:, np.newaxis]).all()
    for wrong in (ids + 1, np.roll(ids, 1, axis=1), ids & 0xFFFFFFFF, _as_float64(ids)):
        assert alike(pixels(page), overlay(wrong.astype("uint64"), 1)) < 0.9


def test_colours_and_opacities_that_the_metadata_state_are_shown(nb):
    page, ids = nb("stated")
    colors, opacity = colors_of(ids), np.full(ids.shape, 0.4)
    for segment, rgba in STATED.items():
        colors[ids == segment] = rgba[:3]
        opacity[ids == segment] *= rgba[3] / 255

    until_shown(page, overlay(ids, opacity, colors), "the stated colours, others Neuroglancer's")

    assert alike(pixels(page), overlay(ids, 0.4, colors)) < 0.8
    assert alike(pixels(page), overlay(ids, opacity)) < 0.8


def test_opacity_and_visibility_follow_python_and_the_page(nb):
    page, ids = nb("reference")
    until_shown(page, overlay(ids, 0.4), "the usual opacity")
    page.kexec(f"view.opacity = {{{LABELS!r}: 0.7}}")
    until_shown(page, overlay(ids, 0.7), "another opacity")
    assert alike(pixels(page), overlay(ids, 0.65)) < 0.5
    assert alike(pixels(page), overlay(ids, 0.7, image=IMAGE[3])) < 0.5

    page.kexec("view.visible = {'image': False}")
    until_shown(page, overlay(ids, 0.7, image=np.zeros_like(IMAGE[2])), "labels without image")
    controls = page.page.locator(".jp-Notebook .jp-Cell").nth(page.number)
    controls.get_by_label(f"Show {LABELS}").uncheck()
    controls.get_by_label("Show image").check()
    until_shown(page, overlay(ids, 0), "the image without labels")
    until(lambda: trait(page, "visible") == {"image": True, LABELS: False}, what="in Python")

    page.kexec("view.colors = {'image': '#00ff00'}; view.inverted = {'image': True}")
    green = (255.0 - IMAGE[2])[..., np.newaxis] * (0, 1, 0)
    until_shown(page, green, "an inverted green image")


def test_huge_ids_are_exact_from_the_voxel_to_python(nb):
    page, ids = nb("huge")
    until_shown(page, overlay(ids, 0.4), "each id in its own colour")
    assert alike(pixels(page), overlay(_as_float64(ids), 0.4)) < 0.9

    under = f"print(view.hovered and view.hovered.values[{LABELS!r}])"
    for segment in (2**53 + 1, 2**64 - 2):
        page.page.mouse.move(*voxel(page, ids, segment))
        value = page.shown.locator(f"xpath=ancestor::*[@class='nbr']//*[@data-layer='{LABELS}']/b")
        until(lambda: value.inner_text() == str(segment), what=f"{segment} in the status line")  # noqa: B023
        until(
            lambda: str(segment) == page.kexec(under).strip(),  # noqa: B023
            what=f"{segment} under the pointer in Python",
        )
        white = np.where((ids == segment)[..., np.newaxis], 255, colors_of(ids))
        until_shown(page, overlay(ids, 0.4, (colors_of(ids) + white) / 2), "it is highlighted")


def test_a_click_selects_exactly_and_escape_clears(nb):
    page, ids = nb("huge")
    chosen = 2**53 + 1
    aside = centre(page.shown)[0], page.shown.bounding_box()["y"] + 5

    def selected():
        return page.kexec(f"print(view.selected_segments[{LABELS!r}])").strip()

    def dimmed(*selection):
        bright = np.isin(ids, np.array(selection, "uint64"))
        return overlay(ids, np.where(bright, 0.4, 0.4 * DIMMED))

    page.page.mouse.click(*voxel(page, ids, chosen))
    until(lambda: selected() == f"({chosen},)", what="the id in Python")
    page.page.mouse.move(*aside)
    until_shown(page, dimmed(chosen), "the others dimmed")
    assert alike(pixels(page), dimmed(2**53)) < 0.9

    page.page.mouse.click(*voxel(page, ids, 2**64 - 1))
    page.page.mouse.click(*voxel(page, ids, chosen))
    page.page.mouse.click(*voxel(page, ids, 0))
    until(lambda: selected() == f"({2**64 - 1},)", what="one more, one less, and never zero")
    page.kexec(f"view.selected_segments = {{{LABELS!r}: [{2**64 - 2}, {2**53}]}}")
    page.page.mouse.move(*aside)
    until_shown(page, dimmed(2**64 - 2, 2**53), "what Python selects")

    page.page.keyboard.press("Escape")
    until(lambda: selected() == "()", what="no selection in Python")
    until_shown(page, overlay(ids, 0.4), "all of them again")
