"""Documents that are broken or hostile: a named error at once, and nothing allocated."""

import json
import pickle
import time
import tracemalloc

import hypothesis.strategies as st
import numcodecs
import numpy as np
import pytest
from hypothesis import given, settings

from nb_remote.containers.zarr2.metadata import parse_array
from nb_remote.errors import BadMetadata, UnsupportedCodec
from nb_remote.location.parse import parse_address
from nb_remote.store.json_document import parse_json

LOCATION = parse_address("https://example.org/v").location
GOOD = {
    "zarr_format": 2,
    "shape": [10, 20, 30],
    "chunks": [5, 6, 7],
    "dtype": "<u2",
    "compressor": {"id": "gzip", "level": 5},
    "filters": None,
    "fill_value": 0,
    "order": "C",
}
GONE = object()


def document(**changes):
    return {key: value for key, value in (GOOD | changes).items() if value is not GONE}


def parse(meta):
    return parse_array(meta, "0", LOCATION)


def test_a_good_document_is_read():
    array = parse(GOOD)
    assert array.problem is None
    assert (array.shape, array.dtype, array.layout.chunk_shape) == (
        (10, 20, 30),
        np.dtype("u2"),
        (5, 6, 7),
    )
    assert array.layout.grid_shape == (2, 4, 5)
    assert array.layout.keys.key((1, 2, 3)) == "0/1.2.3"
    assert array.layout.metadata_key == "0/.zarray"


def test_what_may_be_left_out_is_left_out():
    array = parse(document(filters=GONE, compressor=GONE, fill_value=GONE, dimension_separator="/"))
    assert array.layout.codecs == ()
    assert array.layout.fill_value == 0
    assert array.layout.keys.key((1, 2, 3)) == "0/1/2/3"


def test_what_older_software_writes_is_understood():
    """Integers as floats (tensorstore reads them), null for the usual separator (zarr-python 2)."""
    odd = parse(document(shape=[10.0, 20, 30], chunks=[5.0, 6.0, 7.0], dimension_separator=None))
    assert odd.layout.keys == parse(document(dimension_separator=GONE)).layout.keys
    assert not odd.layout.keys.declared
    assert (odd.shape, odd.layout.chunk_shape) == ((10, 20, 30), (5, 6, 7))


