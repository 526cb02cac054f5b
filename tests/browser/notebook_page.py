"""A notebook in the browser: run cells, read them, ask the kernel.

Waits are for facts with a deadline. Cells are awaited through the promise of
JupyterLab's own command: the kernel's status says ``idle`` after each comm message
that a subshell handled, while a cell still runs.
"""

import re
import shutil
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

ENSURE_CHROMIUM = Path(__file__).parent.parent / "tools" / "ensure_chromium.sh"

CHROMIUM_ARGUMENTS = [
    "--headless=new",
    "--no-sandbox",  # for root in a container
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--enable-unsafe-swiftshader",  # WebGL without a GPU; the page itself keeps its fast compositor
]

CANVAS = "canvas[data-testid=nb-remote-canvas]"
READY_CANVAS = f"{CANVAS}[data-ready='1']"

KNOWN_PAGE_ERRORS = {
    # Notebook 7.6 itself, while it loads its settings; JupyterLab does not have it
    "notebook": {"Cannot read properties of undefined (reading 'schema')"},
}

_READY = """async () => {
    const app = window.jupyterapp;
    if (!app) return false;
    await app.restored;
    const session = app.shell.currentWidget?.sessionContext;
    if (!session) return false;
    await session.ready;
    return session.session?.kernel?.status === 'idle';
}"""

_SET_CELL = """([index, source]) => {
    const notebook = jupyterapp.shell.currentWidget.content;
    notebook.model.cells.get(index).sharedModel.setSource(source);
}"""

_START_CELL = """([index]) => {
    const notebook = jupyterapp.shell.currentWidget.content;
    notebook.deselectAll();
    notebook.activeCellIndex = index;
    window.startedCell = jupyterapp.commands.execute('notebook:run-cell');
    return null;
}"""

_WAIT_FOR_CELL = """([seconds]) => Promise.race([
    window.startedCell.then(() => true),
    new Promise(resolve => setTimeout(() => resolve(false), 1000 * seconds)),
])"""

_OUTPUTS = """([index]) =>
    jupyterapp.shell.currentWidget.content.model.cells.get(index).outputs?.toJSON() ?? []"""

_EXECUTE = """async ([code]) => {
    const kernel = jupyterapp.shell.currentWidget.sessionContext.session.kernel;
    let text = '', error = '';
    const future = kernel.requestExecute({ code, store_history: false });
    future.onIOPub = ({ header, content }) => {
        if (header.msg_type === 'stream') text += content.text;
        if (header.msg_type === 'error') error = content.traceback.join('\\n');
    };
    await future.done;
    return [text, error];
}"""


class CellFailed(AssertionError):
    """A cell raised; the message is its traceback."""


def find_chromium():
    """Return the path of Chromium, installing it where the machine allows."""
    found = subprocess.run([ENSURE_CHROMIUM], stdout=subprocess.PIPE, text=True, check=True)
    return shutil.which(found.stdout.splitlines()[-1])


def launch(playwright):
    return playwright.chromium.launch(
        executable_path=find_chromium(), args=CHROMIUM_ARGUMENTS, headless=True
    )


