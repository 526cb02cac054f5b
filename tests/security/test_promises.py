"""Every test and file that `docs/security.md` names is there, and none that matters is skipped."""

import ast
import re

import pytest


@pytest.fixture
def document(project_root):
    return (project_root / "docs/security.md").read_text()


def functions(path):
    tree = ast.parse(path.read_text())
    return {one.name: one for one in ast.walk(tree) if isinstance(one, ast.FunctionDef)}


def test_every_promise_names_what_holds_it(document):
    rows = [line for line in document.splitlines() if line.startswith("| ")]
    promises = [row for row in rows if "promise" not in row]
    assert len(promises) > 25
    assert not [row for row in promises if not re.search(r"`(?:tests|src|js)/", row)]


def test_every_test_that_is_named_exists_and_runs(document, project_root):
    named = re.findall(r"`((?:tests|src|js)/[\w./-]+)(?:::(\w+))?`", document)
    assert len(named) > 40
    assert not [path for path, _ in named if not (project_root / path).is_file()]
    missing = {
        f"{path}::{name}"
        for path, name in named
        if name and name not in functions(project_root / path)
    }
    assert not missing
    skipped = {
        f"{path}::{name}"
        for path, name in named
        if name
        for decorator in functions(project_root / path)[name].decorator_list
        if re.search("skip|xfail", ast.unparse(decorator))
    }
    assert not skipped


@pytest.mark.parametrize(
    ("module", "table", "said"),
    [
        ("channels", "CHANNELS", r"× (\d+) channels"),
        ("kinds", "KINDS", r"\((\d+) kinds"),
        ("test_strangers", "ADDRESSES", r"\((\d+) addresses"),
        ("test_strangers", "WAYS", r"× (\d+) ways"),
    ],
)
def test_the_numbers_are_right(document, module, table, said):
    from importlib import import_module

    counted = len(getattr(import_module(f"tests.security.{module}"), table))
    assert int(re.search(said, document)[1]) == counted
