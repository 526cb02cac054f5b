"""What all tests share."""

import gc
from pathlib import Path

import hypothesis
import pytest

from nb_remote import redact
from tests.servers.fixtures import serve, server

__all__ = ["serve", "server"]  # fixtures for all: they are found by being here

hypothesis.settings.register_profile("nb-remote", deadline=None)
hypothesis.settings.load_profile("nb-remote")


def pytest_collection_modifyitems(items):
    """Run browser tests last: Playwright keeps an event loop in the main thread."""
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)


def pytest_collection_finish():
    """Keep the thousands of collected tests out of garbage collection.

    Looking through them stops every thread for half a second, which is longer than
    the time that some tests give a server.
    """
    gc.collect()
    gc.freeze()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Let fixtures see how their test ended, as ``request.node.reports``."""
    report = yield
    item.__dict__.setdefault("reports", {})[report.when] = report
    return report


@pytest.fixture(autouse=True)
def _own_secrets():
    """Let no test's password hide a word in the texts of the others."""
    known = redact._secrets
    redact._secrets = redact._Secrets()
    for one in known.by_age:  # of fixtures that live longer
        redact.remember_secret(one)
    yield
    redact._secrets = known


@pytest.fixture(scope="session")
def project_root() -> Path:
    return Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def artifacts(project_root) -> Path:
    """Return the folder for evidence that outlives the run: screenshots and logs."""
    folder = project_root / "artifacts"
    folder.mkdir(exist_ok=True)
    return folder
