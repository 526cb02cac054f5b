"""People who install nb-remote never need Node: the bundle travels in the wheel and the sdist."""

import sys
import tarfile
import zipfile

import pytest
from tests.packaging.conftest import run

pytestmark = [pytest.mark.packaging, pytest.mark.timeout(400)]

BUNDLE = ("nb_remote/widget/static/widget.js", "nb_remote/widget/static/widget.css")
WHEEL_BYTES = 1_000_000
SDIST_BYTES = 8_000_000

LOOK = """
import importlib.metadata, pathlib, sys
import nb_remote
static = pathlib.Path(nb_remote.__file__).parent / "widget" / "static"
for name in ("widget.js", "widget.css"):
    assert (static / name).stat().st_size > 0, name
assert importlib.metadata.version("nb-remote")
assert importlib.metadata.entry_points(group="console_scripts", name="nb-remote")
print(static)
"""


def test_wheel_holds_the_bundle_and_no_bloat(distributions):
    wheel, _ = distributions
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    for name in (*BUNDLE, "nb_remote/py.typed"):
        assert name in names
    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert [n for n in names if "node_modules" in n or n.endswith((".map", ".ts", ".tsx"))] == []
    assert [n for n in names if not n.startswith(("nb_remote/", "nb_remote-"))] == []
    assert wheel.stat().st_size < WHEEL_BYTES


def test_sdist_holds_the_bundle_and_its_sources(distributions):
    _, sdist = distributions
    with tarfile.open(sdist) as archive:
        names = [name.partition("/")[2] for name in archive.getnames()]
    wanted = ["js/package.json", "js/package-lock.json", "js/build_hook.py", "pyproject.toml"]
    for name in (*wanted, *(f"src/{name}" for name in BUNDLE)):
        assert name in names
    assert [n for n in names if "node_modules" in n or n.endswith(".map")] == []
    assert sdist.stat().st_size < SDIST_BYTES


@pytest.mark.parametrize("kind", ["wheel", "sdist"])
def test_a_distribution_installs_without_node(kind, distributions, new_environment, without_node):
    python = new_environment(distributions[kind == "sdist"])
    where = run([python, "-I", "-c", LOOK], cwd=python.parent, env=without_node)
    assert "site-packages" in where


@pytest.mark.parametrize("editable", [False, True], ids=["install", "editable"])
def test_a_checkout_installs_without_node(editable, checkout, new_environment, without_node):
    python = new_environment(*(["-e", checkout] if editable else [checkout]))
    where = run([python, "-I", "-c", LOOK], cwd=python.parent, env=without_node)
    assert (str(checkout) in where) is editable


def test_an_sdist_asks_for_no_node(unpacked_sdist, without_node):
    ask = "import hatchling.build as backend; print(backend.get_requires_for_build_wheel())"
    answer = run([sys.executable, "-c", ask], cwd=unpacked_sdist, env=without_node)
    assert answer.strip() == "[]"
