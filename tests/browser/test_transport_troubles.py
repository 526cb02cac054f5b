"""What breaks the way between page and kernel ends in a right picture, or says what happened."""

import pytest

from tests.browser.busy import BusyNotebook, wait_for
from tests.browser.endless import PAGE_KEY, Endless, is_right, leaf, show, wait_until_shown
from tests.browser.notebook_page import NotebookPage
from tests.browser.relay import Relay
from tests.servers.http import RangeServer

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def served():
    with RangeServer(Endless()) as server:
        yield server


@pytest.fixture
def busy(notebook, served, tmp_path):
    return BusyNotebook(notebook, served.url, tmp_path)


@pytest.fixture
def relay(lab):
    with Relay(lab) as relay:
        yield relay
        relay.mend()


def test_a_broken_connection_is_said_and_mends_itself(relay, notebook, served):
    nb = notebook([show(served.url)], server=relay.lab)
    nb.run_cell(0)
    wait_until_shown(nb, 0)
    canvas = nb.canvas()
    canvas.focus()
    sentence = nb.page.get_by_text("no connection to the kernel")

    relay.cut()
    canvas.press("PageDown")
    sentence.wait_for(state="visible")
    relay.mend()
    # JupyterLab tries again by itself, after longer and longer pauses
    nb.page.evaluate(
        "() => jupyterapp.shell.currentWidget.sessionContext.session.kernel.reconnect()"
    )

    wait_until_shown(nb, PAGE_KEY)
    assert is_right(canvas, PAGE_KEY)
    sentence.wait_for(state="detached")
    z = leaf(nb, start=PAGE_KEY, tiles=12)
    assert is_right(canvas, z)


def test_an_interrupt_leaves_the_view_alive(busy):
    nb = busy.nb
    interrupt = "() => jupyterapp.shell.currentWidget.sessionContext.session.kernel.interrupt()"

    nb.page.evaluate(interrupt)  # while nothing runs
    z = leaf(nb, start=0, tiles=6)

    nb.set_cell(busy.CELL, "print('working')\ntime.sleep(30)")
    nb.start_cell(busy.CELL)
    wait_for(lambda: nb.cell_text(busy.CELL) == "working\n")
    nb.page.evaluate(interrupt)
    nb.wait_for_cell(seconds=10)
    assert "KeyboardInterrupt" in nb.cell_text(busy.CELL)
    z = leaf(nb, start=z, tiles=6)
    assert is_right(nb.canvas(), z)


def test_after_a_restart_the_view_says_that_its_cell_has_to_run_again(busy):
    nb = busy.nb
    gone = nb.page.locator(".nbr-problem[data-code=kernel-gone]")

    nb.page.evaluate("() => jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()")
    gone.wait_for(state="visible")
    assert "Run the cell again" in gone.inner_text()
    assert is_right(nb.canvas(), 0)  # what was there stays
    nb.canvas().press("PageDown")

    nb.run_cell(0)
    nb.run_cell(1)
    wait_until_shown(nb, 0)
    gone.wait_for(state="detached")
    assert is_right(nb.canvas(), leaf(nb, start=0, tiles=6))


def test_a_kernel_that_dies_is_said_too(busy):
    nb = busy.nb
    nb.set_cell(busy.CELL, "import os\nos._exit(1)")
    nb.start_cell(busy.CELL)
    nb.page.locator(".nbr-problem[data-code=kernel-gone]").wait_for(state="visible")


def test_a_reloaded_page_shows_the_running_view_again(busy):
    nb = busy.nb
    z = leaf(nb, start=0, tiles=12)
    wait_for(lambda: nb.kexec("print(view.slice)") == f"{z}\n")

    nb.page.evaluate("() => jupyterapp.commands.execute('docmanager:save')")
    nb.reload()

    nb.canvas().scroll_into_view_if_needed()
    wait_until_shown(nb, z)
    assert is_right(nb.canvas(), z)
    leaf(nb, start=z, tiles=12)


def test_two_tabs_on_one_kernel_both_show_what_they_want(busy, browser, lab):
    first = busy.nb
    first.page.evaluate("() => jupyterapp.commands.execute('docmanager:save')")
    second = NotebookPage(browser, lab, first.name)
    try:
        second.canvas().scroll_into_view_if_needed()
        z = leaf(second, start=0, tiles=12)
        assert is_right(second.canvas(), z)
        assert is_right(first.canvas(), leaf(first, start=0, tiles=6))
        # what Python sets holds for both
        first.kexec("view.slice = 777")
        for nb in (first, second):
            wait_until_shown(nb, 777)
            assert is_right(nb.canvas(), 777)
        assert second.problems() == []
    finally:
        second.context.close()
