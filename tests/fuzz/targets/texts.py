"""JSON as bytes, pasted addresses, and the messages that pages send."""

import copy
import json
from random import Random
from typing import Any

from nb_remote.errors import BadMetadata, InvalidAddress
from nb_remote.form.incoming import parse_message as parse_form_message
from nb_remote.location.parse import parse_address
from nb_remote.store.json_document import parse_json
from nb_remote.widget.incoming import parse_message as parse_view_message
from tests.fuzz.mutations import HOSTILE, spoiled_bytes, spoiled_document, written
from tests.fuzz.target import Target, require

# --- JSON ---------------------------------------------------------------------------

_JSON: tuple[Any, ...] = (
    {"a": [1, 2.5, None, True, {"b": "text \u00e9 \U0001f9e0"}], "multiscales": [{"axes": ["x"]}]},
    [{"x": -1e300, "y": []}, [[[]]], ""],
    {"zarr_format": 2, "shape": [9] * 50, "fill_value": "NaN"},
)


def _json_text(random: Random, prepared: tuple[Any, ...]) -> bytes:
    lot = random.random()
    if lot < 0.10:
        opening = random.choice([b"[", b'{"a":', b'[{"":', b"[[]," * 3, b'{"a":[{"b":'])
        return opening * random.choice([99, 101, 900, 5000, 200_000])
    if lot < 0.20:
        number = random.choice([b"9" * 4300, b"9" * 4301, b"9" * 10**6, b"1e400", b"-" * 9, b"NaN"])
        return b'{"a": ' + number + b"}"
    if lot < 0.25:
        depth = random.choice([98, 99, 100, 101, 990, 3000, 100_000])
        return b"[" * depth + b"]" * depth
    if lot < 0.30:
        return random.choice(
            [b"<html>", b"\xef\xbb\xbf <!doctype HTML", b"<?xml", b"\xff\xfe{", b""]
        )
    if lot < 0.35:
        return b'{"a": "' + random.choice([b"\\ud800", b"\\u0000", b"\\", b"\xed\xa0\x80"]) + b'"}'
    raw = written(random, spoiled_document(random, random.choice(prepared)))
    return raw if lot < 0.6 else spoiled_bytes(random, raw)


def _check_json(raw: bytes) -> None:
    document = parse_json(raw, where="https://example.org/a")
    require(isinstance(document, dict | list), "neither an object nor an array")
    level = [document]
    for _ in range(100):
        inner = [list(one.values()) if isinstance(one, dict) else one for one in level]
        level = [value for one in inner for value in one if isinstance(value, dict | list)]
    require(not level, "deeper than 100 levels")


# --- addresses ----------------------------------------------------------------------

_ADDRESSES = (
    "https://example.org/folder/image.zarr",
    "http://user:secret@example.org:8080/a%20b/c.n5?token=12345678&x=1",
    "zarr://https://example.org/a/b/.zattrs",
    "https://example.org/a.zarr|zarr2:inner/path",
    "n5://https://[2001:db8::1]:443/x/attributes.json#dimension_separator=/",
    "precomputed://http://127.0.0.1:9000/v/info",
    "'https://b\u00fccher.example/\u00e9/%C3%A9'",
    "https://neuroglancer-demo.appspot.com/#!%7B%22layers%22:%5B%5D%7D",
    "s3://bucket/key", "gs://bucket/key", "file:///etc/passwd", "example.org/a",
)  # fmt: skip
_PIECES = (
    *("://", ":", "/", "//", "@", "?", "#", "#!", "%", "%2F", "%00", "%ff", "%25", "|", "|zarr2:"),
    *("[", "]", "[::1]", "\\", "..", "/../", "::", "\0", "\n", " ", "\u200b", "\ufeff", "\ud800"),
    *(
        "\u3002",
        "\uff0e",
        "xn--",
        "\u0130",
        "\u2024",
        "1" * 400,
        "a" * 9000,
        ":99999",
        ":-1",
        ":\u0661",
    ),
    *('"', "'", "`", "<", ">", "\u201c", "\u202e", "0x7f.1", "0177.1", "user:pa:ss@", "&", "="),
)


def _address(random: Random, prepared: tuple[str, ...]) -> str:
    if random.random() < 0.05:
        return "".join(random.choices(_PIECES, k=random.randrange(8)))
    text = random.choice(prepared)
    for _ in range(random.choice([0, 1, 1, 2, 3, 5])):
        at = random.randrange(len(text) + 1)
        drop = random.choice([0, 0, 1, 3])
        piece = random.choice([random.choice(_PIECES), chr(random.randrange(0x3000)), ""])
        text = text[:at] + piece + text[at + drop :]
    return text


def _check_address(text: str) -> None:
    location = parse_address(text).location
    again = parse_address(location.text())
    require(again.location.host == location.host, f"{location.host} becomes {again.location.host}")
    require(location.scheme in ("http", "https", "s3", "gs"), location.scheme)
    require(not {".", ".."}.intersection(location.path.split("/")), location.path)


# --- messages -----------------------------------------------------------------------

_VIEW_MESSAGES: tuple[Any, ...] = (
    {
        "kind": "view", "view": "a", "rid": 1, "generation": 2, "seen": 3, "again": False,
        "wants": [[0, 0, 0, 0, 5, 1, 2], [0, 1, 2, 0, 5, 1, 2, 3]], "visible": 1,
        "warm": [[0, 0, 0, 0, 6, 1, 2]], "used": 0,
    },
    {"kind": "close", "view": "a"},
    {
        "kind": "snapshot", "view": "a", "position": [1.5, 2, 3], "plane": "xy", "layers": [0, 1],
        "failed": 0, "width": 640,
    },
)  # fmt: skip
_FORM_MESSAGES: tuple[Any, ...] = (
    {"kind": "add", "rid": 1, "address": "https://example.org/a.zarr"},
    {"kind": "retry", "rid": 2, "entry": 0},
    {"kind": "remove_layer", "rid": 3, "entry": 0, "layer": 1},
    {"kind": "rename", "rid": 4, "name": "brain"},
    {"kind": "import", "rid": 5, "name": "ds"},
)


def _message(random: Random, prepared: tuple[Any, ...]) -> Any:
    if random.random() < 0.05:
        return copy.deepcopy(random.choice(HOSTILE))
    return spoiled_document(random, random.choice(prepared))


def _check_view_message(content: Any) -> None:
    message = parse_view_message(content)
    require(0 < len(message.view) <= 64, "the name of the view")
    json.dumps(repr(message))


def _check_form_message(content: Any) -> None:
    message = parse_form_message(content)
    require(type(message.rid) is int and message.rid >= 0, "the number of the request")


TEXTS: tuple[Target, ...] = (
    Target(
        name="json",
        prepare=lambda: _JSON,
        make=_json_text,
        check=_check_json,
        refusals=(BadMetadata,),
        share=4,
    ),
    Target(
        name="addresses",
        prepare=lambda: _ADDRESSES,
        make=_address,
        check=_check_address,
        refusals=(InvalidAddress,),
        share=4,
    ),
    Target(
        name="view-messages",
        prepare=lambda: _VIEW_MESSAGES,
        make=_message,
        check=_check_view_message,
        refusals=(ValueError,),
        share=2,
    ),
    Target(
        name="form-messages",
        prepare=lambda: _FORM_MESSAGES,
        make=_message,
        check=_check_form_message,
        refusals=(ValueError,),
    ),
)
