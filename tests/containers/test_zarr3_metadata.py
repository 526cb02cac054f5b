"""``zarr.json`` documents that are broken or hostile: a named error at once, nothing allocated."""

import copy
import json
import pickle
import time
import tracemalloc

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings
from tests.fuzz.mutations import places
from tests.volumes.inferring import find, infer_one

from nb_remote.containers.zarr3.metadata import parse_array
from nb_remote.errors import BadMetadata, Declined, NbRemoteError, UnsupportedCodec
from nb_remote.location.parse import parse_address
from nb_remote.store.json_document import parse_json

LOCATION = parse_address("https://example.org/v").location
LITTLE = {"name": "bytes", "configuration": {"endian": "little"}}
GZIP = {"name": "gzip", "configuration": {"level": 1}}
CRC = {"name": "crc32c"}
GOOD = {
    "zarr_format": 3,
    "node_type": "array",
    "shape": [10, 20, 30],
    "data_type": "uint16",
    "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": [5, 6, 8]}},
    "chunk_key_encoding": {"name": "default", "configuration": {"separator": "/"}},
    "codecs": [LITTLE, GZIP],
    "fill_value": 0,
    "attributes": {},
}
GONE = object()
HUGE = 10**4000
INFINITE, NAN = float("inf"), float("nan")
LONE = "\ud800"


def document(**changes):
    return {key: value for key, value in (GOOD | changes).items() if value is not GONE}


def grid(*chunks):
    return {"chunk_grid": {"name": "regular", "configuration": {"chunk_shape": list(chunks)}}}


def keys(**changes):
    return {"chunk_key_encoding": {"name": "default"} | changes}


def transpose(order):
    return {"name": "transpose", "configuration": {"order": order}}


def shard(**changes):
    config = {"chunk_shape": [5, 3, 4], "codecs": [LITTLE], "index_codecs": [LITTLE, CRC]} | changes
    config = {key: value for key, value in config.items() if value is not GONE}
    return {"name": "sharding_indexed", "configuration": config}


def nested(levels):
    inner = [LITTLE]
    for _ in range(levels):
        inner = [shard(chunk_shape=[1, 1, 1], codecs=inner)]
    return inner


def parse(meta):
    return parse_array(meta, "0", LOCATION)


def test_a_good_document_is_read():
    array = parse(GOOD)
    assert array.problem is None
    assert (array.shape, array.dtype, array.layout.chunk_shape) == (
        (10, 20, 30),
        np.dtype("u2"),
        (5, 6, 8),
    )
    assert array.layout.grid_shape == (2, 4, 4)
    assert array.layout.keys.key((1, 2, 3)) == "0/c/1/2/3"
    assert array.layout.metadata_key == "0/zarr.json"


def test_a_stored_array_travels_between_processes():
    array = parse(document(codecs=[shard()], dimension_names=["z", "y", "x"]))
    assert pickle.loads(pickle.dumps(array)) == array


