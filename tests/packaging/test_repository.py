"""What a public repository must not hold: addresses of one machine or of one package registry."""

import json
import re
import subprocess

import pytest

# put together here, so that this file does not find itself
REGISTRIES = [
    f"{host}.{domain}"
    for host, domain in [
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("registry.npmjs", "org"),
        ("registry.yarnpkg", "com"),
        ("npmmirror", "com"),
        ("conda.anaconda", "org"),
    ]
]
SETTINGS = re.compile(r"(extra-)?index-url|--find-links|^registry *=", re.MULTILINE)
MACHINE_PATHS = re.compile(r"(?<![\w.:*])/(work|root|home|Users|mnt)/[\w.]+/")


@pytest.fixture(scope="module")
def texts(project_root):
    """Every file that git tracks or would add, by name; binary files left out."""
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(
        listing, cwd=project_root, stdout=subprocess.PIPE, text=True, check=True
    )
    found = {}
    for name in sorted(set(filter(None, listed.stdout.split("\0")))):
        path = project_root / name
        if path.is_file() and b"\0" not in (content := path.read_bytes())[:8000]:
            found[name] = content.decode()
    assert len(found) > 10
    return found


def test_no_file_names_a_package_registry(texts):
    hits = {name: host for name, text in texts.items() for host in REGISTRIES if host in text}
    assert not hits


def test_no_file_chooses_a_package_registry(texts):
    own = {"Makefile", "tests/packaging/test_repository.py"}  # --no-emit-index-url, and this list
    hits = {name for name, text in texts.items() if SETTINGS.search(text)}
    assert not hits - own


def test_no_lock_file_remembers_where_packages_came_from(texts):
    locks = {name: text for name, text in texts.items() if name.endswith("package-lock.json")}
    assert locks
    for name, text in locks.items():
        packages = json.loads(text)["packages"]
        assert [path for path, entry in packages.items() if "resolved" in entry] == [], name
        assert all("integrity" in entry for path, entry in packages.items() if path), name


def test_no_file_names_a_path_of_one_machine(texts):
    hits = [
        f"{name}: {match.group()}"
        for name, text in texts.items()
        for match in MACHINE_PATHS.finditer(text)
    ]
    assert not hits


def test_every_version_is_pinned(texts):
    lines = texts["tests/constraints.txt"].splitlines()
    pins = [line for line in lines if line and not line.startswith("#")]
    assert len(pins) > 50
    assert [line for line in pins if not re.match(r"[\w.-]+==[\w.]+( ; |$)", line)] == []


def test_the_top_level_is_tidy(texts):
    expected = {
        *(".ci", ".gitignore", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "Makefile"),
        *("README.md", "benchmarks", "docs", "js", "notebooks", "pyproject.toml", "src", "tests"),
    }
    assert {name.split("/")[0] for name in texts} <= expected
