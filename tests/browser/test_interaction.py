"""What a person does with the canvas, and what Python sees of it."""

import json
import time

import numpy as np
import pytest

from tests.browser.pixels import Picture, same_gray
from tests.browser.volumes import shuffled, write_ome_zarr
from tests.servers.http import RangeServer

pytestmark = pytest.mark.browser

ARRAY = shuffled((12, 40, 60), "uint16", 7)
LIMITS = (float(ARRAY.min()), float(ARRAY.max()))
POSITION = (30, 20, 5.5)
ZOOM = 6
PATIENCE_S = 10


@pytest.fixture
def served():
    with RangeServer(write_ome_zarr([ARRAY], "zyx")) as server:
        yield server


@pytest.fixture
def nb(notebook, served):
    """A notebook that shows the volume, one voxel on 6 × 6 pixels."""
    page = notebook(
        [
            f"import nb_remote as nbr\nds = nbr.open({served.url!r})\n"
            f"view = ds.view(position={POSITION}, zoom={ZOOM}, "
            f"contrast_limits={LIMITS}, height=300)\nview",
            "print('another cell')",
        ]
    )
    page.run_cell(0)
    page.canvas()
    return page


def until(fact, *, what):
    """Ask for a fact until it holds; what another process does has no event to wait for."""
    deadline = time.monotonic() + PATIENCE_S
    while not fact():
        assert time.monotonic() < deadline, f"not within {PATIENCE_S} s: {what}"


def trait(nb, name):
    return json.loads(nb.kexec(f"import json; print(json.dumps(view.{name}))"))


def centre(canvas):
    box = canvas.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def shows(nb, plane, position_xy=POSITION[:2], limits=LIMITS, zoom=ZOOM):
    def fact():
        picture = Picture(nb.canvas())
        return same_gray(picture.at_voxels(plane.shape, position_xy, (zoom, zoom)), plane, limits)

    return fact


def test_a_healthy_view_shows_no_problem(nb):
    assert nb.page.locator(".nbr-problem").count() == 0


def test_dragging_moves_the_picture_with_the_pointer_and_the_position_in_python(nb):
    x, y = centre(nb.canvas())

    nb.page.mouse.move(x, y)
    nb.page.mouse.down()
    nb.page.mouse.move(x + 60, y - 24, steps=4)
    nb.page.mouse.up()

    until(lambda: trait(nb, "position") == [20.0, 24.0, 5.5], what="position in Python")
    until(shows(nb, ARRAY[5, 8:, :], (20, 16)), what="the moved picture")


def test_the_wheel_changes_slices_only_after_a_click(nb):
    x, y = centre(nb.canvas())
    nb.page.mouse.move(x, y)

    nb.page.mouse.wheel(0, 120)
    assert trait(nb, "slice") == 5

    nb.page.mouse.click(x, y)
    nb.page.mouse.wheel(0, 120)
    until(lambda: trait(nb, "slice") == 6, what="next slice in Python")
    until(shows(nb, ARRAY[6]), what="next slice on the canvas")
    nb.page.mouse.wheel(0, -120)
    until(lambda: trait(nb, "slice") == 5, what="slice before")


def test_ctrl_and_wheel_zoom_about_the_voxel_under_the_pointer(nb):
    x, y = centre(nb.canvas())
    readout = nb.page.get_by_test_id("nb-remote-readout")
    nb.page.mouse.move(x + 93, y + 51)
    before = readout.inner_text()

    nb.page.keyboard.down("Control")
    nb.page.mouse.wheel(0, -120)
    nb.page.keyboard.up("Control")

    until(lambda: trait(nb, "zoom") > ZOOM, what="a larger zoom in Python")
    # the voxel: its lengths are those of the pixel's middle, and move by parts of a pixel
    assert readout.inner_text().splitlines()[0] == before.splitlines()[0]


def test_the_readout_tells_the_exact_voxel_and_value_under_the_pointer(nb):
    x, y = centre(nb.canvas())
    # 30 + 7.5 voxels right and 20 + 2.5 down of the centre: voxel (37, 22)
    nb.page.mouse.move(x + 7.5 * ZOOM, y + 2.5 * ZOOM)

    text = nb.page.get_by_test_id("nb-remote-readout").inner_text()

    assert "x 37" in text
    assert "y 22" in text
    assert str(ARRAY[5, 22, 37]) in text.replace("\u202f", "").replace(",", "")


