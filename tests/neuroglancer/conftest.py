"""How tests write links."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from tests.precomputed.written import below, labels, noise, scale, write

import nb_remote as nbr

PAGE = "https://neuroglancer-demo.appspot.com/"


@pytest.fixture
def linked() -> Callable[[dict[str, Any]], str]:
    """Write the link of a state as the viewer does."""

    def write(state: dict[str, Any]) -> str:
        text = json.dumps(state, separators=(",", ":"))
        return f"{PAGE}#!{quote(text, safe='/:@$?&=+#,;-_.~*')}"

    return write


EM = noise((21, 17, 11, 1), "uint8")
CELLS = labels((21, 17, 11, 1), "uint64", seed=1)


@pytest.fixture(scope="session")
def volumes() -> dict[str, bytes]:
    """An image and labels of 4 × 4 × 40 nm, written by tensorstore, the labels without their kind.

    The image begins at voxel (100, 200, 30).
    """
    em = write(scale(voxel_offset=[100, 200, 30]), data=[EM])
    cells = write(scale(), data=[CELLS])
    return below("em", em) | below("cells", cells)


@pytest.fixture
def lab(serve, volumes):
    """A server with both."""
    return serve(volumes)


@pytest.fixture
def opened(lab):
    """Open a state with that server trusted."""

    def open_(state: dict[str, Any], **options: Any) -> nbr.Dataset:
        return nbr.open(state, trusted_hosts=[lab.host], **options)

    return open_


def nm(**sizes: float) -> dict[str, Any]:
    """Write dimensions of lengths in nanometres."""
    return {name: [size, "nm"] for name, size in sizes.items()}
