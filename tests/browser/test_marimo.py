"""The view in a marimo app: the same canvas, the same traits, another page."""

from urllib.parse import urlsplit

import pytest

from tests.browser.marimo_app import MarimoApp
from tests.browser.pixels import Picture, same_gray
from tests.browser.test_interaction import until
from tests.browser.volumes import shuffled, write_ome_zarr
from tests.servers.http import RangeServer

pytestmark = pytest.mark.browser

ARRAY = shuffled((40, 40, 60), "uint16", 7)
LIMITS = (0.0, 65535.0)
ZOOM = 6
CANVAS = "canvas[data-testid=nb-remote-canvas]"


@pytest.fixture
def app():
    with RangeServer(write_ome_zarr([ARRAY], "zyx")) as server:
        look = f"position=(30, 20, 5.5), zoom={ZOOM}, height=300, contrast_limits={LIMITS}"
        cells = [
            (
                "",
                f"import threading\nimport marimo as mo\nimport nb_remote as nbr\n"
                f"ds = nbr.open({server.url!r})\nview = mo.ui.anywidget(ds.view({look}))\n"
                f"view\nreturn ds, mo, threading, view",
            ),
            ("mo, view", "mo.md(f\"position {view.value['position']}\")\nreturn"),
            (
                "mo",
                "jump = mo.ui.run_button(label='jump')\nwork = mo.ui.run_button(label='work')\n"
                "mo.hstack([jump, work])\nreturn jump, work",
            ),
            ("jump, view", "if jump.value:\n    view.widget.slice = 3\nreturn"),
            ("threading, work", "if work.value:\n    threading.Event().wait(6)\nreturn"),
            ("ds", f"ds.view({look})\nreturn"),
        ]
        with MarimoApp(cells) as running:
            yield running


@pytest.fixture
def page(app, browser, artifacts):
    context = browser.new_context(viewport={"width": 1000, "height": 1000})
    page = context.new_page()
    errors, hosts = [], set()
    page.on("pageerror", lambda error: errors.append(str(error)))
    context.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
    page.goto(app.url, wait_until="domcontentloaded")
    yield page
    page.screenshot(path=artifacts / "marimo.png")
    context.close()
    assert not errors
    assert hosts - {""} <= {urlsplit(app.url).netloc}


def shows(canvas, at):
    def fact():
        rgb = Picture(canvas).at_voxels(ARRAY.shape[1:], (30, 20), (ZOOM, ZOOM))
        return same_gray(rgb, ARRAY[at], LIMITS)

    return fact


def test_a_view_in_marimo_paints_follows_and_is_followed(page):
    wrapped, bare = page.locator(CANVAS).nth(0), page.locator(CANVAS).nth(1)
    for canvas in wrapped, bare:
        canvas.wait_for(state="visible")
        until(shows(canvas, 5), what="the voxels of slice 5")

    wrapped.focus()
    page.keyboard.press(".")
    until(shows(wrapped, 6), what="the voxels of slice 6")
    page.get_by_text("position (30.0, 20.0, 6.5)").wait_for(state="visible")
    assert shows(bare, 5)()

    page.get_by_role("button", name="jump").click()
    until(shows(wrapped, 3), what="the voxels of slice 3, set in Python")


def test_while_a_cell_runs_the_view_says_so_and_loses_nothing(page):
    canvas = page.locator(CANVAS).first
    canvas.wait_for(state="visible")
    until(shows(canvas, 5), what="the voxels of slice 5")
    page.get_by_role("button", name="work").click()
    canvas.focus()
    for _ in range(20):
        page.keyboard.press(".")
    page.get_by_text("kernel busy").first.wait_for(state="visible")
    until(shows(canvas, 25), what="the voxels of slice 25")
    page.get_by_text("kernel busy").first.wait_for(state="hidden")