WRONG = (
    [
        # what, field that the error names, changes
        ("no format", "zarr_format", {"zarr_format": GONE}),
        ("format 2", "zarr_format", {"zarr_format": 2}),
        ("format 4", "zarr_format", {"zarr_format": 4}),
        ("format as text", "zarr_format", {"zarr_format": "2"}),
        ("format as float", "zarr_format", {"zarr_format": 3.0}),
        ("format true", "zarr_format", {"zarr_format": True}),
        ("format NaN", "zarr_format", {"zarr_format": NAN}),
        ("format huge", "zarr_format", {"zarr_format": HUGE}),
        ("no node type", "node_type", {"node_type": GONE}),
        ("a group", "node_type", {"node_type": "group"}),
        ("node type in capitals", "node_type", {"node_type": "Array"}),
        ("node type list", "node_type", {"node_type": ["array"]}),
        ("node type of surrogates", "node_type", {"node_type": LONE * 99}),
        ("no shape", "shape", {"shape": GONE}),
        ("shape null", "shape", {"shape": None}),
        ("shape text", "shape", {"shape": "10,20,30"}),
        ("shape number", "shape", {"shape": 10}),
        ("shape object", "shape", {"shape": {"0": 10}}),
        ("shape of text", "shape", {"shape": ["10", "20", "30"]}),
        ("shape of fractions", "shape", {"shape": [10.5, 20.0, 30.0]}),
        ("shape of bools", "shape", {"shape": [True, True, True]}),
        ("shape with null", "shape", {"shape": [10, None, 30]}),
        ("shape nested", "shape", {"shape": [[10], 20, 30]}),
        ("shape with NaN", "shape", {"shape": [10, NAN, 30]}),
        ("shape with Infinity", "shape", {"shape": [10, INFINITE, 30]}),
        ("shape zero", "shape", {"shape": [10, 0, 30]}),
        ("shape negative", "shape", {"shape": [10, -20, 30]}),
        ("shape 2**53 + 1", "shape", {"shape": [10, 2**53 + 1, 30]}),
        ("shape 10**18", "shape", {"shape": [10, 10**18, 30]}),
        ("shape 10**4000", "shape", {"shape": [HUGE, 20, 30]}),
        ("shape -10**4000", "shape", {"shape": [-HUGE, 20, 30]}),
        ("nine axes", "shape", {"shape": [1] * 9, **grid(*[1] * 9)}),
        ("a million axes", "shape", {"shape": [1] * 10**6, **grid(*[1] * 10**6)}),
        ("no type", "data_type", {"data_type": GONE}),
        ("type null", "data_type", {"data_type": None}),
        ("type number", "data_type", {"data_type": 16}),
        ("type empty", "data_type", {"data_type": ""}),
        ("type of v2", "data_type", {"data_type": "<u2"}),
        ("type in capitals", "data_type", {"data_type": "UINT16"}),
        ("type with blank", "data_type", {"data_type": "uint16 "}),
        ("type short", "data_type", {"data_type": "uint"}),
        ("type wide", "data_type", {"data_type": "uint128"}),
        ("type four bits", "data_type", {"data_type": "float4_e2m1fn"}),
        (
            "type with configuration",
            "data_type",
            {"data_type": {"name": "int4", "configuration": {"a": 1}}},
        ),
        ("type complex", "data_type", {"data_type": "complex128"}),
        ("type raw", "data_type", {"data_type": "r16"}),
        ("type huge raw", "data_type", {"data_type": "r99999999999"}),
        ("type string", "data_type", {"data_type": "string"}),
        ("type object", "data_type", {"data_type": "object"}),
        ("type NumPy's language", "data_type", {"data_type": "(9999,9999)u8"}),
        ("type named oddly", "data_type", {"data_type": {"name": "uint17"}}),
        ("type date", "data_type", {"data_type": {"name": "numpy.datetime64"}}),
        (
            "type structured",
            "data_type",
            {"data_type": {"name": "structured", "configuration": {}}},
        ),
        ("type list", "data_type", {"data_type": ["uint16"]}),
        ("type of a million characters", "data_type", {"data_type": "uint16" * 166_667}),
        ("no grid", "chunk_grid", {"chunk_grid": GONE}),
        ("grid null", "chunk_grid", {"chunk_grid": None}),
        ("grid list", "chunk_grid", {"chunk_grid": [5, 6, 8]}),
        ("grid by name alone", "chunk_grid", {"chunk_grid": "regular"}),
        ("grid rectilinear", "chunk_grid", {"chunk_grid": {"name": "rectilinear"}}),
        ("grid in capitals", "chunk_grid", {"chunk_grid": {"name": "Regular"}}),
        ("grid without name", "chunk_grid", {"chunk_grid": {"configuration": {}}}),
        ("grid name number", "chunk_grid", {"chunk_grid": {"name": 3}}),
        (
            "grid configuration null",
            "chunk_grid",
            {"chunk_grid": {"name": "regular", "configuration": None}},
        ),
        (
            "grid configuration list",
            "chunk_grid",
            {"chunk_grid": {"name": "regular", "configuration": [5, 6, 8]}},
        ),
        (
            "grid of v2",
            "chunk_grid",
            {"chunk_grid": {"name": "regular", "configuration": {"chunks": [5, 6, 8]}}},
        ),
        ("no chunk extents", "chunk_grid", grid()),
        ("chunks of another rank", "chunk_grid", grid(5, 6)),
        ("chunks of a million axes", "chunk_grid", grid(*[1] * 10**6)),
        ("chunks of fractions", "chunk_grid", grid(5.5, 6, 8)),
        ("chunks of bools", "chunk_grid", grid(True, 6, 8)),
        ("chunks of lists", "chunk_grid", grid([5, 5], [6], 8)),
        ("chunks with NaN", "chunk_grid", grid(NAN, 6, 8)),
        ("chunk zero", "chunk_grid", grid(5, 0, 8)),
        ("chunk negative", "chunk_grid", grid(5, -6, 8)),
        ("chunk 2**60", "chunk_grid", grid(2**60, 1, 1)),
        ("chunk of 10**4000", "chunk_grid", grid(HUGE, 1, 1)),
        ("chunk 2**40", "chunks", grid(2**40, 1, 1)),
        ("chunk of a GiB", "chunks", grid(1024, 1024, 512)),
        ("chunk 2**53 each way", "chunks", grid(2**53, 2**53, 2**53)),
        ("no keys", "chunk_key_encoding", {"chunk_key_encoding": GONE}),
        ("keys list", "chunk_key_encoding", {"chunk_key_encoding": ["default"]}),
        ("keys of v1", "chunk_key_encoding", keys(name="v1")),
        ("keys fanned out", "chunk_key_encoding", keys(name="fanout")),
        ("separator", "chunk_key_encoding", keys(configuration={"separator": "-"})),
        ("separator up", "chunk_key_encoding", keys(configuration={"separator": "/../"})),
        ("separator empty", "chunk_key_encoding", keys(configuration={"separator": ""})),
        ("separator null", "chunk_key_encoding", keys(configuration={"separator": None})),
        ("separator list", "chunk_key_encoding", keys(configuration={"separator": ["/"]})),
        ("separator surrogate", "chunk_key_encoding", keys(configuration={"separator": LONE})),
        ("keys configuration text", "chunk_key_encoding", keys(configuration="/")),
        ("no fill", "fill_value", {"fill_value": GONE}),
        ("fill null", "fill_value", {"fill_value": None}),
        ("fill of text", "fill_value", {"fill_value": "zero"}),
        ("fill number as text", "fill_value", {"fill_value": "65536"}),
        ("fill empty", "fill_value", {"fill_value": ""}),
        ("fill surrogate", "fill_value", {"fill_value": LONE}),
        ("fill NaN for integers", "fill_value", {"fill_value": "NaN"}),
        ("fill bits for integers", "fill_value", {"fill_value": "0x0001"}),
        ("fill token NaN for integers", "fill_value", {"fill_value": NAN}),
        ("fill token Infinity for integers", "fill_value", {"fill_value": INFINITE}),
        ("fill list", "fill_value", {"fill_value": [0]}),
        ("fill complex", "fill_value", {"data_type": "float32", "fill_value": [0.0, 0.0]}),
        ("fill object", "fill_value", {"fill_value": {}}),
        ("fill too large", "fill_value", {"fill_value": 2**16}),
        ("fill negative", "fill_value", {"fill_value": -1}),
        ("fill with a fraction", "fill_value", {"fill_value": 0.5}),
        ("fill 10**4000", "fill_value", {"fill_value": HUGE}),
        ("fill 10**4000 for floats", "fill_value", {"data_type": "float64", "fill_value": HUGE}),
        ("fill -129 for int8", "fill_value", {"data_type": "int8", "fill_value": -129}),
        ("fill 2**63 for int64", "fill_value", {"data_type": "int64", "fill_value": 2**63}),
        ("fill 2**64 as float", "fill_value", {"data_type": "uint64", "fill_value": 2.0**64}),
        ("fill beyond float16", "fill_value", {"data_type": "float16", "fill_value": 65520}),
        ("fill beyond float32", "fill_value", {"data_type": "float32", "fill_value": 1e300}),
        ("fill bits too short", "fill_value", {"data_type": "float32", "fill_value": "0x7fc0"}),
        ("fill bits too long", "fill_value", {"data_type": "float16", "fill_value": "0x7fc00000"}),
        ("fill bits no hex", "fill_value", {"data_type": "float16", "fill_value": "0xzz00"}),
        (
            "fill bits of digits elsewhere",
            "fill_value",
            {"data_type": "float16", "fill_value": "0x" + "\N{ARABIC-INDIC DIGIT ZERO}" * 4},
        ),
        (
            "fill bits of a megabyte",
            "fill_value",
            {"data_type": "float16", "fill_value": "0x" + "0" * 2**20},
        ),
        ("fill that is nearly NaN", "fill_value", {"data_type": "float32", "fill_value": "nano"}),
        ("fill 2 for bool", "fill_value", {"data_type": "bool", "fill_value": 2}),
        ("fill text for bool", "fill_value", {"data_type": "bool", "fill_value": "false"}),
        ("names too few", "dimension_names", {"dimension_names": ["y", "x"]}),
        ("names too many", "dimension_names", {"dimension_names": ["t", "z", "y", "x"]}),
        ("names of 10**5 axes", "dimension_names", {"dimension_names": ["x"] * 10**5}),
        ("names text", "dimension_names", {"dimension_names": "zyx"}),
        ("names object", "dimension_names", {"dimension_names": {"z": 0, "y": 1, "x": 2}}),
        ("names of numbers", "dimension_names", {"dimension_names": [0, 1, 2]}),
        ("names of lists", "dimension_names", {"dimension_names": [["z"], ["y"], ["x"]]}),
        ("names false", "dimension_names", {"dimension_names": False}),
        ("transformer", "storage_transformers", {"storage_transformers": [{"name": "x"}]}),
        ("transformer text", "storage_transformers", {"storage_transformers": "x"}),
        ("extension", "surprise", {"surprise": {"must_understand": True}}),
        ("extension that may be", "surprise", {"surprise": {"must_understand": "false"}}),
        ("extension zero", "surprise", {"surprise": {"must_understand": 0}}),
        ("extension null", "surprise", {"surprise": None}),
        ("extension of a megabyte", "x" * 60, {"x" * 2**20: 1}),
        ("extension of surrogates", None, {LONE: 1}),
        ("fields of v2", "chunks", {"chunks": [5, 6, 8]}),
        ("no codecs", "codecs", {"codecs": GONE}),
        ("codecs null", "codecs", {"codecs": None}),
        ("codecs empty", "codecs", {"codecs": []}),
        ("codecs text", "codecs", {"codecs": "bytes"}),
        ("codecs object", "codecs", {"codecs": LITTLE}),
        ("codecs of null", "codecs", {"codecs": [None]}),
        ("codecs of lists", "codecs", {"codecs": [[LITTLE]]}),
        ("codecs of numbers", "codecs", {"codecs": [1, 2]}),
        ("codec without name", "codecs", {"codecs": [{"configuration": {}}]}),
        ("codec of v2", "codecs", {"codecs": [LITTLE, {"id": "gzip", "level": 1}]}),
        ("codec named by a list", "codecs", {"codecs": [{"name": ["bytes"]}]}),
        (
            "codec configuration",
            "codecs",
            {"codecs": [{"name": "bytes", "configuration": "little"}]},
        ),
        (
            "byte order null",
            "codecs",
            {"codecs": [{"name": "bytes", "configuration": {"endian": None}}]},
        ),
        ("byte order", "codecs", {"codecs": [{"name": "bytes", "configuration": {"endian": "<"}}]}),
        (
            "byte order list",
            "codecs",
            {"codecs": [{"name": "bytes", "configuration": {"endian": []}}]},
        ),
        ("only a transposition", "codecs", {"codecs": [transpose([2, 1, 0])]}),
        ("transposition without order", "codecs", {"codecs": [{"name": "transpose"}, LITTLE]}),
        ("transposition too short", "codecs", {"codecs": [transpose([1, 0]), LITTLE]}),
        ("transposition too long", "codecs", {"codecs": [transpose([0, 1, 2, 3]), LITTLE]}),
        ("transposition twice an axis", "codecs", {"codecs": [transpose([0, 0, 1]), LITTLE]}),
        ("transposition negative", "codecs", {"codecs": [transpose([0, 1, -1]), LITTLE]}),
        ("transposition of bools", "codecs", {"codecs": [transpose([False, True, 2]), LITTLE]}),
        ("transposition of floats", "codecs", {"codecs": [transpose([0.0, 1.0, 2.0]), LITTLE]}),
        ("transposition of text", "codecs", {"codecs": [transpose("zyx"), LITTLE]}),
        ("transposition of 10**5", "codecs", {"codecs": [transpose([0] * 10**5), LITTLE]}),
        ("transposition huge", "codecs", {"codecs": [transpose([0, 1, HUGE]), LITTLE]}),
    ]
    + [
        (f"shard {what}", field, grid(10, 6, 8) | {"codecs": [shard(**changes)]})
        for what, field, changes in [
            ("without chunks", "chunk_shape", {"chunk_shape": GONE}),
            ("chunks text", "chunk_shape", {"chunk_shape": "5,3,4"}),
            ("chunks of fractions", "chunk_shape", {"chunk_shape": [5.5, 3, 4]}),
            ("chunks of another rank", "codecs", {"chunk_shape": [5, 3]}),
            ("chunks zero", "codecs", {"chunk_shape": [5, 0, 4]}),
            ("chunks negative", "codecs", {"chunk_shape": [-5, 3, 4]}),
            ("chunks huge", "codecs", {"chunk_shape": [HUGE, 3, 4]}),
            ("not divided", "codecs", {"chunk_shape": [4, 3, 4]}),
            ("smaller than its chunks", "codecs", {"chunk_shape": [20, 6, 8]}),
            ("without codecs", "codecs", {"codecs": GONE}),
            ("codecs empty", "codecs", {"codecs": []}),
            ("codecs object", "codecs", {"codecs": {}}),
            ("without index codecs", "codecs", {"index_codecs": GONE}),
            ("index codecs empty", "codecs", {"index_codecs": []}),
            ("index codecs text", "codecs", {"index_codecs": "bytes"}),
            ("index without bytes", "codecs", {"index_codecs": [transpose([0, 1, 2, 3])]}),
            (
                "index without byte order",
                "codecs",
                {"index_codecs": [{"name": "bytes", "configuration": {"endian": None}}, CRC]},
            ),
            ("index of another rank", "codecs", {"index_codecs": [transpose([2, 1, 0]), LITTLE]}),
            ("index in the middle", "codecs", {"index_location": "middle"}),
            ("index location null", "codecs", {"index_location": None}),
            ("index location list", "codecs", {"index_location": ["end"]}),
        ]
    ]
    + [
        ("shards of too many chunks", "codecs", {**grid(2**10, 2**10, 2), "codecs": nested(1)}),
        ("shards of 2**159", "codecs", {**grid(2**53, 2**53, 2**53), "codecs": nested(1)}),
        (
            "shards of chunks of 2**52",
            "chunks",
            {**grid(2**53, 1, 1), "codecs": [shard(chunk_shape=[2**52, 1, 1])]},
        ),
    ]
)


