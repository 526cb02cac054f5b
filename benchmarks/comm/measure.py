"""Page-side time of a view change in JupyterLab, beside the raw comm in the same run.

    python benchmarks/bench_comm.py [--changes 15]

The view jumps between slices of chunks that are decoded already, too far apart to be read
ahead: what is measured is asking, encoding, sending, painting. The bare widget answers one
request with as many random buffers of the same size, four in a message, and paints nothing.
"""

import argparse
import statistics
import tempfile
from pathlib import Path

from about import about, line
from playwright.sync_api import sync_playwright
from process import Process
from run import HEIGHT, SERVER, SHAPE_YX, fit
from run import HERE as FIRST_SHARP
from tests.browser.lab import Lab
from tests.browser.notebook_page import NotebookPage, launch
from volume import write

HERE = Path(__file__).parent
SIZE = 256 * 256
SLICES = (2, 40, 21, 60)
"""All in the first layer of chunks, each more than 16 from the one before."""

CELLS = (
    "from IPython.display import HTML\nHTML('<div id=probe style=\"width:100%\">probe</div>')",
    "import sys\nsys.path.append({here!r})\nfrom bare import Bare\nBare()",
    (
        "import nb_remote as nbr\nds = nbr.open({url!r} + '/0')\n"
        "view = ds.view(position=({x}, {y}, 30.5), zoom=1.0, height={height}, "
        "contrast_limits=(0, 255))\nview"
    ),
)


def measure(browser, lab, url, changes):
    """Return milliseconds per view change, of the view and of the bare widget, and its tiles."""
    x, y = SHAPE_YX[1] / 2, SHAPE_YX[0] / 2
    facts = {"here": str(HERE), "url": url, "x": x, "y": y, "height": HEIGHT}
    cells = [CELLS[0], *(cell.format(**facts) for cell in CELLS[1:])]
    lab.write_notebook("comm.ipynb", cells)
    nb = NotebookPage(browser, lab, "comm.ipynb")
    try:
        nb.page.evaluate((FIRST_SHARP / "page.js").read_text())
        fit(nb)
        nb.run_cell(1)
        nb.page.wait_for_function("() => window.bareModel")
        nb.run_cell(2)
        tiles = int(nb.canvas().get_attribute("data-tiles-wanted"))
        ask = (HERE / "page.js").read_text()
        ours, bare = [], []
        # In turns, so that what else the machine does meets both.
        for number in range(changes):
            base = number // len(SLICES)  # every slice is new to the page
            slice_ = SLICES[number % len(SLICES)] + base
            ours.append(nb.page.evaluate("z => bench.jump(z)", slice_))
            bare += nb.page.evaluate(ask, [1, tiles, SIZE])
        return ours, bare, tiles
    finally:
        nb.close()


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--changes", type=int, default=15, help="of the view")
    cache = Path(tempfile.gettempdir()) / "nb-remote-bench"
    parser.add_argument("--data", type=Path, default=cache, help="where the volume is written")
    options = parser.parse_args()
    folder = options.data / "first-sharp-blosc-lz4"
    folder.parent.mkdir(exist_ok=True)
    write(folder, "blosc-lz4")
    print(line(about()))
    with (
        Lab() as lab,
        sync_playwright() as playwright,
        Process(str(SERVER), str(folder), "0") as server,
    ):
        browser = launch(playwright)
        url = f"http://127.0.0.1:{server.line().strip()}"
        ours, bare, tiles = measure(browser, lab, url, options.changes)
        browser.close()
    print("| | view change, ms: median (quartiles) | ms a tile |\n|---|---|---|")
    for name, times in {"nb-remote, painted": ours, "bare comm": bare}.items():
        low, middle, high = statistics.quantiles(times, n=4)
        print(f"| {name} | {middle:.0f} ({low:.0f}–{high:.0f}) | {middle / tiles:.1f} |")
    ratios = [a / b for a, b in zip(ours, bare, strict=True)]
    print(f"\n{tiles} tiles of 64 KiB; {statistics.median(ratios):.1f} times the bare comm.")


if __name__ == "__main__":
    main()
