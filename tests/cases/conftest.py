"""Documents on a server, opened as a person opens them, and what the datasource says of them."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from tests.form.conftest import FormPage, open_form
from tests.neuroglancer.conftest import linked
from tests.s3.conftest import amazon
from tests.servers.fixtures import Serve
from tests.volumes.documents import PATH, files

import nb_remote as nbr

__all__ = ["FormPage", "amazon", "linked", "open_form"]  # fixtures are found by being here


class Opened:
    """``opened(documents)`` serves what lies below one folder and opens it."""

    def __init__(self, serve: Serve) -> None:
        self._serve = serve
        self.url = ""

    def __call__(self, found: Mapping[str, Any], path: str = PATH, **options: Any) -> nbr.Dataset:
        self.server = self._serve(files(found, path))
        self.url = self.server.url_of(path)
        return nbr.open(self.url, **options)


@pytest.fixture
def opened(serve: Serve) -> Opened:
    return Opened(serve)


Written = Callable[[nbr.Dataset], dict[str, Any]]


def written(dataset: nbr.Dataset) -> dict[str, Any]:
    """Return the only layer of the datasource, as its JSON has it."""
    (layer,) = dataset.datasource.to_dict()["dataLayers"]
    return layer