def bounded(read):
    """Return what `read()` raises, having seen that it took neither time nor memory."""
    tracemalloc.start()
    began = time.perf_counter()
    try:
        with pytest.raises(NbRemoteError) as caught:
            read()
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert time.perf_counter() - began < 1
    assert peak < 2**26
    str(caught.value).encode()  # it can be shown
    assert len(str(caught.value)) < 500
    return caught.value


@pytest.mark.parametrize(("field", "changes"), [w[1:] for w in WRONG], ids=[w[0] for w in WRONG])
def test_what_is_wrong_is_named_with_its_field_and_place(field, changes):
    meta = document(**changes)
    error = bounded(lambda: parse(meta))
    assert type(error) is BadMetadata
    assert error.field == field or field is None
    assert error.where == "https://example.org/v/0/zarr.json"


@pytest.mark.parametrize("document", [[], None, "x", 5, True, [GOOD]], ids=repr)
def test_a_document_that_is_no_object_is_named(document):
    with pytest.raises(BadMetadata, match="not a JSON object"):
        parse(document)


UNREADABLE = [
    # the codec that the error names, the chain
    ("", [""]),
    ("zfpy", ["zfpy"]),
    ("BYTES", [{"name": "BYTES"}]),
    ("endian ", ["endian "]),
    ("vlen-utf8", ["vlen-utf8"]),
    ("pickle", [LITTLE, {"name": "pickle"}]),
    ("../../os.system", [LITTLE, "../../os.system"]),
    (LONE, [LITTLE, LONE]),
    (LONE, [LONE]),
    ("x" * 60 + "…", [LITTLE, "x" * 2**20]),
    ("x" * 60 + "…", ["x" * 2**20]),
    ("gzip", [GZIP]),
    ("gzip", [GZIP, LITTLE]),
    ("bytes", [LITTLE, LITTLE]),
    ("bytes", [LITTLE, GZIP, LITTLE]),
    ("transpose", [LITTLE, transpose([2, 1, 0])]),
    ("sharding_indexed", [LITTLE, shard()]),
    ("bytes", [shard(), LITTLE]),
    ("sharding_indexed", [shard(), shard()]),
    ("gzip", [LITTLE, GZIP, GZIP]),
    ("gzip", [LITTLE, GZIP, "zstd"]),
    (None, [LITTLE] + [CRC] * 16),
    (None, [transpose([2, 1, 0])] * 100_000 + [LITTLE]),
    ("sharding_indexed", nested(5)),
    ("sharding_indexed", nested(40)),
    ("gzip", [shard(index_codecs=[LITTLE, GZIP])]),
    ("gzip", [shard(index_codecs=[LITTLE, CRC, GZIP])]),
    ("pickle", [shard(index_codecs=[LITTLE, "pickle"])]),
    ("sharding_indexed", [shard(index_codecs=[shard()])]),
    ("bytes", [shard(index_codecs=[LITTLE, LITTLE])]),
    ("blosc", [shard(codecs=[LITTLE, "blosc", "blosc"])]),
    ("jpegxl", [shard(codecs=["jpegxl"])]),
]


