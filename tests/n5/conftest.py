"""Servers for these tests."""

from tests.servers.fixtures import serve  # noqa: F401 - a fixture
