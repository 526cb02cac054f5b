"""The table of places in `docs/formats.md`, as far as nb-remote's own column goes."""

import io
import json
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from tests.formats.matrix import plain_name
from tests.formats.one_volume import Case, pyramid_zyx, zarr3
from tests.formats.ours import check_read
from tests.formats.page import OURS, tables
from tests.servers.gcs import GcsServer
from tests.servers.http import RangeServer
from tests.servers.s3 import MotoServer

from nb_remote.location.gcs_credentials import GcsCredentials


@pytest.fixture(scope="module")
def case() -> Case:
    return zarr3(pyramid_zyx())


@pytest.fixture(scope="module")
def zipped(case: Case) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        for key, body in case.objects.items():
            file.writestr(f"em/{key}", body)
    return buffer.getvalue()


@pytest.fixture
def folder(case: Case, zipped: bytes, tmp_path: Path) -> Path:
    for key, body in case.objects.items():
        (tmp_path / "em" / key).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "em" / key).write_bytes(body)
    (tmp_path / "em.zip").write_bytes(zipped)
    return tmp_path


@pytest.fixture(scope="module")
def content(case: Case, zipped: bytes) -> dict[str, bytes]:
    return {f"em/{key}": body for key, body in case.objects.items()} | {"em.zip": zipped}


@pytest.fixture(scope="module")
def server(content: dict[str, bytes]) -> Iterator[RangeServer]:
    with RangeServer(content) as server:
        yield server


def by_link(server: RangeServer, case: Case, **_: Any) -> None:
    state = {"layers": [{"name": "em", "source": f"zarr://{server.url_of('em')}"}]}
    link = f"https://neuroglancer-demo.appspot.com/#!{quote(json.dumps(state))}"
    check_read(case, link, trusted_hosts=[server.host])


def with_password(content: dict[str, bytes], case: Case, **_: Any) -> None:
    with RangeServer(content, basic_auth=("ann", "secret")) as server:
        check_read(case, server.url_of("em").replace("://", "://ann:secret@"))


def with_token(content: dict[str, bytes], case: Case, **_: Any) -> None:
    with RangeServer(content, token="t0ken") as server:
        check_read(case, f"{server.url_of('em')}?token=t0ken")


def in_s3(content: dict[str, bytes], case: Case, **_: Any) -> None:
    with MotoServer() as server:
        server.put("lab", content, public=True)
        check_read(case, server.url_of("lab", "em"))


def in_gcs(content: dict[str, bytes], case: Case, **_: Any) -> None:
    with GcsServer({f"lab/{key}": body for key, body in content.items()}) as server:
        account = GcsCredentials(server.service_account(), endpoint=server.url)
        check_read(case, "gs://lab/em", credentials=account)


ROWS: dict[str, Callable[..., None]] = {
    "https://, http://": lambda server, case, **_: check_read(case, server.url_of("em")),
    "https:// with user name and password": with_password,
    "https:// with a token in the query": with_token,
    "s3://bucket/folder, s3+https://host/bucket/folder": in_s3,
    "gs://bucket/folder": in_gcs,
    "a folder of this machine": lambda folder, case, **_: check_read(case, folder / "em"),
    "a zip file behind https://, by ranges": lambda server, case, **_: check_read(
        case, server.url_of("em.zip")
    ),
    "a zip file of this machine": lambda folder, case, **_: check_read(
        case, folder / "em.zip" / "em"
    ),
    "zarr://…, precomputed://…, n5://… around an address": lambda server, case, **_: check_read(
        case, f"zarr://{server.url_of('em')}"
    ),
    "…|zip:folder/|zarr3: behind an address": lambda server, case, **_: check_read(
        case, f"{server.url_of('em.zip')}|zip:em/|zarr3:"
    ),
    "#! links of Neuroglancer": by_link,
}


@pytest.mark.parametrize("row", ROWS)
def test_every_place_of_the_page_is_read_or_named(
    row: str, server: RangeServer, content: dict[str, bytes], folder: Path, case: Case
) -> None:
    (found,) = [one for name, one in tables()["Places"].items() if plain_name(name) == row]
    assert found.cells[OURS].word == "yes"
    ROWS[row](server=server, content=content, folder=folder, case=case)


def test_the_page_has_these_places() -> None:
    assert [plain_name(one) for one in tables()["Places"]] == list(ROWS)