def test_keys_work_on_the_focused_canvas_and_jupyterlab_does_not_see_them(nb):
    nb.canvas().focus()

    nb.page.keyboard.press(".")
    nb.page.keyboard.press("ArrowRight")
    nb.page.keyboard.press("d")
    nb.page.keyboard.press("d")  # JupyterLab's command mode would delete the cell

    until(lambda: trait(nb, "slice") == 6, what="next slice by key")
    assert trait(nb, "position")[0] > POSITION[0]
    assert nb.page.locator(".jp-Notebook .jp-CodeCell").count() == 2


def test_traits_set_in_python_move_the_view(nb):
    nb.kexec("view.slice = 9")
    until(shows(nb, ARRAY[9]), what="slice 9")

    nb.kexec("view.position = (30, 20, 2.5); view.zoom = 4")
    until(shows(nb, ARRAY[2], zoom=4), what="slice 2, zoomed out")


def test_contrast_changes_without_a_word_to_the_kernel_or_the_store(nb, served):
    served.forget()
    generation = nb.canvas().get_attribute("data-generation")
    narrow = (LIMITS[0], LIMITS[1] / 4)

    nb.kexec(f"view.contrast_limits = {narrow}")

    until(shows(nb, ARRAY[5], limits=narrow), what="the new contrast")
    assert nb.canvas().get_attribute("data-generation") == generation
    assert served.requests == []


def test_zoom_none_becomes_the_zoom_at_which_the_bounding_box_fits(nb):
    nb.kexec("view.zoom = None")

    def whole_plane_is_shown():
        zoom = trait(nb, "zoom")
        if zoom in (None, ZOOM):
            return False
        rgb = Picture(nb.canvas()).at_voxels(ARRAY.shape[1:], POSITION[:2], (zoom, zoom))
        return same_gray(rgb, ARRAY[5], LIMITS)

    until(whole_plane_is_shown, what="the whole plane")


def test_two_cells_may_show_the_same_view_and_move_together(notebook, served):
    nb = notebook(
        [
            f"import nb_remote as nbr\nview = nbr.open({served.url!r}).view(position={POSITION}, "
            f"zoom={ZOOM}, contrast_limits={LIMITS}, height=260)\nview",
            "view",
        ]
    )
    nb.run_cell(0)
    nb.run_cell(1)
    canvases = [nb.cell_canvas(0), nb.cell_canvas(1)]

    nb.kexec("view.slice = 3")

    for number, canvas in enumerate(canvases):

        def slice_3_is_shown(canvas=canvas):
            rgb = Picture(canvas).at_voxels((40, 60), POSITION[:2], (ZOOM, ZOOM))
            return same_gray(rgb, ARRAY[3], LIMITS)

        until(slice_3_is_shown, what=f"slice 3 in cell {number}")


def test_tiles_keep_coming_while_a_cell_runs_that_has_just_moved_the_view(notebook, served):
    served.latency_s = 0.1
    nb = notebook(
        [
            f"import nb_remote as nbr, time\nview = nbr.open({served.url!r}).view("
            f"position={POSITION}, zoom={ZOOM}, contrast_limits={LIMITS}, height=300)\nview",
            "view.slice = 11\ntime.sleep(8)\nprint('slept')",
        ]
    )
    nb.run_cell(0)
    nb.canvas()

    nb.start_cell(1)

    nb.page.wait_for_function(
        """() => {
            const { dataset } = document.querySelector('canvas[data-testid=nb-remote-canvas]');
            return dataset.position.endsWith('11.5') && dataset.ready === '1';
        }"""
    )
    picture = Picture(nb.page.locator("canvas[data-testid=nb-remote-canvas]"))
    assert "slept" not in nb.cell_text(1), "the picture came only after the cell"
    assert same_gray(picture.at_voxels((40, 60), POSITION[:2], (ZOOM, ZOOM)), ARRAY[11], LIMITS)
    nb.wait_for_cell()


def test_looking_warms_computing(nb, served):
    served.forget()

    same = nb.kexec("print(int(ds['image'][5].astype('int64').sum()))")

    assert int(same) == int(ARRAY[5].astype(np.int64).sum())
    assert served.requests == []


def test_the_saved_notebook_holds_no_megabytes_and_no_secret(notebook, served):
    address = f"{served.url}?token=do-not-keep-me"
    nb = notebook(
        [f"import nb_remote as nbr\nurl = {address!r}", "ds = nbr.open(url)\nds", "ds.view()"]
    )
    for number in range(3):
        nb.run_cell(number)
    nb.canvas()
    nb.page.evaluate("() => jupyterapp.commands.execute('docmanager:save')")

    saved = (nb.lab.root / nb.name).read_text()

    # the person's own first cell holds it, and nothing else does
    assert saved.count("do-not-keep-me") == 1
    assert len(saved) < 300_000
