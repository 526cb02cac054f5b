"""`make demo-check`: the first notebook, as a new user would run it, and pictures of it.

Starts what `make demo` starts, on a copy of the notebook, opens it in a real
Chromium, runs its cells one by one, and fails on a cell that raises, on a page
error, on a request to any host but the notebook server, or when no canvas is painted.
"""

import argparse
import shutil
import sys
from pathlib import Path

import nbformat
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.browser.lab import Lab  # noqa: E402
from tests.browser.notebook_page import NotebookPage, launch  # noqa: E402

DRAWN = """canvas => new Promise(resolve => {
    const seen = new IntersectionObserver(entries => {
        if (!entries.some(entry => entry.isIntersecting)) return;
        seen.disconnect();
        requestAnimationFrame(() => requestAnimationFrame(() => resolve(true)));
    });
    seen.observe(canvas);
})"""
MOST_BYTES = 2_000_000  # of the saved notebook: streamed pixels must not end up in it


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("notebook", nargs="?", default=ROOT / "notebooks/01_first_look.ipynb")
    arguments.add_argument("--into", type=Path, default=ROOT / "artifacts")
    options = arguments.parse_args()
    options.into.mkdir(exist_ok=True)
    check(Path(options.notebook), options.into)


class Demo(Lab):
    """The server of `make demo`, with settings of its own."""

    start_seconds = 300  # it writes the samples first

    def __init__(self, notebook):
        super().__init__("lab")
        self.notebook = notebook

    def command(self):
        copy = shutil.copy(self.notebook, self.root)
        return [sys.executable, "-m", "nb_remote.samples.demo", "--no-browser", "--notebook", copy]


def check(notebook, into):
    with sync_playwright() as playwright, Demo(notebook) as lab:
        browser = launch(playwright)
        nb = NotebookPage(browser, lab, notebook.name)
        try:
            run_cells(nb, notebook)
            take_pictures(nb, into, f"demo-{notebook.stem}")
            save(nb)
        except BaseException:
            nb.leave_evidence(into, f"demo-{notebook.stem}-failed")
            raise
        finally:
            problems = nb.problems()
            nb.close()
            browser.close()
    if problems:
        sys.exit("\n".join(problems))
    print("demo-check passed")


def run_cells(nb, notebook):
    for index, cell in enumerate(nbformat.read(notebook, as_version=4).cells):
        if cell.cell_type == "code":
            print(f"--- {cell.source.splitlines()[0] if cell.source else '(empty)'}", flush=True)
            print(nb.run_cell(index, seconds=180).rstrip()[:2000], flush=True)


def take_pictures(nb, into, name):
    nb.page.evaluate("() => jupyterapp.commands.execute('application:toggle-left-area')")
    for theme in ("light", "dark"):
        nb.set_theme(theme)
        canvas = nb.canvas()
        canvas.scroll_into_view_if_needed()
        # JupyterLab draws cells that were out of sight a moment after they are scrolled to.
        nb.page.wait_for_function(DRAWN, arg=canvas.element_handle())
        nb.page.screenshot(path=into / f"{name}-{theme}.png")
        print(f"wrote {into / name}-{theme}.png")


def save(nb):
    nb.page.evaluate("() => jupyterapp.commands.execute('docmanager:save')")
    size = (nb.lab.root / nb.name).stat().st_size
    assert size < MOST_BYTES, f"the saved notebook has {size} bytes"


if __name__ == "__main__":
    main()