@pytest.mark.parametrize(("codec", "codecs"), UNREADABLE, ids=range(len(UNREADABLE)))
def test_a_chain_that_can_not_be_read_is_named_and_the_array_listed(codec, codecs):
    """Two codecs that make bytes, none, one behind another: never guessed."""
    meta = document(codecs=codecs, **grid(5, 6, 8))

    def read():
        array = parse(meta)
        assert array.layout is None
        assert array.shape == (10, 20, 30)
        raise array.problem

    error = bounded(read)
    assert type(error) is UnsupportedCodec
    assert codec is None or error.codec == codec
    assert len(error.codec) < 100
    assert error.where == "https://example.org/v/0/zarr.json"


# --- odd, and right --------------------------------------------------------------------


def layout(**changes):
    array = parse(document(**changes))
    assert array.problem is None
    return array.layout


def test_names_alone_stand_for_extension_points_without_configuration():
    one = layout(
        data_type="uint8", chunk_key_encoding="v2", codecs=["bytes", "crc32c"], **grid(5, 6, 8)
    )
    assert one.keys.key((1, 2, 3)) == "0/1.2.3"
    assert [codec.name for codec in one.codecs] == ["crc32c"]


@pytest.mark.parametrize(
    ("data_type", "fill", "read"),
    [
        ("uint16", 7.0, 7),
        ("uint16", True, 1),
        ("bool", 1, True),
        ("bool", 0.0, False),
        ("int64", -(2**63), -(2**63)),
        ("uint64", 2**64 - 1, 2**64 - 1),
        ("float32", 2**24 + 1, 2**24),
        ("float16", 65519, 65504),
        ("float64", INFINITE, INFINITE),
        ("float32", "0x00000001", 2.0**-149),
    ],
)
def test_a_fill_value_of_another_json_type_is_the_same_number(data_type, fill, read):
    assert layout(data_type=data_type, fill_value=fill).fill_value == read


