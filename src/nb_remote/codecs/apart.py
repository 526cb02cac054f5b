"""Decoding in a process of its own, for packages that damaged data can bring down.

compresso 3.3, crackle-codec 0.53 and fpzip 1.2 end their process on a chunk with a few wrong bytes
(fpzip on most, compresso on every tenth, crackle on every hundredth; libjxl stood 3000). So such a
package is never imported here: a helper process decodes, within bounds of time and (on Linux)
memory, and gets none of the environment's secrets. When it dies the chunk is damaged, and the next
one gets a new helper.
"""

import atexit
import importlib.util
import json
import os
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO, cast

import numpy as np

from nb_remote.codecs.apart_process import ANSWERED, ASKED, order_of
from nb_remote.codecs.base import Bytes, damaged
from nb_remote.errors import CorruptChunk, UnsupportedCodec

Array = np.ndarray[tuple[int, ...], np.dtype[np.generic]]
MOST_HELPERS = 4
"""Helpers of one package at once; each takes about 40 MB."""
_SPARE_MEMORY = 2**28
_WIDEST = 8
"""Bytes of the largest number there is: what a helper answers is at most so much per voxel."""
_MEMORY_PER_VOXEL = 8 * _WIDEST
_MOST_SAID = 2**12
_PASSED_ON = ("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "PYTHONHOME", "SYSTEMROOT", "TMPDIR")


@cache
def installed(package: str) -> bool:
    """Whether a package can be imported, without importing it."""
    return importlib.util.find_spec(package) is not None


@dataclass(slots=True)
class _Helpers:
    """The helpers of one package. Used by the threads of the decode pool."""

    package: str
    turns: threading.Semaphore = field(
        default_factory=lambda: threading.Semaphore(min(MOST_HELPERS, os.cpu_count() or 1))
    )
    lock: threading.Lock = field(default_factory=threading.Lock)
    idle: list["subprocess.Popen[bytes]"] = field(default_factory=list)

    def take(self) -> tuple["subprocess.Popen[bytes]", bool]:
        """Return a helper, and whether it has not decoded anything yet."""
        with self.lock:
            while self.idle:
                helper = self.idle.pop()
                if helper.poll() is None:
                    return helper, False
                _end(helper)
        return self._start(), True

    def _start(self) -> "subprocess.Popen[bytes]":
        try:
            helper = _spawn(self.package)
            try:
                why = _answer(helper, most=0)[0].get("error")
                if not why:
                    return helper
            except BaseException:
                _end(helper)
                raise
            _end(helper)
        except EOFError:
            why = "its process ended at once"
        except OSError as error:  # no more processes, or none that can be started
            why = error.strerror or type(error).__name__
        raise UnsupportedCodec(
            f"the package {self.package} is installed but can't be used ({why})",
            codec=self.package,
            hint=f"Try it in Python: import {self.package}.",
        )

    def give_back(self, helper: "subprocess.Popen[bytes]") -> None:
        with self.lock:
            self.idle.append(helper)

    def end(self) -> None:
        with self.lock:
            helpers, self.idle = self.idle, []
        for helper in helpers:
            _end(helper)


def _spawn(package: str) -> "subprocess.Popen[bytes]":
    folders = [folder for folder in sys.path if folder]
    return subprocess.Popen(  # noqa: S603  (our own script, no shell)
        # -P: a file beside the script must not stand in for a module of Python
        [sys.executable, "-P", _SCRIPT, package, json.dumps(folders)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
        | {name: os.environ[name] for name in _PASSED_ON if name in os.environ},
        start_new_session=True,
    )


_SCRIPT = str(Path(__file__).with_name("apart_process.py"))


@cache
def _helpers(package: str, _process: int) -> _Helpers:
    """Return the helpers of this process: after a fork there are none yet."""
    helpers = _Helpers(package)
    atexit.register(helpers.end)
    return helpers


def decode_apart(package: str, name: str, data: Bytes, voxels: int) -> Array:
    """Decode a chunk by a package's own function, in another process.

    Parameters
    ----------
    package
        Name to import: ``compresso``, ``crackle``, ``fpzip`` or ``imagecodecs``.
    name
        Name of the codec, for errors.
    voxels
        Numbers that the chunk has, over all channels.

    Returns
    -------
    numpy.ndarray
        As the package gives it: volumes x, y, z, …; pictures row by row.

    Raises
    ------
    CorruptChunk
        The package refuses the data, dies of them, or takes more time or memory than they may.
    """
    helpers = _helpers(package, os.getpid())
    with helpers.turns:
        helper, is_new = helpers.take()
        try:
            array = _ask(helper, package, data, voxels)
        except (OSError, EOFError):
            _end(helper)
        except _Refused as error:
            helpers.give_back(helper)
            raise damaged(name, error) from None
        except BaseException:
            _end(helper)
            raise
        else:
            helpers.give_back(helper)
            return array
    if not is_new:
        # An earlier chunk may have done damage that shows only now: ask one that saw none.
        helpers.end()
        return decode_apart(package, name, data, voxels)
    raise CorruptChunk(f"the decoder of {name} broke down on the data")


class _Refused(Exception):
    """The package said that the data are damaged; its process is well."""


def _ask(helper: "subprocess.Popen[bytes]", package: str, data: Bytes, voxels: int) -> Array:
    to = cast("BinaryIO", helper.stdin)
    memory = _SPARE_MEMORY + 4 * len(data) + _MEMORY_PER_VOXEL * voxels
    to.write(ASKED.pack(len(data), memory))
    to.write(data)
    to.flush()
    said, body = _answer(helper, most=_WIDEST * voxels)
    if "error" in said:
        raise _Refused(said["error"])
    array: Array = np.frombuffer(body, np.dtype(said["dtype"]))
    return array.reshape(said["shape"], order=order_of(package))


def _answer(helper: "subprocess.Popen[bytes]", *, most: int) -> tuple[dict[str, Any], bytes]:
    answers = cast("BinaryIO", helper.stdout)
    said_bytes, size = ANSWERED.unpack(_exactly(answers, ANSWERED.size))
    if said_bytes > _MOST_SAID or size > most:
        raise EOFError
    return json.loads(_exactly(answers, said_bytes)), _exactly(answers, size)


def _exactly(answers: BinaryIO, size: int) -> bytes:
    body = answers.read(size)
    if len(body) != size:
        raise EOFError
    return body


def _end(helper: "subprocess.Popen[bytes]") -> None:
    helper.kill()
    for stream in (helper.stdin, helper.stdout):
        if stream is not None:
            try:
                stream.close()
            except OSError:  # what was not sent yet has nobody to go to
                continue
    helper.wait()
