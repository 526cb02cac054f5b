"""What is left of a view where no kernel runs: its last picture, and nothing secret."""

import base64
import io
import json
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from nb_remote.widget.protocol import MAX_SNAPSHOT_BYTES
from tests.browser.notebook_page import NotebookPage
from tests.browser.pixels import Picture
from tests.browser.volumes import shuffled, write_ome_zarr
from tests.servers.http import RangeServer

pytestmark = pytest.mark.browser

NOISE = shuffled((4, 512, 1024), "uint16", 3)
_WITHOUT_KERNEL = """async () => {
    const { sessionContext, context } = jupyterapp.shell.currentWidget;
    await sessionContext.shutdown();
    await context.revert();
}"""
SECRET = "s3cret-pass-of-a-person"


@pytest.fixture
def served():
    smooth = np.linspace(0, 60000, 4 * 60 * 90).reshape(4, 60, 90).astype("uint16")
    objects = {
        f"{name}/{key}": value
        for name, array in (("smooth", smooth), ("noise", NOISE))
        for key, value in write_ome_zarr([array], "zyx", name=name, chunks=(1, 256, 256)).items()
    }
    with RangeServer(objects) as server:
        yield server


def show(served, name, more=""):
    address = f"{served.url}/{name}".replace("://", f"://someone:{SECRET}@")
    # the cell itself must not hold the secret that is searched for
    return (
        f"import nb_remote as nbr\nds = nbr.open({address[::-1]!r}[::-1])\n"
        f"view = ds.view(height=300, contrast_limits=(0, 65535){more})\nview"
    )


def picture_of(nb, index, caption=""):
    """Wait until the output of a cell has the picture with this caption, and return its data."""
    nb.canvas()
    nb.page.wait_for_function(
        """([index, caption]) => jupyterapp.shell.currentWidget.content.model.cells.get(index)
            .outputs.toJSON().some(({ data }) =>
                data['image/png'] && [data['text/html']].flat().join('').includes(caption))""",
        arg=[index, caption],
    )
    (data,) = [o["data"] for o in nb.outputs(index) if "image/png" in o["data"]]
    return data


def pixels(png):
    with Image.open(io.BytesIO(base64.b64decode(png))) as image:
        assert image.format == "PNG"
        return np.asarray(image.convert("RGB")).astype(int)


def correlation(one, other):
    return np.corrcoef(one[..., 0].ravel(), other[..., 0].ravel())[0, 1]


def saved(nb):
    """Save the notebook and return its text."""
    nb.page.evaluate("() => jupyterapp.commands.execute('docmanager:save')")
    return (nb.lab.root / nb.name).read_text()


@pytest.fixture
def reopened(browser):
    """Open a notebook again once its kernel is gone: ``page = reopened(nb)``."""
    opened = []

    def reopen(nb, theme="light"):
        nb.page.evaluate("() => jupyterapp.serviceManager.sessions.shutdownAll()")
        opened.append(NotebookPage(browser, nb.lab, nb.name, theme=theme))
        return opened[-1].page

    yield reopen
    for page in opened:
        page.close()


def test_the_saved_notebook_has_the_picture_and_neither_secrets_nor_tiles(notebook, served):
    nb = notebook([show(served, "smooth")])
    nb.run_cell(0)
    data = picture_of(nb, 0)
    np.testing.assert_array_equal(pixels(data["image/png"]), Picture(nb.canvas()).rgb)
    assert f"data:image/png;base64,{data['image/png']}" in data["text/html"]
    assert "smooth: xy plane around voxel x 45, y 30, z 2" in data["text/html"]
    # the live view is all there is to see, without a gap below it
    assert nb.page.locator(".nbr-snapshot").is_hidden()
    heights = "areas => areas.map(area => area.getBoundingClientRect().height)"
    (_, below) = nb.page.locator(".jp-OutputArea-child").evaluate_all(heights)
    assert below == 0

    text = saved(nb)
    assert SECRET not in text
    assert "someone" not in text
    widget, picture = json.loads(text)["cells"][0]["outputs"]
    assert set(widget["data"]) == {"text/plain", "application/vnd.jupyter.widget-view+json"}
    assert set(picture["data"]) == {"text/html", "image/png"}
    assert "widgets" not in json.loads(text)["metadata"]
    assert len(text) < 2 * len(data["image/png"]) + 5000