@pytest.mark.parametrize("empty", [None, [], GONE])
def test_what_is_empty_is_as_if_it_was_not_there(empty):
    assert layout(storage_transformers=empty, attributes=GONE).sharding == ()


def test_names_may_be_missing_one_by_one():
    assert parse(document(dimension_names=[None, "y", ""])).dimension_names == ("", "y", "")


@pytest.mark.parametrize("names", [[LONE, "y", "x"], [LONE, "b", "a"]], ids=["axes", "note"])
def test_half_characters_in_names_are_shown_as_replaced(names):
    layer = infer_one({"zarr.json": document(dimension_names=names)})
    said = repr((layer.axes.value.names, layer.notes, layer.name))
    said.encode()
    assert "ud800" not in said
    assert "\N{REPLACEMENT CHARACTER}" in said


def test_absurd_extents_that_are_possible_open_at_once():
    ones = {"shape": [2**53] * 8, **grid(*[1] * 8)}
    assert layout(**ones).grid_shape == (2**53,) * 8
    assert layout(**ones).nbytes == 2 * 2**424


def test_shards_of_eight_axes_are_read_as_chunks_of_eight_axes_are():
    """Their index has a ninth: offset and length."""
    codecs = [shard(chunk_shape=[1] * 8)]
    one = layout(shape=[4] * 8, codecs=codecs, **grid(*[2] * 8))
    assert one.sharding[0].index_bytes == 2**8 * 16 + 4


