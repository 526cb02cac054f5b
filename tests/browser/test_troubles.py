"""What goes wrong is said where it happened, and stops nothing else."""

import json

import numpy as np
import pytest

from tests.browser.pixels import Picture, gray
from tests.browser.test_interaction import until
from tests.browser.volumes import shuffled, write_ome_zarr
from tests.servers.http import RangeServer

pytestmark = pytest.mark.browser

# Tiles have 256 voxels a side, chunks 128: the plane has two tiles, the fault hits the second.
ARRAY = shuffled((2, 200, 400), "uint16", 11)
LIMITS = (0.0, 65535.0)
CHUNK = "0/0/1/3"
ZOOM = 2


def show(url):
    return (
        f"import nb_remote as nbr\nds = nbr.open({url!r})\n"
        f"view = ds.view(position=(200, 100, 0.5), zoom={ZOOM}, height=420, "
        f"contrast_limits={LIMITS})\nview"
    )


@pytest.fixture
def objects():
    return write_ome_zarr([ARRAY], "zyx", chunks=(1, 128, 128))


@pytest.fixture
def served(objects):
    with RangeServer(objects) as server:
        yield server


def wait_for_tiles(nb, *, here, failed):
    nb.page.wait_for_function(
        """([here, failed]) => {
            const { dataset } = document.querySelector('canvas[data-testid=nb-remote-canvas]');
            return dataset.tilesHere === here && dataset.tilesFailed === failed;
        }""",
        arg=[str(here), str(failed)],
    )


def alike(nb):
    """Which voxels of the first plane show their value, shape (y, x)."""
    canvas = nb.page.locator("canvas[data-testid=nb-remote-canvas]")
    rgb = Picture(canvas).at_voxels(ARRAY.shape[1:], (200, 100), (ZOOM, ZOOM))
    return (np.abs(rgb - gray(ARRAY[0], LIMITS)[..., np.newaxis]) <= 1).all(axis=-1)


@pytest.mark.parametrize(
    ("fault", "code"),
    [("500", "server-failed"), ("403", "access-denied"), ("truncated", "corrupt-chunk")],
)
def test_a_chunk_that_fails_shows_on_its_tile_and_can_be_retried(
    notebook, objects, served, fault, code
):
    whole = objects[CHUNK]
    if fault == "truncated":
        objects[CHUNK] = whole[: len(whole) // 2]
    else:
        served.fail(CHUNK, fault)
    nb = notebook([show(served.url)])
    nb.run_cell(0)
    wait_for_tiles(nb, here=1, failed=1)

    problem = nb.page.locator(f".nbr-problem[data-code={code}]")
    problem.wait_for(state="visible")
    assert "1 tile could not be read" in problem.inner_text()
    assert alike(nb)[:, :256].all()
    # never fill value, never somebody else's voxels
    assert alike(nb)[:, 256:].mean() < 0.1

    objects[CHUNK] = whole
    served.heal()
    nb.page.get_by_role("button", name="Retry failed").click()
    wait_for_tiles(nb, here=2, failed=0)
    assert alike(nb).all()
    problem.wait_for(state="detached")


def test_a_missing_chunk_is_fill_value_and_is_counted(notebook, objects, served):
    del objects[CHUNK]
    nb = notebook([show(served.url)])
    nb.run_cell(0)
    nb.canvas()

    status = nb.page.get_by_test_id("nb-remote-status").inner_text()

    assert "1 missing chunk" in status
    shown = alike(nb)
    assert shown[:128].all()
    assert shown[:, :384].all()
    canvas = nb.page.locator("canvas[data-testid=nb-remote-canvas]")
    rgb = Picture(canvas).at_voxels(ARRAY.shape[1:], (200, 100), (ZOOM, ZOOM))
    assert (rgb[128:, 384:] == 0).all()


def test_a_server_that_hangs_stops_neither_the_kernel_nor_the_other_tiles(notebook, served):
    served.fail(CHUNK, "hang")
    nb = notebook([show(served.url), "print(6 * 7)"])
    nb.run_cell(0)
    wait_for_tiles(nb, here=1, failed=0)

    assert nb.run_cell(1, seconds=5) == "42\n"
    assert alike(nb)[:, :256].all()

    served.heal()
    # gives up in seconds, tries again, and gets the tile
    wait_for_tiles(nb, here=2, failed=0)
    assert alike(nb).all()


def test_a_layer_that_cannot_be_read_says_so_beside_one_that_can(notebook):
    objects = write_ome_zarr(
        [ARRAY], "zyx", labels={"cells": [(ARRAY % 5).astype("uint8")]}, chunks=(1, 128, 128)
    )
    meta = json.loads(objects["labels/cells/0/.zarray"])
    meta["compressor"] = {"id": "jpegxl-of-the-future"}
    objects["labels/cells/0/.zarray"] = json.dumps(meta).encode()
    with RangeServer(objects) as server:
        nb = notebook([show(server.url)])
        nb.run_cell(0)
        nb.canvas()

        problem = nb.page.locator(".nbr-problem[data-code=unsupported-codec]")

        assert "jpegxl-of-the-future" in problem.inner_text()
        assert alike(nb).all()


def test_wrong_addresses_are_answered_in_the_cell_and_the_kernel_lives(notebook, served):
    nb = notebook(
        [
            "import nb_remote as nbr, time",
            f"nbr.open({served.url + '/no/such/thing'!r})",
            "nbr.open('https://example.invalid/x.zarr')",
            "nbr.open('not an address')",
            f"nbr.open({served.url!r}); print('alive')",
        ]
    )
    nb.run_cell(0)
    for cell, sentence in [
        (1, "nothing was found there"),
        (2, "the host name is unknown"),
        (3, "address"),
    ]:
        nb.run_cell(cell, seconds=15, may_fail=True)
        assert sentence in nb.cell_text(cell)
    assert nb.run_cell(4) == "alive\n"


def test_volumes_without_contrast_are_shown_by_the_percentiles_of_the_coarsest_level(notebook):
    fine = np.random.default_rng(0).normal(1000, 50, (4, 64, 64)).astype("uint16")
    coarse = fine[::2, ::2, ::2]
    with RangeServer(write_ome_zarr([fine, coarse], "zyx")) as server:
        nb = notebook(
            [f"import nb_remote as nbr\nview = nbr.open({server.url!r}).view(height=200)\nview"]
        )
        nb.run_cell(0)
        nb.canvas()
        low, high = np.percentile(coarse, (1, 99))

        def measured():
            limits = json.loads(nb.kexec("import json; print(json.dumps(view.contrast_limits))"))
            return limits["image"][0]

        until(lambda: measured() is not None, what="measured contrast limits")
        assert measured() == pytest.approx([low, high])
        zoom = json.loads(nb.kexec("print(json.dumps(view.zoom))"))

        def the_picture_uses_them():
            picture = Picture(nb.canvas())
            rgb = picture.at_voxels((64, 64), (32, 32), (zoom, zoom))
            wanted = gray(fine[2], (low, high))[..., np.newaxis]
            return (np.abs(rgb - wanted) <= 1).all()

        until(the_picture_uses_them, what="a picture in the measured contrast")