def test_a_picture_that_is_too_large_is_scaled_down(notebook, served):
    nb = notebook([show(served, "noise")])
    nb.run_cell(0)
    png = picture_of(nb, 0)["image/png"]
    assert len(base64.b64decode(png)) <= MAX_SNAPSHOT_BYTES
    small, whole = pixels(png), Picture(nb.canvas()).rgb
    assert small.shape[0] < whole.shape[0]
    size = small.shape[1::-1]
    same = np.asarray(Image.fromarray(whole.astype("uint8")).resize(size, Image.Resampling.LANCZOS))
    assert correlation(small, same) > 0.9
    assert correlation(small, same[:, ::-1]) < 0.6


def test_a_later_picture_replaces_the_earlier_and_leaves_the_canvas_alone(notebook, served):
    nb = notebook([show(served, "smooth")])
    nb.run_cell(0)
    picture_of(nb, 0)
    nb.canvas().evaluate("canvas => { window.first = canvas; }")
    nb.kexec("view.slice = 0")
    data = picture_of(nb, 0, "z 0.")
    assert nb.canvas().evaluate("canvas => canvas === window.first")
    np.testing.assert_array_equal(pixels(data["image/png"]), Picture(nb.canvas()).rgb)
    assert len(nb.outputs(0)) == 2


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_without_its_kernel_the_notebook_shows_the_picture(
    notebook, served, reopened, artifacts, theme
):
    nb = notebook([show(served, "smooth")])
    nb.run_cell(0)
    picture_of(nb, 0)
    saved(nb)
    page = reopened(nb, theme)
    for _ in "a fresh kernel", "none at all":
        image = page.locator(".nbr-snapshot img")
        image.wait_for(state="visible")
        assert image.evaluate("image => image.naturalWidth") > 300
        assert page.get_by_text("run the cell to look around").is_visible()
        for text in "Loading widget", "Error displaying widget":
            page.get_by_text(text).wait_for(state="hidden")
        assert page.locator(".nbr").count() == 0
        page.screenshot(path=artifacts / f"saved-notebook-{theme}.png")
        page.evaluate(_WITHOUT_KERNEL)


def test_nbconvert_shows_the_picture_without_scripts(notebook, served, browser, tmp_path):
    nb = notebook([show(served, "smooth")])
    nb.run_cell(0)
    picture_of(nb, 0)
    (tmp_path / "saved.ipynb").write_text(saved(nb))
    command = [sys.executable, "-m", "nbconvert", "--to", "html", "saved.ipynb"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    assert SECRET not in (tmp_path / "saved.html").read_text()
    context = browser.new_context(java_script_enabled=False, offline=True)
    page = context.new_page()
    page.goto((tmp_path / "saved.html").as_uri(), wait_until="domcontentloaded")
    image = page.locator(".nbr-snapshot img")
    assert image.is_visible()
    assert image.bounding_box()["width"] > 300
    context.close()


def test_a_view_inside_another_widget_has_no_picture_and_works(notebook, served):
    boxed = f"{show(served, 'smooth')};\nimport ipywidgets\nipywidgets.HBox([view])"
    nb = notebook([boxed.replace("\nview;", "")])
    nb.run_cell(0)
    nb.canvas()
    (output,) = nb.outputs(0)
    assert "application/vnd.jupyter.widget-view+json" in output["data"]
    assert nb.kexec("print(view._snapshots_kept)") == "False\n"


def test_notebook_7_keeps_the_picture(notebook, notebook7, served):
    nb = notebook([show(served, "smooth")], server=notebook7)
    nb.run_cell(0)
    png = picture_of(nb, 0)["image/png"]
    np.testing.assert_array_equal(pixels(png), Picture(nb.canvas()).rgb)
    assert nb.page.locator(".nbr-snapshot").is_hidden()