class NotebookPage:
    """One notebook in a browser context of its own."""

    def __init__(self, browser, lab, name, *, theme="light"):
        self.lab = lab
        self.name = name
        self.context = browser.new_context(
            viewport={"width": 1280, "height": 900}, color_scheme=theme
        )
        self.page = self.context.new_page()
        self.page.set_default_timeout(60_000)
        self.page_errors = []
        self.console_errors = []
        self.hosts = set()
        self.page.on("pageerror", lambda error: self.page_errors.append(str(error)))
        self.page.on("console", self._on_console)
        self.page.on("websocket", lambda socket: self._on_address(socket.url))
        self.context.on("request", lambda request: self._on_address(request.url))
        self.page.goto(lab.page_url(name), wait_until="domcontentloaded")
        self._wait_until_open()
        if theme == "dark":
            self.set_theme("dark")

    def reload(self):
        """Reload the page. What was not saved is lost; the kernel goes on."""
        self.page.reload(wait_until="domcontentloaded")
        self._wait_until_open()

    def run_cell(self, index, *, seconds=60, may_fail=False):
        """Run a cell to its end and return its text. A cell that raises fails the test."""
        self.start_cell(index)
        self.wait_for_cell(seconds)
        errors = [out for out in self.outputs(index) if out["output_type"] == "error"]
        if errors and not may_fail:
            raise CellFailed(f"cell {index} of {self.name}:\n{_plain(errors[0]['traceback'])}")
        return self.cell_text(index)

    def set_cell(self, index, source):
        """Write a cell's source."""
        self.page.evaluate(_SET_CELL, [index, source])

    def start_cell(self, index):
        """Start a cell and return at once."""
        self.page.evaluate(_START_CELL, [index])

    def wait_for_cell(self, seconds=60):
        """Wait until the cell started last has ended."""
        if not self.page.evaluate(_WAIT_FOR_CELL, [seconds]):
            raise AssertionError(f"a cell of {self.name} still runs after {seconds} s")

    def outputs(self, index):
        return self.page.evaluate(_OUTPUTS, [index])

    def cell_text(self, index):
        """Return what a cell printed and showed, as text."""
        return "".join(_text(output) for output in self.outputs(index))

    def kexec(self, code):
        """Run code in the kernel outside any cell and return what it printed."""
        text, error = self.page.evaluate(_EXECUTE, [code])
        if error:
            raise CellFailed(_plain([error]))
        return text

    def canvas(self, number=0):
        """Return the locator of a canvas that has been painted."""
        canvas = self.page.locator(READY_CANVAS).nth(number)
        canvas.wait_for(state="visible")
        return canvas

    def cell_canvas(self, index):
        """Return the locator of the painted canvas in the output of a cell."""
        cell = self.page.locator(".jp-Notebook .jp-Cell").nth(index)
        cell.scroll_into_view_if_needed()
        canvas = cell.locator(READY_CANVAS)
        canvas.wait_for(state="visible")
        return canvas

    def set_theme(self, theme):
        name = f"JupyterLab {theme.capitalize()}"
        self.page.evaluate(
            "name => jupyterapp.commands.execute('apputils:change-theme', { theme: name })", name
        )
        self.page.wait_for_selector(f"body[data-jp-theme-name='{name}']", state="attached")
        self.page.wait_for_selector("#jupyterlab-splash", state="detached")

    def leave_evidence(self, folder, name):
        """Write a screenshot, the console's errors and the server's log into ``folder``."""
        self.page.screenshot(path=folder / f"{name}.png")
        console = "\n".join([*self.page_errors, *self.console_errors])
        (folder / f"{name}.console.log").write_text(console)
        (folder / f"{name}.server.log").write_text(self.lab.log_tail())

    def problems(self):
        """Return what no test may leave behind: page errors and foreign hosts."""
        foreign = self.hosts - {urlsplit(self.lab.url).netloc}
        known = KNOWN_PAGE_ERRORS.get(self.lab.app, set())
        errors = [f"page error: {error}" for error in self.page_errors if error not in known]
        return errors + [f"the page talked to {host}" for host in sorted(foreign)]

    def close(self):
        """Shut the kernels down and close the page."""
        self.page.evaluate("() => window.jupyterapp?.serviceManager.sessions.shutdownAll()")
        self.context.close()

    def _wait_until_open(self):
        self.page.wait_for_selector(".jp-Notebook .jp-Cell")
        self.page.wait_for_function(_READY)

    def _on_console(self, message):
        if message.type == "error":
            self.console_errors.append(message.text)

    def _on_address(self, address):
        parts = urlsplit(address)
        if parts.scheme in {"http", "https", "ws", "wss"}:  # not data: and blob:
            self.hosts.add(parts.netloc)


def _text(output):
    match output["output_type"]:
        case "stream":
            text = output["text"]
        case "error":
            text = f"{output['ename']}: {output['evalue']}"
        case _:
            text = output["data"].get("text/plain", "")
    return "".join(text)


def _plain(lines):
    return re.sub(r"\x1b\[[0-9;]*m", "", "\n".join(lines))
