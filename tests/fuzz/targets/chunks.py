"""Chunks as volumes store them: spoiled metadata and spoiled objects together."""

import asyncio
import copy
import json
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

import numpy as np

from nb_remote.chunks.cache import ByteCache
from nb_remote.chunks.decode import decode_chunk
from nb_remote.chunks.layout import ChunkLayout
from nb_remote.chunks.shards import shards_of
from nb_remote.containers.n5.metadata import parse_array as parse_n5
from nb_remote.containers.precomputed.info import parse_info
from nb_remote.containers.zarr2.metadata import parse_array as parse_zarr2
from nb_remote.containers.zarr3.metadata import parse_array as parse_zarr3
from nb_remote.errors import CorruptChunk, NbRemoteError, TooLarge
from nb_remote.location.location import Location
from nb_remote.location.parse import parse_address
from tests.fuzz.mutations import spoiled_bytes, spoiled_document
from tests.fuzz.target import MIB, Target, require
from tests.fuzz.targets.decoding import pixels, settled, unwritten_memory_is
from tests.fuzz.targets.shaped import segments

LOCATION = parse_address("https://example.org/v").location
MOST_CHUNK_BYTES = 2 * MIB
"""Metadata may ask for chunks of 512 MiB, for which there is no room here."""
SLACK = 2**20
MOST_AT_ONCE = 25 * MIB
"""The largest index of a minishard; chunks here have less."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """An array: its document, the objects that it has, and the chunk to read."""

    parse: Callable[[Any], list[ChunkLayout]]
    document: Any
    objects: dict[str, bytes]
    lot: int = 0
    """Decides which chunk and which part of it are read."""


class Objects:
    """A store in memory."""

    location: Location = LOCATION

    def __init__(self, objects: dict[str, bytes]) -> None:
        self._objects = objects

    async def get(self, key: str, *, limit: int) -> bytes | None:
        raw = self._objects.get(key)
        if raw is not None and len(raw) > limit:
            raise TooLarge("too large", where=key)
        return raw

    async def get_range(self, key: str, start: int, stop: int) -> bytes | None:
        raw = self._objects.get(key)
        if raw is None:
            return None
        require(0 <= start < stop, f"a range of {start}:{stop} is asked for")
        require(stop - start <= MOST_AT_ONCE, f"{stop - start} bytes are asked for at once")
        if stop > len(raw):
            raise CorruptChunk("the object is too short", where=key)
        return raw[start:stop]

    async def get_suffix(self, key: str, length: int) -> bytes | None:
        raw = self._objects.get(key)
        if raw is None:
            return None
        require(length > 0, f"a suffix of {length} bytes is asked for")
        if length > len(raw):
            raise CorruptChunk("the object is too short", where=key)
        return raw[-length:]

    async def names(self, folder: str) -> tuple[str, ...] | None:
        return None

    async def close(self) -> None:
        """Nothing is held open."""


def make(random: Random, prepared: list[Stored]) -> Stored:
    """Spoil the metadata, an object, or both."""
    one = random.choice(prepared)
    document, objects = one.document, one.objects
    lot = random.random()
    if lot < 0.5:
        document = spoiled_document(random, document, random.choice([1, 1, 2]))
    if lot > 0.3:
        key = random.choice(list(objects))
        others = [raw for other in prepared for raw in other.objects.values()][:20]
        objects = objects | {key: spoiled_bytes(random, objects[key], others)}
    return Stored(parse=one.parse, document=document, objects=objects, lot=random.randrange(2**32))


def check(case: Stored) -> None:
    """Every chunk that is there decodes to its shape or is refused; a part is that of the whole."""
    refused: NbRemoteError | None = None
    for layout in case.parse(copy.deepcopy(case.document)):
        if layout.chunk_bytes > MOST_CHUNK_BYTES:
            continue
        random = Random(case.lot)
        last = [min(n, 4) for n in layout.grid_shape]
        index = tuple(random.randrange(n) for n in last)
        try:
            _read(layout, index, case.objects, random)
        except CorruptChunk as error:
            refused = error
    if refused is not None:
        raise refused


def _read(
    layout: ChunkLayout, index: tuple[int, ...], objects: dict[str, bytes], random: Random
) -> None:
    raw = asyncio.run(_fetch(layout, index, objects))
    if raw is None:
        raw = next(iter(objects.values()))
    shape = layout.stored_shape(index)
    with unwritten_memory_is(0x00):
        whole = decode_chunk(layout, raw, index)
    require(whole.shape == shape, f"shape {whole.shape} instead of {shape}")
    require(whole.dtype == layout.dtype, f"{whole.dtype} instead of {layout.dtype}")
    source = tuple(slice(*sorted(random.randrange(n + 1) for _ in range(2)), 1) for n in shape)
    source = tuple(one if one.start < one.stop else slice(0, 1, 1) for one in source)
    with unwritten_memory_is(0xFF):
        part = decode_chunk(layout, raw, index, source)
    expected = np.ascontiguousarray(whole[source])
    if all(map(settled, layout.codecs)):
        require(part.tobytes() == expected.tobytes(), "a part is not that of the whole")


async def _fetch(
    layout: ChunkLayout, index: tuple[int, ...], objects: dict[str, bytes]
) -> bytes | None:
    store = Objects(objects)
    shards = shards_of(store, layout, ByteCache(8 * MIB, len), slack=SLACK)
    if shards is not None:
        return await shards.get(index)
    return await store.get(layout.keys.key(index), limit=2 * layout.chunk_bytes + SLACK)


# --- volumes -------------------------------------------------------------------------------------


def _array(parse: Callable[..., Any]) -> Callable[[Any], list[ChunkLayout]]:
    def layouts(document: Any) -> list[ChunkLayout]:
        array = parse(document, "", LOCATION)
        if array.layout is None:
            raise array.problem
        return [array.layout]

    return layouts


def _volume(document: Any) -> list[ChunkLayout]:
    if not isinstance(document, dict):
        return []  # the dialect looks at that
    scales = parse_info(document, LOCATION).scales
    return [scale.array.layout for scale in scales if scale.array.layout is not None]


def _values(shape: tuple[int, ...], dtype: str) -> np.ndarray:
    kind = np.dtype(dtype)
    count = int(np.prod(shape))
    return np.frombuffer(pixels(count * kind.itemsize), kind).reshape(shape)


def _zarr2() -> list[Stored]:
    import numcodecs

    from tests.volumes.documents import zarray

    found = []
    steps = {
        "raw": (None, []),
        "blosc": (numcodecs.Blosc(), []),
        "gzip": (numcodecs.GZip(), [numcodecs.Delta("<i2")]),
        "zstd": (numcodecs.Zstd(checksum=True), [numcodecs.FixedScaleOffset(1, 10, "<i2", "<i4")]),
        "lz4": (numcodecs.LZ4(), [numcodecs.Shuffle(2)]),
        "crc": (None, [numcodecs.Delta("<i2"), numcodecs.Shuffle(2), numcodecs.CRC32()]),
        "lzma": (numcodecs.LZMA(format=3, filters=[{"id": 33, "preset": 1}]), []),
    }
    for compressor, filters in steps.values():
        for order in "CF":
            raw: Any = _values((5, 6, 7), "<i2").copy(order)
            raw = raw.ravel("K")
            for step in (*filters, *([compressor] if compressor else [])):
                raw = step.encode(raw)
            document = zarray(
                (9, 12, 13),
                dtype="<i2",
                chunks=[5, 6, 7],
                order=order,
                compressor=compressor and compressor.get_config(),
                filters=[step.get_config() for step in filters] or None,
                dimension_separator=".",
            )
            data = bytes(raw) if not isinstance(raw, np.ndarray) else raw.tobytes()
            keys = ["0.0.0", "1.1.1", "0.1.0", "1.0.1"]
            found.append(
                Stored(
                    parse=_array(parse_zarr2), document=document, objects=dict.fromkeys(keys, data)
                )
            )
    return found


def _zarr3() -> list[Stored]:
    from tests.containers.written3 import (
        BIG,
        BLOSC,
        CRC,
        GZIP,
        LITTLE,
        ZSTD,
        sharded,
        transpose,
        written,
    )

    data = _values((9, 12, 14), "<i2")
    chains = {
        "plain": ([5, 6, 7], [LITTLE]),
        "gzip": ([5, 6, 7], [transpose(2, 0, 1), BIG, GZIP]),
        "zstd": ([5, 6, 7], [LITTLE, ZSTD, CRC]),
        "blosc": ([5, 6, 7], [LITTLE, BLOSC]),
        "shards": ([4, 6, 14], [sharded([2, 3, 7], LITTLE, GZIP)]),
        "start": ([4, 6, 14], [sharded([2, 3, 7], BIG, at="start", index=(BIG,))]),
        "nested": (
            [8, 12, 14],
            [sharded([4, 6, 14], sharded([2, 3, 7], LITTLE, ZSTD), index=(LITTLE, CRC))],
        ),
        "turned": ([4, 6, 14], [transpose(2, 1, 0), sharded([7, 3, 2], LITTLE, BLOSC)]),
    }
    found = []
    for chunks, codecs in chains.values():
        objects = written(data, chunks, codecs)
        document = json.loads(objects.pop("zarr.json"))
        found.append(Stored(parse=_array(parse_zarr3), document=document, objects=objects))
    return found


def _n5() -> list[Stored]:
    from tests.n5.written import with_tensorstore

    found = []
    for kind in ("raw", "gzip", "bzip2", "xz", "blosc", "zstd"):
        options = {"cname": "lz4", "clevel": 5, "shuffle": 1} if kind == "blosc" else {}
        objects = with_tensorstore(
            _values((9, 12, 13), "<i2").astype("i2"), (5, 6, 7), {"type": kind, **options}
        )
        document = json.loads(objects.pop("attributes.json"))
        found.append(Stored(parse=_array(parse_n5), document=document, objects=objects))
    return found


def _precomputed() -> list[Stored]:
    from tests.precomputed.written import scale, write

    labels = {
        "encoding": "compressed_segmentation",
        "compressed_segmentation_block_size": [8, 8, 8],
    }
    sharding = {
        "@type": "neuroglancer_uint64_sharded_v1",
        "preshift_bits": 1,
        "hash": "identity",
        "minishard_bits": 1,
        "shard_bits": 1,
        "minishard_index_encoding": "gzip",
        "data_encoding": "gzip",
    }
    plain = {"minishard_index_encoding": "raw", "data_encoding": "raw"}
    murmur = {"hash": "murmurhash3_x86_128"}
    wanted: list[tuple[dict[str, Any], int]] = [
        ({}, 1),
        ({"encoding": "jpeg"}, 1),
        ({"encoding": "png"}, 3),
        (labels, 1),
        ({"sharding": sharding | plain}, 1),
        ({"sharding": sharding, **labels}, 1),
        ({"sharding": sharding | murmur | {"minishard_index_encoding": "raw"}, **labels}, 1),
        ({"sharding": sharding | murmur, "encoding": "jpeg"}, 1),
    ]
    found = []
    for options, channels in wanted:
        dtype = "uint64" if "compressed_segmentation_block_size" in options else "uint8"
        shape = (21, 17, 11, channels)
        data = segments(shape, "u8") if dtype == "uint64" else _values(shape, "u1")
        objects = write(scale(**options), data=[data.astype(dtype)])
        document = json.loads(objects.pop("info"))
        found.append(Stored(parse=_volume, document=document, objects=objects))
    return found


def chunk_target(name: str, prepare: Callable[[], list[Stored]], share: int) -> Target:
    """Fuzz arrays of one format."""
    return Target(
        name=f"{name}-chunks",
        prepare=prepare,
        make=make,
        check=check,
        refusals=(NbRemoteError,),
        covers=("chain", "allowed", "base", "box") if name == "zarr2" else (),
        headroom=192 * MIB,
        share=share,
    )


CHUNKS: tuple[Target, ...] = (
    chunk_target("zarr2", _zarr2, 3),
    chunk_target("zarr3", _zarr3, 3),
    chunk_target("n5", _n5, 2),
    chunk_target("precomputed", _precomputed, 4),
)
