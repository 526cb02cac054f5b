"""One server and one browser for the session, a fresh notebook and context for each test."""

import re

import pytest
from playwright.sync_api import sync_playwright

from tests.browser.lab import Lab
from tests.browser.notebook_page import NotebookPage, launch


@pytest.fixture(scope="session")
def lab():
    """A running JupyterLab."""
    with Lab("lab") as server:
        yield server


@pytest.fixture(scope="session")
def notebook7():
    """A running Notebook 7."""
    with Lab("notebook") as server:
        yield server


@pytest.fixture(scope="session")
def browser():
    with sync_playwright() as playwright:
        chromium = launch(playwright)
        yield chromium
        chromium.close()


@pytest.fixture
def notebook(request, browser, artifacts):
    """Open notebooks: ``nb = notebook(["print(1)"])``, then ``nb.run_cell(0)``.

    Afterwards kernels are shut down, and a page error or a request to any host but
    the notebook server fails the test. A test that failed leaves its evidence in
    ``artifacts/``.
    """
    name = re.sub(r"[^\w.-]+", "-", request.node.name).strip("-")
    opened = []

    def open_notebook(cells, *, server=None, theme="light", kernel="python3"):
        server = server or request.getfixturevalue("lab")
        file = f"{name}-{len(opened)}.ipynb" if opened else f"{name}.ipynb"
        server.write_notebook(file, cells, kernel=kernel)
        page = NotebookPage(browser, server, file, theme=theme)
        opened.append(page)
        return page

    yield open_notebook

    problems = [problem for page in opened for problem in page.problems()]
    called = getattr(request.node, "reports", {}).get("call")
    for number, page in enumerate(opened):
        if problems or called is None or called.failed:
            page.leave_evidence(artifacts, f"{name}-{number}" if number else name)
        page.close()
    assert not problems


@pytest.fixture(scope="module")
def module_notebook(request, browser, lab, artifacts):
    """Open one notebook for all tests of a module: ``nb = module_notebook([...])``."""
    module = request.module.__name__.rpartition(".")[2]
    failed_before = request.session.testsfailed
    opened = []

    def open_notebook(cells, *, server=lab, kernel="python3"):
        name = f"{module}-{len(opened)}.ipynb"
        server.write_notebook(name, cells, kernel=kernel)
        opened.append(NotebookPage(browser, server, name))
        return opened[-1]

    yield open_notebook

    problems = [problem for page in opened for problem in page.problems()]
    for page in opened:
        if problems or request.session.testsfailed > failed_before:
            page.leave_evidence(artifacts, page.name)
        page.close()
    assert not problems
