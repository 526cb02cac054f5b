"""Every format behind every kind of misbehaving server: right voxels or a typed error.

Never other voxels: what a server sends instead of a chunk is not decoded, and no fill value either.
"""

import functools

import numpy as np
import pytest
import zarr
from tests.n5.written import ramp
from tests.n5.written import with_tensorstore as n5
from tests.ome.written import LEVELS, files_of, with_zarr_python
from tests.precomputed.written import below, noise, scale
from tests.precomputed.written import write as precomputed
from tests.servers.http import PAGE
from tests.volumes.ome_zarr import write
from zarr.storage import MemoryStore

import nb_remote

PRECOMPUTED = noise((21, 17, 11, 1), "uint16")
SHARDING = {
    "@type": "neuroglancer_uint64_sharded_v1",
    "preshift_bits": 1,
    "minishard_bits": 2,
    "shard_bits": 1,
    "hash": "identity",
    "minishard_index_encoding": "gzip",
    "data_encoding": "gzip",
}
ARRAY = np.arange(13 * 11 * 7, dtype="u2").reshape(13, 11, 7)


def plain(zarr_format, **how):
    store = MemoryStore()
    array = zarr.create_array(
        store, shape=ARRAY.shape, dtype="u2", zarr_format=zarr_format, chunks=(5, 4, 3), **how
    )
    array[...] = ARRAY
    return files_of(store._store_dict)


def ome04():
    written = write("zyx")
    return {key.partition("/")[2]: one for key, one in written.files.items()}, written.levels[0]


FORMATS = {
    "OME-Zarr 0.4": ome04,
    "OME-Zarr 0.5": lambda: (
        {key.partition("/")[2]: one for key, one in with_zarr_python().items()},
        LEVELS[0],
    ),
    "Zarr v2": lambda: (plain(2), ARRAY),
    "Zarr v3": lambda: (plain(3), ARRAY),
    "Zarr v3 sharded": lambda: (plain(3, shards=(10, 8, 6)), ARRAY),
    "Zarr v2 raw": lambda: (plain(2, compressors=None), ARRAY),
    "N5": lambda: (n5(ramp((13, 11, 7)), (5, 4, 3)), ramp((13, 11, 7))),
    "precomputed raw": lambda: (precomputed(scale(), data=[PRECOMPUTED]), PRECOMPUTED[..., 0]),
    "precomputed sharded": lambda: (
        precomputed(scale(sharding=SHARDING), data=[PRECOMPUTED]),
        PRECOMPUTED[..., 0],
    ),
}


@functools.cache
def volume(name):
    content, voxels = FORMATS[name]()
    return below("v", content), voxels


def misbehaving(server, how):
    match how:
        case "403 for missing":
            server.missing = "403"
        case "page for missing":
            server.missing = "page"
        case "slow":
            server.latency_s = 0.03
        case "503 twice":
            server.fail("v/*", "503", times=2)
        case kind:
            server.fail("v/*", kind)


SERVERS = (
    *("403 for missing", "page for missing", "slow", "503 twice"),
    *("norange", "gzip", "deflate", "chunked", "moved", "closing"),
)


@pytest.mark.parametrize("how", SERVERS)
@pytest.mark.parametrize("name", FORMATS)
def test_voxels_are_right_behind_a_misbehaving_server(serve, name, how):
    content, voxels = volume(name)
    server = serve(content)
    misbehaving(server, how)
    layer = nb_remote.open(server.url_of("v")).layers[0]
    read = layer.levels[0][...]
    assert read.dtype == voxels.dtype
    assert (read == voxels).all()


METADATA = (".zattrs", ".zarray", ".zgroup", ".zmetadata", "zarr.json", "attributes.json", "info")
ANSWERS = ("login200", "empty200", "403", "404", "finmid", "chunkedcut", "shortlen", "gzipcut")


def chunks_of(content):
    return [key for key in content if key.rpartition("/")[2] not in METADATA]


@pytest.mark.parametrize("fault", ANSWERS)
@pytest.mark.parametrize("name", FORMATS)
def test_damaged_chunks_are_errors_and_missing_ones_are_empty(serve, name, fault):
    content, voxels = volume(name)
    server = serve(content)
    layer = nb_remote.open(server.url_of("v"), timeout=1).layers[0]
    for key in chunks_of(content):
        server.fail(key, fault)
    # Neuroglancer takes empty objects of precomputed for missing ones, too.
    if fault == "404" or (fault, name) == ("empty200", "precomputed raw"):
        assert not layer.levels[0][...].any()
        return
    with pytest.raises(nb_remote.NbRemoteError):
        layer.levels[0][...]
    server.heal()
    assert (nb_remote.open(server.url_of("v")).layers[0].levels[0][...] == voxels).all()


@pytest.mark.parametrize("zarr_format", [2, 3])
def test_a_page_as_long_as_a_raw_chunk_is_no_chunk(serve, zarr_format):
    """An array of chunks of exactly the page's size, so that its length can't tell."""
    store = MemoryStore()
    array = zarr.create_array(
        store,
        shape=(1, 2 * len(PAGE)),
        chunks=(1, len(PAGE)),
        dtype="u1",
        zarr_format=zarr_format,
        compressors=None,
    )
    array[...] = 1
    content = below("v", files_of(store._store_dict))
    server = serve(content)
    layer = nb_remote.open(server.url_of("v"), timeout=1).layers[0]
    for key in chunks_of(content):
        server.fail(key, "login200")
    with pytest.raises(nb_remote.CorruptChunk, match="web page"):
        layer.levels[0][...]


class TestWhatIsSaidOfTheServer:
    @pytest.mark.parametrize("name", FORMATS)
    @pytest.mark.parametrize(
        ("fault", "kind", "says"),
        [
            ("login200", nb_remote.BadMetadata, "this address is a web page"),
            ("empty200", nb_remote.NotRecognised, "it is empty"),
            ("401", nb_remote.AccessDenied, "pass credentials"),
            ("403", nb_remote.AccessDenied, "403"),
            ("redirloop", nb_remote.ServerFailed, "redirects in circles"),
        ],
    )
    def test_what_it_answers_to_everything_is_the_reason(self, serve, name, fault, kind, says):
        server = serve(volume(name)[0])
        server.fail("*", fault)
        with pytest.raises(kind, match=says) as caught:
            nb_remote.open(server.url_of("v"), timeout=1)
        assert type(caught.value) is kind

    def test_a_login_that_fails_is_not_tried_for_other_names(self, serve):
        server = serve({})
        server.fail("*", "401")
        with pytest.raises(nb_remote.AccessDenied):
            nb_remote.open(server.url_of("v"))
        assert len(server.requests) < 12

    @pytest.mark.parametrize("name", FORMATS)
    def test_a_document_may_begin_with_a_mark_of_its_encoding(self, serve, name):
        content, voxels = volume(name)
        marked = {
            key: b"\xef\xbb\xbf" + one if key.rpartition("/")[2] in METADATA else one
            for key, one in content.items()
        }
        layer = nb_remote.open(serve(marked).url_of("v")).layers[0]
        assert (layer.levels[0][...] == voxels).all()
