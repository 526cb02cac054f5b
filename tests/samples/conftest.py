"""The samples, written once for all tests, without touching the network or the user's cache."""

import socket

import pytest

from nb_remote.samples.cache import ensure_written
from nb_remote.samples.catalog import SAMPLES, find


@pytest.fixture(scope="session")
def root(tmp_path_factory):
    """Return a cache folder in which every sample is written."""
    folder = tmp_path_factory.mktemp("samples")

    def refuse(*_):
        raise AssertionError("writing a sample opened a connection")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", refuse)
        for sample in SAMPLES:
            ensure_written(sample, folder)
    return folder


@pytest.fixture(scope="session")
def brain_folder(root):
    return root / find("brain").place


@pytest.fixture(scope="session")
def histology_folder(root):
    return root / find("histology").place
