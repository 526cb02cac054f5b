"""Tiles keep coming while a cell runs, with every kernel that can hear the page meanwhile."""

import functools

import pytest
from playwright.sync_api import TimeoutError as NotInTime

from tests.browser.busy import WORK, BusyNotebook, wait_for
from tests.browser.endless import CENTRE, PAGE_KEY, Endless, is_right, leaf, wait_until_shown
from tests.browser.notebook_page import CANVAS
from tests.servers.http import RangeServer

pytestmark = pytest.mark.browser

FRESH_TILES = 20
ESSENTIAL = ("sleep", "python")


@pytest.fixture(scope="module")
def served():
    with RangeServer(Endless()) as server:
        yield server


@pytest.fixture(scope="module")
def busy_notebook(module_notebook, served, tmp_path_factory):
    """Return the notebook of a kernel in a Jupyter server; each is opened once."""

    @functools.cache
    def open_once(kernel, server):
        folder = tmp_path_factory.mktemp("busy")
        opener = functools.partial(module_notebook, server=server, kernel=kernel)
        return BusyNotebook(opener, served.url, folder)

    return open_once


@pytest.fixture
def newest(busy_notebook, lab):
    return busy_notebook("python3", lab)


@pytest.fixture
def kernel_7_3(busy_notebook, lab):
    busy = busy_notebook("ipykernel-7.3.0", lab)
    assert busy.version == "7.3.0"
    return busy


@pytest.fixture
def in_notebook7(busy_notebook, notebook7):
    return busy_notebook("python3", notebook7)


def leaf_while_working(busy, work):
    start = busy.go_somewhere_new()
    with busy.working(work):
        last = leaf(busy.nb, start=start, tiles=FRESH_TILES)
    assert is_right(busy.nb.canvas(), last)


def leaf_after_a_trait_was_set(busy):
    start = busy.next_region()
    with busy.working("sleep", first=f"view.position = {(*CENTRE, start + 0.5)}"):
        wait_until_shown(busy.nb, start)
        last = leaf(busy.nb, start=start, tiles=FRESH_TILES)
    assert is_right(busy.nb.canvas(), last)


@pytest.mark.parametrize("work", WORK)
def test_tiles_come_while_a_cell_works(newest, work):
    leaf_while_working(newest, work)


@pytest.mark.parametrize("work", ESSENTIAL)
def test_tiles_come_while_a_cell_works_in_ipykernel_7_3(kernel_7_3, work):
    leaf_while_working(kernel_7_3, work)


@pytest.mark.parametrize("work", ESSENTIAL)
def test_tiles_come_while_a_cell_works_in_notebook_7(in_notebook7, work):
    leaf_while_working(in_notebook7, work)


@pytest.mark.parametrize("busy", ["newest", "kernel_7_3", "in_notebook7"])
def test_tiles_come_after_the_cell_has_moved_the_view_itself(request, busy):
    leaf_after_a_trait_was_set(request.getfixturevalue(busy))


@pytest.mark.xfail(
    raises=NotInTime,
    reason="ipykernel 7.4 sends requests to the shell that published last; when this passes, "
    "it no longer does, and `kernel_comm.py` can go with the last version that did",
)
def test_ipykernel_still_needs_the_guard(newest):
    newest.nb.kexec("vars(view.comm).pop('_reply_subshell_for', None)")
    try:
        start = newest.next_region()
        with newest.working("sleep", first=f"view.position = {(*CENTRE, start + 0.5)}"):
            wait_until_shown(newest.nb, start, seconds=2)
    finally:
        newest.nb.kexec(
            "from nb_remote.widget.kernel_comm import answer_on_the_asking_subshell as guard\n"
            "guard(view.comm)"
        )


def test_a_slow_handler_of_another_widget_does_not_hold_tiles_up(newest, kernel_7_3, tmp_path):
    for number, busy in enumerate((kernel_7_3, newest)):
        nb, released = busy.nb, tmp_path / f"released-{number}"
        nb.set_cell(
            busy.CELL,
            "import ipywidgets\nbutton = ipywidgets.Button(description='slow')\nhandled = []\n"
            f"released, begun = Path({str(released)!r}), Path({str(released) + '-begun'!r})\n"
            "def work(_):\n    begun.touch()\n    start = time.monotonic()\n"
            "    while not released.exists() and time.monotonic() - start < 30: time.sleep(0.02)\n"
            "    handled.append(released.exists())\nbutton.on_click(work)\nbutton",
        )
        nb.run_cell(busy.CELL)
        start = busy.go_somewhere_new()
        nb.page.get_by_role("button", name="slow").click()
        wait_for(lambda file=released: file.with_name(f"{file.name}-begun").exists())
        try:
            leaf(nb, start=start, tiles=FRESH_TILES)
            assert not released.exists()
        finally:
            released.touch()
        wait_for(lambda nb=nb: nb.kexec("print(handled)") == "[True]\n")
        nb.page.get_by_role("button", name="slow").wait_for(state="visible")
        nb.set_cell(busy.CELL, "")
        nb.run_cell(busy.CELL)


def test_ipykernel_6_says_that_it_is_busy_stays_pannable_and_loses_nothing(busy_notebook, lab):
    busy = busy_notebook("ipykernel-6.31.0", lab)
    assert busy.version == "6.31.0"
    nb = busy.nb
    start = busy.go_somewhere_new()
    canvas = nb.page.locator(CANVAS)
    box = canvas.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    label = nb.page.get_by_test_id("nb-remote-status").get_by_text("kernel busy")

    with busy.working("sleep"):
        canvas.focus()
        canvas.press("PageDown")
        label.wait_for(state="visible")
        canvas.press("PageUp")  # back to what is at hand
        wait_until_shown(nb, start)
        nb.page.mouse.move(x, y)
        nb.page.mouse.down()
        nb.page.mouse.move(x + 30, y + 20, steps=3)
        nb.page.mouse.up()
        moved = (CENTRE[0] - 30, CENTRE[1] - 20)
        wait_for(lambda: is_right(canvas, start, moved))
        for _ in range(3):
            canvas.press("PageDown")

    wait_until_shown(nb, start + 3 * PAGE_KEY)
    assert is_right(canvas, start + 3 * PAGE_KEY, moved)
    label.wait_for(state="detached")
    leaf(nb, start=start + 3 * PAGE_KEY, tiles=FRESH_TILES)