def test_shards_far_larger_than_memory_open_at_once():
    """Only their index is ever held: here 2**20 chunks of 128 MiB each."""
    chunk = [256, 512, 512]
    shards = [256 * 128, 512 * 128, 512 * 64]
    tracemalloc.start()
    try:
        one = layout(codecs=[shard(chunk_shape=chunk)], **grid(*shards))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert one.sharding[0].index_bytes == 2**20 * 16 + 4
    assert peak < 2**20


# --- as text ---------------------------------------------------------------------------


def from_text(text):
    return parse(parse_json(text.encode("utf-8", "surrogatepass"), where="here"))


def text_with(field, raw):
    """The good document with the JSON `raw` as one of its values."""
    rest = json.dumps(document(**{field: GONE}))
    return f'{rest[:-1]}, "{field}": {raw}}}'


@pytest.mark.parametrize(
    ("field", "raw"),
    [
        ("shape", "[1e400, 20, 30]"),
        ("shape", "[NaN, 20, 30]"),
        ("shape", "[1e-1, 20, 30]"),
        ("shape", "[-0, 20, 30]"),
        ("shape", "[010, 20, 30]"),
        ("shape", "[0x10, 20, 30]"),
        ("shape", "[10, 20, 30,]"),
        ("shape", f"[1{'0' * 5000}, 20, 30]"),
        ("shape", f"[{'9' * 10**6}]"),
        ("shape", "[" * 200 + "]" * 200),
        ("shape", "[" * 100_000 + "]" * 100_000),
        ("codecs", '[{"name": "bytes", "configuration": ' * 60 + "1" + "}]" * 60),
        ("fill_value", "1e400"),
        ("fill_value", "-Infinity"),
        ("fill_value", '"\\ud800"'),
        ("data_type", '"uint16\\u0000"'),
        ("data_type", '"\ud800"'),
        ("data_type", "\ufffe"),
        ("attributes", "{" * 50_000),
        ("attributes", '{"a":' * 90_000 + "1" + "}" * 90_000),
    ],
    ids=range(20),
)
def test_hostile_text_is_a_named_error(field, raw):
    text = text_with(field, raw)
    error = bounded(lambda: from_text(text))
    assert type(error) is BadMetadata


