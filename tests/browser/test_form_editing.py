"""What is wrong about a dataset is corrected in the form: in cards, in the JSON, on the canvas."""

import json

import pytest

from tests.browser.form_page import Form
from tests.browser.pixels import Picture, same_gray
from tests.browser.test_interaction import until
from tests.browser.volumes import shuffled, write_ome_zarr
from tests.servers.http import RangeServer

pytestmark = pytest.mark.browser

EM = shuffled((4, 40, 60), "uint8", 3)
COARSE = shuffled((2, 20, 30), "uint8", 5)
SECRET = "hush-editing-word"
INFO = {
    "type": "image",
    "data_type": "uint8",
    "num_channels": 1,
    "scales": [
        {
            "key": "8_8_8",
            "size": [30, 20, 2],
            "resolution": [8, 8, 8],
            "voxel_offset": [0, 0, 0],
            "chunk_sizes": [[30, 20, 2]],
            "encoding": "raw",
        }
    ],
}
SHOW = "import nb_remote as nbr\nform = nbr.AddRemoteDataset()\nform"
AWAIT = """\
ds = await form.imported(60)
print(ds.name, list(ds), ds['raw'].voxel_size_nm_xyz)"""


@pytest.fixture
def private():
    em = write_ome_zarr([EM], "zyx", name="em")
    content = {f"lab/em.zarr/{key}": value for key, value in em.items()}
    with RangeServer(content, basic_auth=("me", SECRET)) as server:
        yield server


@pytest.fixture
def public():
    content = {
        "data/coarse/info": json.dumps(INFO).encode(),
        # x is the fastest axis of a raw chunk, as of an array zyx in C order
        "data/coarse/8_8_8/0-30_0-20_0-2": COARSE.tobytes(),
    }
    with RangeServer(content) as server:
        yield server


def test_corrections_show_at_once_and_are_what_is_imported(notebook, private, public):
    nb = notebook([SHOW, AWAIT, "ds['raw'][2].tolist()"])
    form = Form(nb)

    # several lines at once: an address that is nearly right, and a good one
    wrong, coarse = public.url_of("data/coarze"), public.url_of("data/coarse")
    form.add(f"{wrong}\n{coarse}")
    form.entry(coarse, "found")
    failed = form.entry(wrong, "failed")

    # why it fails, and one click to what was meant, which is there already
    form.button("Diagnose").click()
    told = failed.locator(".nbr-diagnosis")
    told.wait_for(state="visible")
    assert "the host takes connections" in told.inner_text()
    form.button(f"Remove {wrong}").click()
    failed.wait_for(state="detached")

    # a private volume of another format and voxel size
    form.field.fill(private.url_of("lab/em.zarr"))
    form.root.get_by_role("button", name="Access: Anonymous").click()
    form.root.get_by_label("Password", exact=True).check()
    form.root.get_by_label("User name").fill("me")
    form.root.locator("input[type=password]").fill(SECRET)
    form.button("Add layer").click()
    form.entry(private.url_of("lab/em.zarr"), "found")
    assert form.names == ["coarse", "em"]

    # a voxel size that can't be is said to be; a right one shows with its origin and on the canvas
    editor = form.edit("voxel size", "em")
    editor.get_by_label("x", exact=True).fill("0")
    editor.get_by_text("larger than 0").wait_for(state="visible")
    for axis, size in zip("xyz", "448", strict=True):
        editor.get_by_label(axis, exact=True).fill(size)
    editor.get_by_label("z", exact=True).press("Enter")
    editor.wait_for(state="detached")
    assert form.says("voxel size", "em") == "4 × 4 × 8 nm"
    nb.kexec("form._view.visible = {'coarse': False}")
    nb.kexec("form._view.contrast_limits = {'em': (0, 255)}")
    nb.kexec("form._view.zoom = 4; form._view.slice = 2")
    centre = json.loads(nb.kexec("import json; print(json.dumps(form._view.position))"))

    def shows_the_slice():
        picture = Picture(nb.canvas())
        return same_gray(picture.at_voxels(EM.shape[1:], centre[:2], (4, 4)), EM[2], (0, 255))

    until(shows_the_slice, what="slice 2 of the corrected layer")

    # another name, another place, and a value that was assumed
    editor = form.edit("name", "em")
    editor.get_by_role("textbox").fill("raw")
    editor.get_by_role("textbox").press("Enter")
    until(lambda: form.names == ["coarse", "raw"], what="the new name")
    form.button("Move layer raw up").click()
    until(lambda: form.names == ["raw", "coarse"], what="the new order")
    form.button("Confirm category of raw").click()
    form.button("Confirm category of raw").wait_for(state="detached")
    until(shows_the_slice, what="the same slice after renaming and moving")

    # JSON that is edited to what can't be, and back
    form.tab("JSON")
    good = form.json.input_value()
    shown = json.loads(good)
    assert shown["scale"] == {"factor": [4, 4, 8], "unit": "nanometer"}
    assert [layer["name"] for layer in shown["dataLayers"]] == ["raw", "coarse"]
    form.json.fill(good.replace('"category": "color"', '"category": "colour"', 1))
    problem = form.root.locator(".nbr-json-problems button").first
    problem.wait_for(state="visible")
    line = good[: good.index('"category"')].count("\n") + 1
    assert f"line {line}" in problem.inner_text()
    assert form.root.locator(".nbr-json-lines [data-bad='1']").inner_text() == str(line)
    assert form.button("Import").is_disabled()
    until(shows_the_slice, what="the last valid state on the canvas")
    form.json.fill(good.replace('"coarse"', '"thick"'))
    until(lambda: form.button("Import").is_enabled(), what="valid JSON")
    form.json.press("Escape")
    form.tab("2 layers")
    assert form.names == ["raw", "thick"]

    # the import, awaited by the next cell
    nb.start_cell(1)
    form.root.get_by_label("Dataset name").fill("cortex")
    form.button("Import").click()
    nb.wait_for_cell()
    assert nb.cell_text(1) == "cortex ['raw', 'thick'] (4.0, 4.0, 8.0)\n"
    assert json.loads(nb.run_cell(2)) == EM[2].tolist()

    # the file to take along is what the browser saves
    with nb.page.expect_download() as download:
        form.button("Save datasource-properties.json").click()
    saved = json.loads(download.value.path().read_text())
    assert download.value.suggested_filename == "datasource-properties.json"
    assert [layer["name"] for layer in saved["dataLayers"]] == ["raw", "thick"]

    # narrow cells need no sideways scrolling, and nothing secret is saved
    nb.page.evaluate("() => jupyterapp.commands.execute('application:toggle-left-area')")
    nb.page.set_viewport_size({"width": 520, "height": 900})
    until(lambda: 240 < form.root.bounding_box()["width"] < 480, what="a narrow cell")
    assert form.root.evaluate("one => one.scrollWidth <= one.clientWidth")
    nb.page.evaluate("() => jupyterapp.commands.execute('docmanager:save')")
    assert SECRET not in (nb.lab.root / nb.name).read_text()
    assert SECRET not in nb.page.content()
