"""The form, driven as a person would, from a wrong address to an imported dataset."""

import json

import pytest

from tests.browser.form_page import Form
from tests.browser.pixels import Picture, same_gray
from tests.browser.test_interaction import until
from tests.browser.volumes import shuffled, write_ome_zarr
from tests.servers.http import RangeServer

pytestmark = pytest.mark.browser

EM = shuffled((4, 40, 60), "uint8", 3)
CELLS = shuffled((4, 40, 60), "uint16", 4)
SECRET = "hush-hush-word"
SHOW = "import nb_remote as nbr\nform = nbr.AddRemoteDataset()\nform"
WAIT = """\
import time
while form.dataset is None:
    time.sleep(0.05)
print(form.dataset.name, list(form.dataset))"""


@pytest.fixture
def served():
    objects = write_ome_zarr([EM], "zyx", name="em", labels={"cells": [CELLS]})
    with RangeServer({f"em.zarr/{key}": value for key, value in objects.items()}) as server:
        yield server


@pytest.fixture
def private():
    objects = write_ome_zarr([EM], "zyx", name="em")
    content = {f"lab/raw.zarr/{key}": value for key, value in objects.items()}
    with RangeServer(content, basic_auth=("me", SECRET)) as server:
        yield server


def test_from_a_wrong_address_to_a_dataset_in_the_next_cell(notebook, served, private):
    nb = notebook([SHOW, WAIT, "form.dataset['em'][2].tolist()"])
    form = Form(nb)

    # text that is no address stays in the field, with what is wrong about it
    form.add("em.zarr")
    form.root.locator(".nbr-add .nbr-alert").wait_for(state="visible")
    assert form.field.input_value() == "em.zarr"
    assert form.field.get_attribute("aria-invalid") == "true"

    # nothing there: every format that was tried, and why not
    wrong = served.url_of("me.zarr")
    form.add(wrong)
    failed = form.entry(wrong, "failed")
    assert "Nothing was found there" in failed.inner_text()
    assert "there is no .zattrs" in failed.inner_text()
    assert form.field.input_value() == ""
    assert nb.page.evaluate("document.activeElement.className") == "nbr-input"
    form.button(f"Remove {wrong}").click()
    failed.wait_for(state="detached")

    # a web page where data should be, then a server that doesn't answer
    address = served.url_of("em.zarr")
    served.fail("*", "login200")
    form.add(address)
    assert "web page" in form.entry(address, "failed").inner_text()
    served.heal()
    served.fail("em.zarr/0/.zarray", "hang", times=1)
    form.button("Try again").click()
    looking = form.entry(address, "exploring")
    looking.locator("[data-answer=asked]", has_text="0/.zarray").wait_for(state="visible")
    assert looking.locator("[data-answer=there]", has_text=".zattrs").count() >= 1
    form.button("Cancel").click()
    form.entry(address, "cancelled")
    served.wait_for(lambda: "em.zarr/0/.zarray" in served.dropped)

    # what is there, how it is known, and the picture before anything is imported
    form.button("Look again").click()
    found = form.entry(address, "found")
    assert form.names == ["em", "labels-cells"]
    assert "1 × 1 × 1 nm" in found.inner_text()
    nb.canvas()
    form.button("Remove layer labels-cells").click()
    until(lambda: form.names == ["em"], what="one layer left")
    nb.canvas()
    nb.kexec("form._view.contrast_limits, form._view.zoom = (0, 255), 4; form._view.slice = 2")
    centre = json.loads(nb.kexec("import json; print(json.dumps(form._view.position))"))

    def shows_the_slice():
        picture = Picture(nb.canvas())
        return same_gray(picture.at_voxels(EM.shape[1:], centre[:2], (4, 4)), EM[2], (0, 255))

    until(shows_the_slice, what="slice 2 on the form's canvas")

    # a second layer, private: refused, then with its password; the place stays
    address = private.url_of("lab/raw.zarr")
    form.add(address)
    assert "needs a login" in form.entry(address, "failed").inner_text()
    form.button("Edit address").click()
    form.root.get_by_role("button", name="Access: Anonymous").click()
    form.root.get_by_label("Password", exact=True).check()
    form.root.get_by_label("User name").fill("me")
    form.root.locator("input[type=password]").fill(SECRET)
    form.button("Add layer").click()
    form.entry(address, "found")
    assert form.root.locator("input[type=password]").count() == 0
    assert form.names == ["em", "em_2"]
    until(
        lambda: nb.kexec("print(form._view.zoom, form._view.slice)").split() == ["4.0", "2"],
        what="the place of the view before",
    )
    form.root.get_by_role("tab", name="JSON").click()
    shown = json.loads(form.root.get_by_label("datasource-properties.json").input_value())
    assert [layer["name"] for layer in shown["dataLayers"]] == ["em", "em_2"]

    # the import, while a cell waits for it
    nb.start_cell(1)
    form.root.get_by_label("Dataset name").fill("two words")
    form.button("Import").click()
    form.root.locator(".nbr-finish .nbr-alert").wait_for(state="visible")
    form.root.get_by_label("Dataset name").fill("cortex")
    form.button("Import").click()
    nb.wait_for_cell()
    assert nb.cell_text(1) == "cortex ['em', 'em_2']\n"
    form.root.get_by_text("ds = form.dataset", exact=True).wait_for(state="visible")
    assert json.loads(nb.run_cell(2)) == EM[2].tolist()

    # narrow cells need no sideways scrolling
    nb.page.evaluate("() => jupyterapp.commands.execute('application:toggle-left-area')")
    nb.page.set_viewport_size({"width": 520, "height": 900})
    until(lambda: 240 < form.root.bounding_box()["width"] < 480, what="a narrow cell")
    assert form.root.evaluate("one => one.scrollWidth <= one.clientWidth")

    # the saved notebook says what this was, and nothing that is secret
    nb.page.evaluate("() => jupyterapp.commands.execute('docmanager:save')")
    saved = (nb.lab.root / nb.name).read_text()
    assert "add a remote dataset" in saved
    assert SECRET not in saved
    assert SECRET not in nb.page.content()


