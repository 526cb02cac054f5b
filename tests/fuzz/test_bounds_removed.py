"""Decoders with a check taken away: the fuzzer must notice each, or its silence means nothing.

A copy of the source is changed by exact replacement of text; one that is not there any more fails
the test. Some checks are many in one file: each `ROUND` has at most one of a file.
"""

import shutil
from pathlib import Path

import pytest

import nb_remote
from tests.fuzz.runner import Worker

CASES = range(1500)
SEED = 3

# Round, target, file below nb_remote, text, what stands there instead
REMOVED = [
    # sizes of the output
    (1, "lz4", "codecs/lz4.py", "if promised != size:", "if False:"),
    (1, "lz4_java", "codecs/lz4_java.py", "if length > size - total:", "if False:"),
    (1, "checksums", "codecs/checksum.py", "if len(data) != size + _BYTES:", "if False:"),
    (1, "gzip", "codecs/inflate.py", "min(wanted - total, _AT_ONCE)", "0"),
    (2, "zlib", "codecs/inflate.py", "min(wanted - total, _AT_ONCE)", "0"),
    (1, "bz2", "codecs/streams.py", "decompress(piece, wanted - total)", "decompress(piece)"),
    (1, "zstd", "codecs/zstd.py", "reader.read(wanted - total)", "reader.readall()"),
    (1, "minishard-index", "codecs/gunzip.py", "min(limit + 1 - total, _AT_ONCE)", "0"),
    (1, "png", "codecs/image.py", "if picture.width * picture.height != pixels:", "if False:"),
    # sizes of the input
    (2, "blosc", "codecs/blosc.py", "if nbytes != size:", "if False:"),
    (3, "blosc", "codecs/blosc.py", "if cbytes != len(data):", "if False:"),
    (4, "blosc", "codecs/blosc.py", "if len(data) < _HEADER.size:", "if False:"),
    (2, "lz4_java", "codecs/lz4_java.py", "if len(body) != stored:", "if False:"),
    (3, "lz4_java", "codecs/lz4_java.py", "if at + _HEADER.size > len(data):", "if False:"),
    (4, "lz4_java", "codecs/lz4_java.py", "if total < stop:", "if False:"),
    (1, "packbits", "codecs/packbits.py", "check_length(self, data, size, stop)", "pass"),
    (1, "bitround", "codecs/bitround.py", "check_length(self, data, size, stop)", "pass"),
    (1, "shuffle", "codecs/shuffle.py", "check_length(self, data, size, stop)", "pass"),
    (1, "elementwise", "codecs/elementwise.py", "check_length(self, data, size, stop)", "pass"),
    # positions and shapes in the data
    (1, "n5-raw", "codecs/n5_block.py", "if any(not 0 < n <= full", "if any(not 0 < n"),
    (2, "n5-raw", "codecs/n5_block.py", "if len(data) < end:", "if False:"),
    (3, "n5-raw", "codecs/n5_block.py", "if ndim != len(self.block_shape):", "if False:"),
    (1, "minishard-index", "chunks/minishards.py", "if len(raw) % _CHUNK_BYTES or", "if"),
    (2, "minishard-index", "chunks/minishards.py", "> MAX_OFFSET:", "< 0:"),
    (1, "shard-index", "chunks/sharding.py", "if length > limit:", "if False:"),
    # what only changes the kind of error
    (
        1,
        "compressed_segmentation",
        "codecs/compressed_segmentation.py",
        "if len(data) % 4:",
        "if 0:",
    ),
    (
        2,
        "compressed_segmentation",
        "codecs/compressed_segmentation.py",
        "except IndexError:",
        "except ZeroDivisionError:",
    ),
    (
        3,
        "compressed_segmentation",
        "codecs/compressed_segmentation.py",
        "if len(words) < _HEADER_WORDS * blocks:",
        "if False:",
    ),
    (2, "gzip", "codecs/inflate.py", "except _INFLATER.errors as error:", "except () as error:"),
    (1, "lzma", "codecs/lzma.py", "except (lzma.LZMAError, MemoryError, V", "except (V"),
    (1, "base64", "codecs/base64.py", "except binascii.Error as", "except ZeroDivisionError as"),
    (1, "json", "store/json_document.py", "except RecursionError:", "except ZeroDivisionError:"),
    (2, "json", "store/json_document.py", "if is_deeper(document, MOST_LEVELS):", "if False:"),
    (1, "addresses", "location/parse.py", "except UnicodeDecodeError:", "except KeyError:"),
    (1, "view-messages", "widget/incoming.py", "if not isinstance(content, dict):", "if False:"),
    (1, "form-messages", "form/incoming.py", "if not isinstance(content, dict):", "if False:"),
]
ROUNDS = sorted({number for number, *_ in REMOVED})


@pytest.fixture(scope="module")
def worker():
    with Worker() as one:
        yield one


@pytest.mark.parametrize("number", ROUNDS)
def test_a_decoder_without_its_check_is_noticed(number, tmp_path, worker):
    removed = [one for one in REMOVED if one[0] == number]
    without = _source_without(tmp_path, {one[2:] for one in removed})
    unnoticed = []
    with Worker(without) as other:
        for _, target, name, old, _ in removed:
            report = other.run(target, SEED, CASES, most_failures=1)
            if not report.failures:
                unnoticed.append(f"{target}: nothing is wrong without {old!r} of {name}")
                continue
            # With the check the same input is nothing special.
            case = int(report.failures[0].splitlines()[0].rpartition(" ")[2])
            report = worker.run(target, SEED, range(case, case + 1))
            assert not report.failures, report.failures[0]
            assert report.read + report.refused == 1
    assert not unnoticed, "\n".join(unnoticed)


def _source_without(folder, changes):
    source = Path(nb_remote.__file__).parent
    left_out = shutil.ignore_patterns("static", "__pycache__")
    shutil.copytree(source, folder / "nb_remote", ignore=left_out)
    for name, old, new in changes:
        file = folder / "nb_remote" / name
        text = file.read_text()
        assert text.count(old) == 1, f"{name} has not exactly one {old!r}: mend this table"
        file.write_text(text.replace(old, new))
    return folder