WRONG = [
    # what, field that the error names, changes
    ("no format", "zarr_format", {"zarr_format": GONE}),
    ("format 3", "zarr_format", {"zarr_format": 3}),
    ("format as text", "zarr_format", {"zarr_format": "two"}),
    ("format list", "zarr_format", {"zarr_format": [2]}),
    ("format true", "zarr_format", {"zarr_format": True}),
    ("format NaN", "zarr_format", {"zarr_format": float("nan")}),
    ("format 10**4000", "zarr_format", {"zarr_format": 10**4000}),
    ("format of surrogates", "zarr_format", {"zarr_format": "\ud800"}),
    ("no shape", "shape", {"shape": GONE}),
    ("shape null", "shape", {"shape": None}),
    ("shape text", "shape", {"shape": "10,20,30"}),
    ("shape number", "shape", {"shape": 10}),
    ("shape object", "shape", {"shape": {"0": 10}}),
    ("shape of text", "shape", {"shape": ["10", "20", "30"]}),
    ("shape of fractions", "shape", {"shape": [10.5, 20.0, 30.0]}),
    ("shape 1e300", "shape", {"shape": [1e300, 20.0, 30.0]}),
    ("shape of bools", "shape", {"shape": [True, True, True]}),
    ("shape with null", "shape", {"shape": [10, None, 30]}),
    ("shape nested", "shape", {"shape": [[10], 20, 30]}),
    ("shape with NaN", "shape", {"shape": [10, float("nan"), 30]}),
    ("shape zero", "shape", {"shape": [10, 0, 30]}),
    ("shape negative", "shape", {"shape": [10, -20, 30]}),
    ("shape 10**18", "shape", {"shape": [10**18, 20, 30]}),
    ("shape 10**4000", "shape", {"shape": [10**4000, 20, 30]}),
    ("shape -10**4000", "shape", {"shape": [-(10**4000), 20, 30]}),
    ("shape with Infinity", "shape", {"shape": [10, float("inf"), 30]}),
    ("shape 2**53 + 1", "shape", {"shape": [10, 2**53 + 1, 30]}),
    ("nine axes", "shape", {"shape": [1] * 9, "chunks": [1] * 9}),
    ("a million axes", "shape", {"shape": [1] * 10**6, "chunks": [1] * 10**6}),
    ("no chunks", "chunks", {"chunks": GONE}),
    ("chunks true", "chunks", {"chunks": True}),
    ("chunks of fractions", "chunks", {"chunks": [5.5, 6, 7]}),
    ("chunks of bools", "chunks", {"chunks": [True, 6, 7]}),
    ("chunk zero", "chunks", {"chunks": [5, 0, 7]}),
    ("chunk negative", "chunks", {"chunks": [5, -6, 7]}),
    ("chunks of another rank", "chunks", {"chunks": [5, 6]}),
    ("no chunk extents", "chunks", {"chunks": []}),
    ("chunk 2**40", "chunks", {"chunks": [2**40, 1, 1]}),
    ("chunk 2**60", "chunks", {"chunks": [2**60, 1, 1]}),
    ("chunk of a GiB", "chunks", {"chunks": [1024, 1024, 512]}),
    ("chunk of 10**4000", "chunks", {"chunks": [10**4000, 1, 1]}),
    ("chunk of 2**53 each way", "chunks", {"chunks": [2**53] * 3}),
    ("chunks of a million axes", "chunks", {"chunks": [1] * 10**6}),
    ("chunks with NaN", "chunks", {"chunks": [float("nan"), 6, 7]}),
    ("chunks nested", "chunks", {"chunks": [[5, 5], [6], [7]]}),
    ("chunks text", "chunks", {"chunks": "5,6,7"}),
    ("no dtype", "dtype", {"dtype": GONE}),
    ("dtype null", "dtype", {"dtype": None}),
    ("dtype number", "dtype", {"dtype": 2}),
    ("dtype empty", "dtype", {"dtype": ""}),
    ("dtype unknown", "dtype", {"dtype": "<q9"}),
    ("dtype word", "dtype", {"dtype": "banana"}),
    ("dtype object", "dtype", {"dtype": "|O"}),
    ("dtype bytes", "dtype", {"dtype": "|S7"}),
    ("dtype text", "dtype", {"dtype": "<U5"}),
    ("dtype void", "dtype", {"dtype": "|V8"}),
    ("dtype huge void", "dtype", {"dtype": "|V1000000000"}),
    ("dtype complex", "dtype", {"dtype": "<c8"}),
    ("dtype date", "dtype", {"dtype": "<M8[ns]"}),
    ("dtype long double", "dtype", {"dtype": "<f16"}),
    ("dtype structured", "dtype", {"dtype": [["a", "<u2"], ["b", "<f4"]]}),
    ("dtype structured text", "dtype", {"dtype": "<u2,<f4"}),
    ("dtype subarray", "dtype", {"dtype": "(3,)<u2"}),
    ("dtype deprecated", "dtype", {"dtype": "a5"}),
    ("dtype without byte order", "dtype", {"dtype": "|u2"}),
    ("dtype of a million characters", "dtype", {"dtype": "<u2" * 333_333}),
    ("dtype of v3", "dtype", {"dtype": "uint16"}),
    ("dtype native order", "dtype", {"dtype": "=u2"}),
    ("dtype of surrogates", "dtype", {"dtype": "\ud800u2"}),
    ("dtype with a blank", "dtype", {"dtype": "<u2 "}),
    ("dtype with a line end", "dtype", {"dtype": "<u2\n"}),
    ("dtype true", "dtype", {"dtype": True}),
    ("no order", "order", {"order": GONE}),
    ("order lower case", "order", {"order": "c"}),
    ("order list", "order", {"order": [0, 1, 2]}),
    ("order A", "order", {"order": "A"}),
    ("order null", "order", {"order": None}),
    ("order of both", "order", {"order": "CF"}),
    ("order surrogate", "order", {"order": "\ud800"}),
    ("separator empty", "dimension_separator", {"dimension_separator": ""}),
    ("separator surrogate", "dimension_separator", {"dimension_separator": "\ud800"}),
    ("separator false", "dimension_separator", {"dimension_separator": False}),
    ("separator", "dimension_separator", {"dimension_separator": "-"}),
    ("separator leading up", "dimension_separator", {"dimension_separator": "/../"}),
    ("separator list", "dimension_separator", {"dimension_separator": ["/"]}),
    ("fill of text", "fill_value", {"fill_value": "zero"}),
    ("fill NaN for integers", "fill_value", {"fill_value": "NaN"}),
    ("fill token NaN for integers", "fill_value", {"fill_value": float("nan")}),
    ("fill token Infinity for integers", "fill_value", {"fill_value": float("inf")}),
    ("fill list", "fill_value", {"fill_value": [0]}),
    ("fill object", "fill_value", {"fill_value": {}}),
    ("fill too large", "fill_value", {"fill_value": 2**16}),
    ("fill negative", "fill_value", {"fill_value": -1}),
    ("fill with a fraction", "fill_value", {"fill_value": 0.5}),
    ("fill 10**4000", "fill_value", {"fill_value": 10**4000}),
    ("fill 2**64 for int64", "fill_value", {"dtype": "<i8", "fill_value": 2**63}),
    ("fill 2**64 as float", "fill_value", {"dtype": "<u8", "fill_value": 2.0**64}),
    ("fill beyond float32", "fill_value", {"dtype": "<f4", "fill_value": 1e300}),
    ("fill beyond float64", "fill_value", {"dtype": "<f8", "fill_value": 10**400}),
    ("fill 2 for bool", "fill_value", {"dtype": "|b1", "fill_value": 2}),
    ("fill surrogate", "fill_value", {"fill_value": "\ud800"}),
    ("fill number as text", "fill_value", {"fill_value": "65536"}),
    ("fill base64 of zero", "fill_value", {"fill_value": "AAA="}),
    ("fill empty", "fill_value", {"fill_value": ""}),
    ("fill text for bool", "fill_value", {"dtype": "|b1", "fill_value": "true"}),
    ("fill beyond float16", "fill_value", {"dtype": "<f2", "fill_value": 65520}),
    ("fill -129 for int8", "fill_value", {"dtype": "|i1", "fill_value": -129}),
    ("compressor of v3", "compressor", {"compressor": {"name": "gzip", "configuration": {}}}),
    ("compressor with null id", "compressor", {"compressor": {"id": None}}),
    ("compressor zero", "compressor", {"compressor": 0}),
    ("compressor as text", "compressor", {"compressor": "gzip"}),
    ("compressor as list", "compressor", {"compressor": [{"id": "gzip"}]}),
    ("compressor true", "compressor", {"compressor": True}),
    ("compressor without id", "compressor", {"compressor": {"level": 5}}),
    ("compressor with odd id", "compressor", {"compressor": {"id": ["gzip"]}}),
    ("filters as object", "filters", {"filters": {"id": "delta"}}),
    ("filters as text", "filters", {"filters": "delta"}),
    ("filters false", "filters", {"filters": False}),
    ("filters of text", "filters", {"filters": ["delta"]}),
    ("filters of null", "filters", {"filters": [None]}),
    ("filters of lists", "filters", {"filters": [[{"id": "delta"}]]}),
    ("filters with odd id", "filters", {"filters": [{"id": 5}]}),
    ("filters zero", "filters", {"filters": 0}),
]


