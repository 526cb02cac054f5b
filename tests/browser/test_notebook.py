"""The ground that every browser test stands on: cells run, fail and print."""

import pytest

from tests.browser.notebook_page import CellFailed

pytestmark = pytest.mark.browser


def test_cells_run_in_jupyterlab(notebook):
    nb = notebook(["print(1)", "import nb_remote\nnb_remote.__name__", "1 / 0"])
    assert nb.run_cell(0) == "1\n"
    assert nb.run_cell(1) == "'nb_remote'"
    with pytest.raises(CellFailed, match="ZeroDivisionError"):
        nb.run_cell(2)
    assert nb.kexec("print(6 * 7)") == "42\n"


def test_cells_run_in_notebook_7(notebook, notebook7):
    nb = notebook(["print(1)"], server=notebook7)
    assert nb.run_cell(0) == "1\n"
