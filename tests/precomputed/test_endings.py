"""Chunks under names such as ``….gz``, as cloud-volume leaves them on disks, and empty ones."""

import gzip
import json

import numpy as np
import pytest
from tests.precomputed import with_cloudvolume
from tests.precomputed.written import BOXES, below, changed, labels, noise, read_whole_chunks, scale
from tests.precomputed.written import write as with_tensorstore

import nb_remote
from nb_remote.chunks.object_reads import ENDINGS, MOST_LOOKS
from nb_remote.errors import CorruptChunk

SIZE = (21, 17, 11)
DATA = noise((*SIZE, 1), "uint16")
FLAT = DATA[..., 0]
FOLDER = "v/4_4_40/"


@pytest.fixture
def opened(serve):
    def open_(objects):
        open_.server = serve(below("v", objects))
        level = nb_remote.open(open_.server.url_of("v")).layers[0].levels[0]
        open_.server.forget()
        return level

    def asked(ending=""):
        names = [path for path in open_.server.paths() if path.startswith(FOLDER)]
        return [name for name in names if name.endswith(ending) or not ending]

    open_.asked = asked
    return open_


def with_ending(ending):
    compress = {".gz": "gzip", ".zstd": "zstd", ".bz2": "bz2"}.get(ending, ending[1:])
    objects, _ = with_cloudvolume.write(DATA, compress=compress, offset=(0, 0, 0))
    assert sum(key.endswith(ending) for key in objects) == 27
    return objects


@pytest.mark.parametrize("ending", ENDINGS)
def test_every_ending_that_cloud_volume_writes(opened, ending):
    level = opened(with_ending(ending))
    for box in BOXES:
        np.testing.assert_array_equal(level[box], FLAT[box])
        np.testing.assert_array_equal(read_whole_chunks(level, box), FLAT[box])
    assert level._source.missing_chunks == 0


@pytest.mark.parametrize(("ending", "said"), [(".gz", "gzip"), (".br", "br"), (".zstd", "zstd")])
def test_a_server_that_names_the_encoding_of_such_objects_is_understood(opened, ending, said):
    """As Apache does by ``AddEncoding``: the store then undoes it."""
    level = opened(with_ending(ending))
    opened.server.fail(f"*{ending}", "chunked", headers={"Content-Encoding": said})
    np.testing.assert_array_equal(level[...], FLAT)


@pytest.mark.parametrize("encoding", ["compressed_segmentation", "compresso"])
def test_labels_under_another_ending(opened, encoding):
    data = labels((*SIZE, 1), "uint64")
    objects, _ = with_cloudvolume.write(data, encoding, "segmentation", compress="br")
    level = opened(objects)
    np.testing.assert_array_equal(level[...], data[..., 0])


def test_once_an_ending_is_known_a_chunk_is_one_request(opened):
    level = opened(with_ending(".gz"))
    level[0, 0, 0]
    first = len(opened.asked())
    assert first <= 1 + 2 * len(ENDINGS) + 1 + 1
    opened.server.forget()
    np.testing.assert_array_equal(level[8:], FLAT[8:])
    assert len(opened.asked()) == len(opened.asked(".gz")) == 18


def test_chunks_that_are_asked_for_together_wait_for_what_one_finds(opened):
    level = opened(with_ending(".zstd"))
    np.testing.assert_array_equal(level[...], FLAT)


def test_of_plain_names_no_ending_is_ever_asked_for(opened):
    objects = with_tensorstore(scale(SIZE), data=[DATA])
    del objects["4_4_40/16-21_16-17_8-11"]
    level = opened(objects)
    level[0, 0, 0]
    level[...]
    assert level._source.missing_chunks == 1
    assert len(opened.asked()) == 27


def test_a_missing_first_chunk_costs_one_look_when_the_middle_one_is_there(opened):
    objects = with_tensorstore(scale(SIZE), data=[DATA])
    missing = ["0-8_0-8_0-4", "0-8_0-8_4-8", "0-8_0-8_8-11"]
    for name in missing:
        del objects[f"4_4_40/{name}"]
    level = opened(objects)
    assert not level[0, 0, :].any()
    assert len(opened.asked()) <= len(missing) + 2 * len(ENDINGS) + 1


def test_an_empty_volume_costs_a_bounded_number_of_looks(opened):
    data = noise((64, 64, 32, 1), "uint8")
    objects = with_tensorstore(scale((64, 64, 32)), data=[data])
    level = opened({"info": objects["info"]})
    chunks = 8 * 8 * 8
    assert not level[...].any()
    assert len(opened.asked()) <= chunks + 1 + (MOST_LOOKS + 1) * len(ENDINGS)
    assert level._source.missing_chunks == chunks


@pytest.mark.parametrize("order", [range(0, 21, 4), range(20, -1, -4)])
def test_chunks_of_zeros_that_were_not_written_do_not_hide_the_others(opened, order):
    """The first that is asked for and the one in the middle are missing."""
    data = DATA.copy()
    data[:16, :16] = 0
    objects, _ = with_cloudvolume.write(data, compress="gzip", offset=(0, 0, 0))
    level = opened(objects)
    for x in order:
        np.testing.assert_array_equal(level[x], data[x, ..., 0])