@pytest.mark.parametrize(("field", "changes"), [w[1:] for w in WRONG], ids=[w[0] for w in WRONG])
def test_what_is_wrong_is_named_with_its_field_and_place(field, changes):
    tracemalloc.start()
    began = time.perf_counter()
    try:
        with pytest.raises(BadMetadata) as caught:
            parse(document(**changes))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert caught.value.field == field
    assert caught.value.where == "https://example.org/v/0/.zarray"
    assert len(str(caught.value)) < 400
    str(caught.value).encode()  # it can be shown
    assert time.perf_counter() - began < 1
    assert peak < 2**26


@pytest.mark.parametrize("document", [[], None, "x", 5, [GOOD]], ids=repr)
def test_a_document_that_is_no_object_is_named(document):
    with pytest.raises(BadMetadata, match="not a JSON object"):
        parse(document)


@pytest.mark.parametrize(
    ("changes", "codec"),
    [
        ({"compressor": {"id": "zfpy"}}, "zfpy"),
        ({"compressor": {"id": "GZIP"}}, "GZIP"),
        ({"compressor": {"id": ""}}, ""),
        ({"compressor": {"id": "\ud800"}}, "\ud800"),
        ({"compressor": {"id": "gzip\0"}}, "gzip\0"),
        ({"filters": [{"id": "delta", "dtype": "\ud800"}]}, "delta"),
        ({"filters": [{"id": "delta", "dtype": ["<u2"]}]}, "delta"),
        (
            {"filters": [{"id": "fixedscaleoffset", "dtype": "<u2", "scale": 10**4000}]},
            "fixedscaleoffset",
        ),
        (
            {
                "filters": [
                    {"id": "fixedscaleoffset", "dtype": "<u2", "scale": float("nan"), "offset": 0}
                ]
            },
            "fixedscaleoffset",
        ),
        ({"filters": [{"id": "quantize", "dtype": "<f4", "digits": 10**9}]}, "quantize"),
        ({"filters": [{"id": "bitround", "keepbits": True}]}, "bitround"),
        ({"filters": [{"id": "shuffle", "elementsize": 0}]}, "shuffle"),
        ({"filters": [{"id": "shuffle", "elementsize": 2**70}]}, "shuffle"),
        ({"filters": [{"id": "shuffle", "elementsize": True}]}, "shuffle"),
        ({"compressor": {"id": "pickle"}}, "pickle"),
        ({"compressor": {"id": "../../os.system"}}, "../../os.system"),
        ({"filters": [{"id": "pickle"}]}, "pickle"),
        ({"filters": [{"id": "vlen-utf8"}], "compressor": {"id": "pickle"}}, "pickle"),
        ({"filters": [{"id": "json2"}], "compressor": {"id": "json2"}}, "json2"),
        ({"filters": [{"id": "vlen-bytes"}]}, "vlen-bytes"),
        ({"filters": [{"id": "vlen-array", "dtype": "<i4"}]}, "vlen-array"),
        ({"filters": [{"id": "categorize", "labels": ["a"], "dtype": "|O"}]}, "categorize"),
        ({"filters": [{"id": "msgpack2"}]}, "msgpack2"),
        ({"filters": [{"id": "numcodecs.pickle"}]}, "numcodecs.pickle"),
        ({"filters": [{"id": "delta", "dtype": "|O"}]}, "delta"),
        ({"filters": [{"id": "astype", "encode_dtype": "|O", "decode_dtype": "<u2"}]}, "astype"),
        ({"filters": [{"id": "delta", "dtype": "<u4"}], "chunks": [1, 1, 1]}, "delta"),
        ({"filters": [{"id": "shuffle", "elementsize": 5}], "chunks": [1, 2, 3]}, "shuffle"),
        ({"filters": [{"id": "blosc"}]}, "blosc"),
        ({"filters": [{"id": "lz4"}, {"id": "packbits"}], "compressor": None}, "packbits"),
        (
            {"filters": [{"id": "lz4"}, {"id": "delta", "dtype": "<u2"}], "compressor": None},
            "delta",
        ),
        ({"filters": [{"id": "delta", "dtype": "|u1", "astype": "<f8"}] * 2}, "delta"),
        ({"filters": [{"id": "crc32"}] * 17}, "crc32"),
        ({"filters": [{"id": "zlib"}]}, "zlib"),
        ({"filters": [{"id": "zlib"}] * 10_000}, "zlib"),
        ({"compressor": None, "filters": [{"id": "json2"}, {"id": "zlib"}]}, "json2"),
    ],
    ids=repr,
)
def test_a_codec_that_is_not_allowed_is_never_run_and_named(monkeypatch, changes, codec):
    """The array is listed, with the reason why its voxels can't be read."""
    reached = []
    monkeypatch.setattr(numcodecs, "get_codec", reached.append)
    monkeypatch.setattr(numcodecs.registry, "get_codec", reached.append)
    monkeypatch.setattr(numcodecs.Pickle, "decode", reached.append)
    monkeypatch.setattr(numcodecs.Pickle, "from_config", reached.append)
    array = parse(document(**changes))
    assert reached == []
    assert array.layout is None
    assert isinstance(array.problem, UnsupportedCodec)
    assert array.problem.codec == codec
    assert array.problem.where == "https://example.org/v/0/.zarray"
    str(array.problem).encode()  # it can be shown
    assert array.shape == (10, 20, 30)