@pytest.mark.parametrize(("first", "last"), [("[1, 1, 1]", "[10, 20, 30]"), ('"x"', "[4, 4, 4]")])
def test_of_a_key_that_comes_twice_the_last_counts_as_for_other_readers(first, last):
    """ECMA-404 leaves it open; Python, JavaScript and zarr-python take the last."""
    text = text_with("shape", last).replace("{", f'{{"shape": {first}, ', 1)
    assert list(from_text(text).shape) == json.loads(last)


def test_a_key_that_comes_twice_is_wrong_where_its_last_value_is():
    text = text_with("shape", '"x"').replace("{", '{"shape": [1, 1, 1], ', 1)
    assert bounded(lambda: from_text(text)).field == "shape"


# --- anything --------------------------------------------------------------------------


RICH = document(
    codecs=[transpose([2, 0, 1]), shard(chunk_shape=[4, 5, 3], codecs=[LITTLE, GZIP])],
    dimension_names=["z", None, "x"],
    **grid(5, 6, 8),
)
json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from([0, 1, 2, 3, 2**31, 2**53, 2**64, -1, HUGE])
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(
        ["bytes", "gzip", "transpose", "sharding_indexed", "little", "big", "uint8", "NaN", "start"]
    )
    | st.sampled_from([LITTLE, GZIP, CRC, transpose([0, 1, 2]), shard()]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["name", "configuration", "endian"]), inner, max_size=3)
    ),
    max_leaves=6,
)