def test_plain_chunks_among_compressed_ones_are_found(opened):
    objects = with_ending(".gz")
    for key in ("4_4_40/0-8_0-8_0-4", "4_4_40/16-21_16-17_8-11"):
        objects[key] = gzip.decompress(objects.pop(f"{key}.gz"))
    level = opened(objects)
    level[8, 8, 4]
    np.testing.assert_array_equal(level[...], FLAT)


def test_a_server_that_refuses_unknown_names_is_not_asked_in_vain(opened):
    objects = with_tensorstore(scale(SIZE), data=[DATA])
    del objects["4_4_40/0-8_0-8_0-4"]
    level = opened(objects)
    for ending in ENDINGS:
        opened.server.fail(f"*{ending}", "403")
    assert level[0, 0, 0] == 0
    np.testing.assert_array_equal(level[8:], FLAT[8:])


def test_where_a_name_could_not_be_asked_for_a_chunk_is_not_taken_for_missing(opened):
    level = opened(with_ending(".gz"))
    opened.server.fail("*.gz", "503")
    with pytest.raises(nb_remote.ServerFailed):
        level[0, 0, 0]
    opened.server.heal()
    assert level[0, 0, 0] == FLAT[0, 0, 0]
    assert level._source.missing_chunks == 0


@pytest.mark.parametrize("damage", [lambda raw: raw[:-5], lambda raw: b"x" + raw])
def test_a_damaged_object_names_itself(opened, damage):
    objects = with_ending(".gz")
    key = "4_4_40/8-16_8-16_4-8.gz"
    level = opened(objects | {key: damage(objects[key])})
    with pytest.raises(CorruptChunk, match=r"8-16_8-16_4-8\.gz"):
        level[8, 8, 4]


@pytest.mark.parametrize("ending", ENDINGS)
def test_what_decodes_to_more_than_a_chunk_is_refused(opened, ending):
    objects = with_ending(ending)
    huge, _ = with_cloudvolume.write(
        np.zeros((256, 256, 64, 1), "uint8") + np.uint8(1),
        compress={".gz": "gzip"}.get(ending, ending[1:]),
        chunk=(256, 256, 64),
        offset=(0, 0, 0),
    )
    (bomb,) = [body for key, body in huge.items() if key.endswith(ending)]
    objects[f"4_4_40/8-16_8-16_4-8{ending}"] = bomb
    level = opened(objects)
    with pytest.raises(CorruptChunk, match="more than"):
        level[8, 8, 4]


@pytest.mark.parametrize("encoding", ["raw", "compressed_segmentation", "fpzip", "jxl", "crackle"])
def test_gzip_that_nothing_announces_is_seen_by_its_magic(opened, encoding):
    is_float, is_label = encoding == "fpzip", encoding in ("compressed_segmentation", "crackle")
    kind = "float32" if is_float else "uint64" if is_label else "uint8"
    data = noise((*SIZE, 1), kind)
    objects, read = with_cloudvolume.write(data, encoding)
    level = opened(
        {key: body if key == "info" else gzip.compress(body) for key, body in objects.items()}
    )
    np.testing.assert_array_equal(level[...], read[0][..., 0])


def test_twice_compressed_objects_are_read(opened):
    objects, _ = with_cloudvolume.write(DATA)
    packed = {key: gzip.compress(body) for key, body in objects.items()}
    level = opened(packed | {"info": objects["info"]})
    opened.server.fail(f"{FOLDER}*", "gzip")
    np.testing.assert_array_equal(level[...], FLAT)


def test_voxels_that_begin_as_gzip_does_are_voxels(opened):
    data = DATA.copy()
    raw = data[:8, :8, :4].tobytes("F")
    raw = b"\x1f\x8b\x08" + raw[3:]
    data[:8, :8, :4, 0] = np.frombuffer(raw, "<u2").reshape((8, 8, 4), order="F")
    level = opened(with_tensorstore(scale(SIZE), data=[data]))
    np.testing.assert_array_equal(level[...], data[..., 0])


@pytest.mark.parametrize("encoding", ["raw", "compressed_segmentation", "png", "compresso"])
def test_an_empty_object_is_a_chunk_of_zeros(opened, encoding):
    """cloud-volume reads them as background."""
    data = noise((*SIZE, 1), "uint32" if encoding[0] == "c" else "uint8")
    objects = with_tensorstore(scale(SIZE), data=[data])
    info = json.loads(objects["info"])
    info["scales"][0] |= {"encoding": encoding, "compressed_segmentation_block_size": [8, 8, 8]}
    objects = dict.fromkeys(objects, b"") | {"info": changed(objects, **info)["info"]}
    level = opened(objects)
    assert not level[...].any()
    assert len(opened.asked()) == 27


def test_an_answer_that_brings_nothing_and_announces_nothing_is_an_error(opened):
    level = opened(with_tensorstore(scale(SIZE), data=[DATA]) | {"4_4_40/0-8_0-8_0-4": b""})
    opened.server.fail(f"{FOLDER}0-8_0-8_0-4", "nolenfin")
    with pytest.raises(nb_remote.Unreachable):
        level[0, 0, 0]
