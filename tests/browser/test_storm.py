"""Thousands of tiles through a real page and kernel while the view never rests."""

import json
from pathlib import Path

import numpy as np
import pytest

from tests.browser.notebook_page import READY_CANVAS
from tests.browser.pixels import Picture, same_gray
from tests.browser.volumes import write_ome_zarr
from tests.servers.http import RangeServer

pytestmark = pytest.mark.browser

SIDE, TILE, SLICES = 24, 256, 3
"""Tiles along x and y, voxels along a tile, slices: 1728 tiles, twice what the page keeps."""
TILES = 3000
LIMITS = (0.0, 255.0)
MAX_MESSAGE = 256 * 1024
MAX_TILES = 4
ROUNDS, VIEWS = 5, 10
NOTES = Path(__file__).with_name("storm.js").read_text()
BASE = np.random.default_rng(3).integers(0, 256, (TILE, TILE), dtype=np.uint8)


def chunk(z, row, column):
    """Voxels of one chunk, unlike those of all others."""
    shifted = np.roll(BASE, (7 * row + 3 * z, 11 * column), (0, 1))
    return shifted + np.uint8((101 * z + 16 * row + 37 * column) % 256)


def plane(z, first_row, first_column, rows, columns):
    """Voxels of `rows` × `columns` chunks."""
    return np.block(
        [[chunk(z, first_row + r, first_column + c) for c in range(columns)] for r in range(rows)]
    )


@pytest.fixture(scope="module")
def served():
    empty = np.zeros((SLICES, SIDE * TILE, SIDE * TILE), np.uint8)
    objects = write_ome_zarr([empty], "zyx", chunks=(1, TILE, TILE))
    array = json.loads(objects["0/.zarray"])
    objects["0/.zarray"] = json.dumps(array | {"compressor": None}).encode()
    for z, row, column in np.ndindex(SLICES, SIDE, SIDE):
        objects[f"0/{z}/{row}/{column}"] = chunk(z, row, column).tobytes()
    with RangeServer(objects) as server:
        yield server


KERNEL = """
import asyncio, json
from nb_remote.threads import submit
async def look():
    stream = view._stream
    sessions = list(stream._sessions.values())
    return {
        "sessions": len(sessions),
        "pending": sum(one.pending for one in sessions),
        "running": sum(len(one._scheduler._running) for one in sessions),
        "sent": sum(len(one._sent) for one in sessions),
        "outbox": stream._outbox.waiting,
        "making": len(stream._maker._under_way) + len(stream._maker._making._entries),
        "replies": len(getattr(view.comm, "_reply_subshell_ids", {})),
    }
print(json.dumps(submit(look()).result(5)))
"""


GOODBYES = """
import time
deadline = time.monotonic() + 10
while view._stream._sessions and time.monotonic() < deadline:
    pass
"""


def kernel_state(nb):
    return json.loads(nb.kexec(KERNEL))


def notes(nb):
    return nb.page.evaluate("() => storm")


def shows(nb, z, row, column):
    """Whether the canvas shows the tile in its middle, and those around it, voxel for voxel."""
    middle = ((column + 0.5) * TILE, (row + 0.5) * TILE)
    nb.kexec(f"view.zoom = 1.0; view.position = ({middle[0]}, {middle[1]}, {z + 0.5})")
    nb.page.wait_for_function(
        """wanted => {
            const { dataset } = document.querySelector('canvas[data-testid=nb-remote-canvas]');
            return dataset.position === wanted && dataset.zoom === '1' && dataset.ready === '1';
        }""",
        arg=f"{middle[0]:g},{middle[1]:g},{z + 0.5:g}",
    )
    # one row and three columns of tiles fit the canvas for sure
    voxels = plane(z, row, column - 1, 1, 3)
    corner = ((column - 1) * TILE, row * TILE)
    position = (middle[0] - corner[0], middle[1] - corner[1])
    return same_gray(Picture(nb.canvas()).at_voxels(voxels.shape, position, (1, 1)), voxels, LIMITS)


@pytest.mark.timeout(240)  # half a minute on two free cores
def test_three_thousand_tiles_in_a_storm_of_pans(notebook, served):
    nb = notebook(
        [
            f"import nb_remote as nbr\nds = nbr.open({served.url!r})\n"
            f"view = ds.view(position=(3000, 3000, 1.5), zoom=0.18, contrast_limits={LIMITS}, "
            "height=400)\nview",
        ]
    )
    nb.page.evaluate("code => (0, eval)(code)", NOTES)
    nb.page.evaluate("() => storm.watch()")
    nb.run_cell(0)
    nb.canvas()

    steps = nb.page.evaluate("tiles => storm.rage(tiles)", TILES)

    assert all(
        shows(nb, z, row, column) for z, row, column in [(0, 3, 4), (1, 12, 12), (2, 20, 19)]
    )
    seen = notes(nb)
    assert seen["tiles"] >= TILES
    assert seen["failed"] == 0
    assert seen["views"] < steps, "one request for several frames"
    assert max(count for count, _ in seen["messages"]) <= MAX_TILES
    assert max(size for count, size in seen["messages"] if count > 1) <= MAX_MESSAGE
    assert seen["largestRequest"] < MAX_MESSAGE
    statistics = json.loads(
        nb.kexec("import dataclasses, json; print(json.dumps(dataclasses.asdict(view.statistics)))")
    )
    assert statistics["tiles_sent"] >= seen["tiles"]
    assert statistics["tiles_cancelled"] > 0
    assert statistics["in_flight"] == 0
    state = kernel_state(nb)
    # the last message's tiles are remembered until the page says that it has them
    assert state.pop("sent") <= MAX_TILES * len(seen["messages"])
    assert state == dict.fromkeys(state, 0) | {"sessions": 1}


def test_fifty_views_made_and_destroyed_leave_nothing_behind(notebook, served):
    nb = notebook(
        [
            f"import nb_remote as nbr\nfrom IPython.display import display\n"
            f"view = nbr.open({served.url!r}).view(position=(3000, 3000, 1.5), zoom=1.0, "
            f"contrast_limits={LIMITS}, height=120)",
            f"for _ in range({VIEWS}): display(view)",
        ]
    )
    nb.page.evaluate("code => (0, eval)(code)", NOTES)
    nb.run_cell(0)
    for _ in range(ROUNDS):
        nb.run_cell(1)
        nb.page.wait_for_function(
            f'n => document.querySelectorAll("{READY_CANVAS}").length === n',
            arg=VIEWS,
        )
        assert nb.page.evaluate("() => storm.listeners") >= 10 * VIEWS
        assert kernel_state(nb)["sessions"] == VIEWS

        nb.page.evaluate("() => jupyterapp.commands.execute('notebook:clear-all-cell-outputs')")

        nb.page.wait_for_function("() => storm.listeners === 0")
        assert nb.page.evaluate("() => [storm.timers.size, storm.frames.size]") == [0, 0]
    # The page has sent its goodbyes; they reach the kernel on another way than this question.
    nb.kexec(GOODBYES)
    assert kernel_state(nb) == dict.fromkeys(kernel_state(nb), 0)