def test_all_of_it_goes_by_keyboard_and_the_notebook_keeps_its_cells(notebook, served):
    nb = notebook([SHOW, "print(form.dataset.name)"])
    form = Form(nb)
    keys = nb.page.keyboard
    address = served.url_of("em.zarr")
    served.fail("em.zarr/.zattrs", "hang", times=1)

    # d, d, a, b, x and j are commands of the notebook
    form.field.focus()
    keys.type("ddabxj")
    keys.press("Enter")
    form.root.locator(".nbr-add .nbr-alert").wait_for(state="visible")
    keys.press("ControlOrMeta+a")
    keys.insert_text(address)  # as pasting does
    keys.press("Enter")
    form.entry(address, "exploring")
    keys.press("Escape")
    form.entry(address, "cancelled")
    keys.type(address)
    keys.press("Enter")
    form.entry(address, "found")
    nb.canvas()

    keys.press("Tab")  # Add layer
    keys.press("Tab")  # Open file
    keys.press("Tab")  # Access
    keys.press("Tab")  # the tabs
    keys.press("ArrowRight")
    form.root.get_by_label("datasource-properties.json").wait_for(state="visible")
    name = form.root.get_by_label("Dataset name")
    for _ in range(40):
        keys.press("Tab")
        if name.evaluate("one => one === document.activeElement"):
            break
    keys.press("ControlOrMeta+a")
    keys.type("abxdd")
    keys.press("Enter")

    form.root.get_by_text("abxdd is imported").wait_for(state="visible")
    assert nb.run_cell(1) == "abxdd\n"
    cells = "() => jupyterapp.shell.currentWidget.content.model.cells.length"
    assert nb.page.evaluate(cells) == 2