def test_a_codec_name_of_a_megabyte_is_not_repeated():
    problem = parse(document(compressor={"id": "x" * 2**20})).problem
    assert len(str(problem)) < 400
    assert len(problem.codec) < 100


def test_absurd_extents_that_are_possible_open_at_once():
    array = parse(document(shape=[2**53] * 8, chunks=[1] * 8))
    assert array.layout.grid_shape == (2**53,) * 8
    assert array.layout.nbytes == 2 * 2**424


def test_a_stored_array_travels_between_processes():
    array = parse(document(fill_value=7))
    again = pickle.loads(pickle.dumps(array))
    assert again == array


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
        ("shape", "[-0, 20, 30]"),
        ("shape", f"[1{'0' * 5000}, 20, 30]"),
        ("shape", "[" * 100_000 + "]" * 100_000),
        ("filters", '[{"id": ' * 60 + "1" + "}]" * 60),
        ("dtype", '"\ud800"'),
        ("compressor", '{"id":' * 90_000 + "1" + "}" * 90_000),
        ("compressor", "{'id': 'gzip'}"),
        ("fill_value", "nan"),
    ],
    ids=range(9),
)
def test_hostile_text_is_a_named_error(field, raw):
    text = text_with(field, raw)
    began = time.perf_counter()
    with pytest.raises(BadMetadata) as caught:
        from_text(text)
    assert time.perf_counter() - began < 1
    assert len(str(caught.value).encode()) < 400


