"""From ``ds.view()`` in a cell of a real JupyterLab to a sharp picture, then slices, then a jump.

    python benchmarks/bench_first_sharp.py [--rounds 3] [--latency 0 30] [--codec gzip blosc-lz4]

Every round has a kernel, a page and caches of its own. The page does the timing.
"""

import argparse
import json
import statistics
import tempfile
from pathlib import Path

from about import about, line
from playwright.sync_api import sync_playwright
from process import Process
from tests.browser.lab import Lab
from tests.browser.notebook_page import NotebookPage, launch
from volume import CHUNK, CODECS, SHAPE_YX, write

HERE = Path(__file__).parent
SERVER = HERE.parent / "engine" / "server.py"
WIDTH, HEIGHT = 1280, 850
START = 40
"""First slice shown: the first border comes after 24 steps, the second after 88."""
FAR = 290
"""Slice jumped to, two chunk layers beyond all others."""

CELLS = [
    "from IPython.display import HTML\nHTML('<div id=probe style=\"width:100%\">probe</div>')",
    "import nb_remote as nbr\nds = nbr.open({url!r})\nds",
    "view = ds.view(position=({x}, {y}, {z}), zoom=1.0, height={height})\nview",
    "import dataclasses, json\nprint(json.dumps(dataclasses.asdict(view.statistics)))",
]


def measure(browser, lab, url, options, server):
    """One round; all times in milliseconds."""
    x, y = SHAPE_YX[1] / 2, SHAPE_YX[0] / 2
    lab.write_notebook(
        "first.ipynb",
        [
            one.format(url=url, x=x, y=y, z=START + 0.5, height=HEIGHT)
            if "{" in one and "dumps" not in one
            else one
            for one in CELLS
        ],
    )
    nb = NotebookPage(browser, lab, "first.ipynb")
    try:
        page = nb.page
        page.evaluate((HERE / "page.js").read_text())
        fit(nb)
        nb.run_cell(1)
        server.ask("forget")
        result = {"first": page.evaluate("() => bench.first(2)"), "requests": server.ask("count")}
        canvas = page.locator("canvas[data-testid=nb-remote-canvas]")
        result["canvas"] = canvas.evaluate("c => [c.width, c.height, +c.dataset.tilesWanted]")
        result["chase"] = page.evaluate("n => bench.chase(n)", options.steps)
        result["pace"] = page.evaluate(
            "([n, ms]) => bench.pace(n, ms)", [options.paced, 1000 / options.rate]
        )
        result["jump"] = page.evaluate("z => bench.jump(z)", FAR)
        if options.screenshot:
            page.screenshot(path=options.screenshot)
        if options.statistics:
            result["statistics"] = json.loads(nb.run_cell(3))
        return result
    finally:
        nb.close()


def fit(nb):
    """Make the page so wide that the canvas gets its size."""
    nb.page.evaluate("() => jupyterapp.shell.collapseLeft()")
    nb.page.set_viewport_size({"width": 1600, "height": 1200})
    nb.run_cell(0)
    width = nb.page.locator("#probe").evaluate("e => e.clientWidth")
    nb.page.set_viewport_size({"width": 1600 + WIDTH - width, "height": 1200})


def report(results):
    """Yield the table's rows."""
    columns = (
        "volume | latency | to sharp, s | requests | slices/s | longest step, ms (at a border)"
    )
    yield f"| {columns} | paced: median, longest, ms | jump, s |"
    yield "|---|---|---|---|---|---|---|---|"
    for (codec, latency), rounds in results.items():
        each = {name: [one[name] for one in rounds] for name in ("first", "requests", "jump")}
        chase = [1000 * len(one["chase"]) / sum(one["chase"]) for one in rounds]
        longest = [max(one["chase"]) for one in rounds]
        borders = [
            max(time for at, time in enumerate(one["chase"]) if border(at)) for one in rounds
        ]
        paced = [f"{statistics.median(one['pace']):.0f}/{max(one['pace']):.0f}" for one in rounds]
        yield (
            f"| {codec} | {latency:g} ms | {spread(each['first'], 1000)} | {each['requests'][0]} "
            f"| {spread(chase)} | {spread(longest, digits=0)} ({spread(borders, digits=0)}) "
            f"| {', '.join(paced)} | {spread(each['jump'], 1000)} |"
        )


def border(step):
    """Whether the chased step number `step` needs a new layer of chunks."""
    return (START + 1 + step) % CHUNK == 0


def spread(values, unit=1, digits=2):
    """Median, and all values where there are several."""
    shown = [f"{value / unit:.{digits}f}" for value in sorted(values)]
    middle = f"{statistics.median(values) / unit:.{digits}f}"
    return middle if len(shown) == 1 else f"{middle} ({shown[0]}–{shown[-1]})"


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--latency", nargs="+", type=float, default=[0, 30], help="in ms")
    parser.add_argument("--codec", nargs="+", default=list(CODECS), choices=list(CODECS))
    parser.add_argument("--steps", type=int, default=60, help="as fast as they get sharp")
    parser.add_argument("--paced", type=int, default=60, help="steps at a steady pace")
    parser.add_argument("--rate", type=float, default=10, help="of them, per second")
    parser.add_argument("--statistics", action="store_true", help="print the view's own as well")
    parser.add_argument("--screenshot", metavar="FILE", help="of the page after the jump")
    parser.add_argument("--json", type=Path, metavar="FILE", help="keep the raw measurements")
    cache = Path(tempfile.gettempdir()) / "nb-remote-bench"
    parser.add_argument("--data", type=Path, default=cache, help="where the volumes are written")
    options = parser.parse_args()
    print(line(about()), flush=True)
    results = {}
    with Lab() as lab, sync_playwright() as playwright:
        browser = launch(playwright)
        for codec in options.codec:
            folder = options.data / f"first-sharp-{codec}"
            folder.parent.mkdir(exist_ok=True)
            write(folder, codec)
            for latency in options.latency:
                with Process(str(SERVER), str(folder), str(latency)) as server:
                    url = f"http://127.0.0.1:{server.line().strip()}/"
                    rounds = [
                        measure(browser, lab, url, options, server) for _ in range(options.rounds)
                    ]
                results[codec, latency] = rounds
                print(
                    *(one.get("statistics") for one in rounds),
                    rounds[0]["canvas"],
                    sep="\n",
                    flush=True,
                )
        browser.close()
    print("\n".join(report(results)))
    if options.json:
        options.json.write_text(json.dumps([[*key, rounds] for key, rounds in results.items()]))