def parsed_or_refused(meta):
    try:
        return parse(meta), None
    except BadMetadata as error:
        return None, error


@settings(max_examples=300)
@given(
    st.lists(
        st.tuples(st.sampled_from(sorted(places(RICH), key=str)), json_values),
        min_size=1,
        max_size=3,
    )
)
def test_any_value_anywhere_gives_an_array_or_a_named_error(changes):
    meta = copy.deepcopy(RICH)
    for path, value in changes:
        at = meta
        try:
            for key in path[:-1]:
                at = at[key]
            at[path[-1]] = copy.deepcopy(value)
        except (KeyError, IndexError, TypeError):  # a change before this one took it away
            continue
    array, error = parsed_or_refused(meta)
    if error is not None:
        assert error.where.endswith("/zarr.json")
        str(error).encode()
        return
    assert (array.layout is None) == (array.problem is not None)
    if array.problem is not None:
        assert isinstance(array.problem, UnsupportedCodec)
        str(array.problem).encode()
    else:
        assert array.layout.chunk_bytes <= 2**29


def test_the_same_documents_are_errors_of_ours_when_an_address_is_opened():
    """Through the dialects, as a person meets them; deep numbers can't be written as JSON."""
    for what, _, changes in WRONG:
        meta = document(**changes)
        try:
            json.dumps(meta)
        except ValueError:
            continue
        if meta.get("zarr_format") != 3 or meta.get("node_type") == "group":
            assert isinstance(find({"zarr.json": meta}), Declined), what
            continue
        with pytest.raises(NbRemoteError) as caught:
            find({"zarr.json": meta})
        assert "/zarr.json" in caught.value.where, what