def test_of_a_key_that_comes_twice_the_last_counts_as_for_other_readers():
    text = text_with("shape", "[10, 20, 31]").replace("{", '{"shape": "x", ', 1)
    assert from_text(text).shape == (10, 20, 31)


def parsed_or_refused(meta):
    try:
        return parse(meta), None
    except BadMetadata as error:
        return None, error


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["<u2", "|O", "NaN", "Infinity", "C", "F", "/", ".", "gzip", "blosc", "a5"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["id", "level", "x"]), inner, max_size=3)
    ),
    max_leaves=6,
)


@settings(max_examples=200)
@given(st.dictionaries(st.sampled_from([*GOOD, "dimension_separator"]), json_values, max_size=3))
def test_any_value_anywhere_gives_an_array_or_a_named_error(changes):
    array, error = parsed_or_refused(document(**changes))
    if error is not None:
        assert error.where.endswith("/.zarray")
        return
    assert (array.layout is None) == (array.problem is not None)


@settings(max_examples=150)
@given(st.text(max_size=10))
def test_any_text_as_dtype_is_a_number_type_or_a_named_error(text):
    """NumPy understands a language of its own here, with warnings and syntax errors."""
    array, error = parsed_or_refused(document(dtype=text))
    if error is not None:
        assert error.field == "dtype"
        return
    assert array.dtype.kind in "biuf"


@pytest.mark.parametrize("token", ["NaN", "Infinity", "-Infinity"])
def test_bare_tokens_that_python_writes_are_fill_values_of_floats(token):
    text = json.dumps(document(dtype="<f4")).replace('"fill_value": 0', f'"fill_value": {token}')
    fill = parse(parse_json(text.encode(), where="")).layout.fill_value
    assert str(fill) == {"NaN": "nan", "Infinity": "inf", "-Infinity": "-inf"}[token]
