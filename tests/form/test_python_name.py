"""The line of Python that the form offers has to work in the notebook it stands in."""

import sys
from types import SimpleNamespace

import pytest

from nb_remote.form.python_name import name_in_notebook

FORM = object()


@pytest.mark.parametrize(
    ("namespace", "name"),
    [
        ({"other": 1, "form": FORM}, "form"),
        ({"_": FORM, "_3": FORM, "Out": {3: FORM}}, "_3"),
        ({"_": FORM, "_3": FORM, "mine": FORM}, "mine"),
        ({"_": FORM}, "default"),
        ({}, "default"),
        (None, "default"),
    ],
)
def test_the_variable_that_holds_it_comes_before_the_output_that_does(monkeypatch, namespace, name):
    shell = None if namespace is None else SimpleNamespace(user_ns=namespace)
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: shell))
    assert name_in_notebook(FORM, "default") == name


def test_without_ipython_there_is_no_name(monkeypatch):
    monkeypatch.delitem(sys.modules, "IPython", raising=False)
    assert name_in_notebook(FORM, "default") == "default"
