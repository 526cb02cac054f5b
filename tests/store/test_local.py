"""Files of this machine keep the contract of every store, and say what is wrong with them."""

import asyncio
import errno
import os
import socket
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import pytest
from tests.store.contract import BODY, CONTENT, StoreContract

from nb_remote import threads
from nb_remote.errors import (
    AccessDenied,
    BadMetadata,
    CorruptChunk,
    InvalidAddress,
    NotFound,
    Unreachable,
)
from nb_remote.location.local import location_of_path
from nb_remote.store import local
from nb_remote.store.base import MOST_NAMES
from nb_remote.store.limits import StoreLimits
from nb_remote.store.local import LocalStore
from nb_remote.store.open import open_store
from nb_remote.threads import run

# Root may read everything, so it becomes somebody else once all is imported and started.
_READ_AS_ANYBODY = """
import os, sys
from pathlib import Path
from nb_remote.errors import NbRemoteError
from nb_remote.location.local import location_of_path
from nb_remote.store.local import LocalStore
from nb_remote.threads import run

store = LocalStore(location_of_path(Path(sys.argv[1])))
run(store.get("open", limit=9999), deadline=5)
if os.geteuid() == 0:
    os.setuid(65534)
for name, work in (
    ("open", lambda: store.get("open", limit=9999)),
    ("closed", lambda: store.get("closed", limit=9999)),
    ("closed folder", lambda: store.names("closed folder")),
):
    try:
        print(f"{name}: {len(run(work(), deadline=5))} bytes")
    except NbRemoteError as error:
        print(f"{name}: {type(error).__name__}, {error.hint}")
"""


@pytest.fixture
def folder(tmp_path):
    for path, body in CONTENT.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(body)
    return tmp_path / "v"


@pytest.fixture
def store(folder):
    return LocalStore(location_of_path(folder))


def get(store, key, limit=9999):
    return run(store.get(key, limit=limit), deadline=5)


class TestLocalStore(StoreContract):
    @pytest.fixture
    def store(self, folder):
        return LocalStore(location_of_path(folder))


class TestOpenedLocalStore(StoreContract):
    @pytest.fixture
    def store(self, folder):
        return open_store(location_of_path(folder))


class TestWhatIsMissing:
    @pytest.mark.parametrize("key", ["a b", "whole/below", "empty/a/b", "x" * 300, "nu\0ll"])
    def test_what_can_not_be_a_file_is_missing(self, store, key):
        assert get(store, key) is None
        assert run(store.get_range(key, 0, 1), deadline=5) is None
        assert run(store.get_suffix(key, 1), deadline=5) is None

    def test_a_pipe_or_a_socket_is_no_file_and_blocks_nobody(self, folder, store, monkeypatch):
        os.mkfifo(folder / "pipe")
        monkeypatch.chdir(folder)
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind("socket")
            assert get(store, "pipe") is None
            with pytest.raises(Unreachable):
                get(store, "socket")

    def test_a_folder_that_is_gone_is_not_full_of_missing_files(self, tmp_path):
        store = LocalStore(location_of_path(tmp_path / "drive" / "no" / "x.zarr"))
        with pytest.raises(NotFound, match="no such folder") as caught:
            get(store, "zarr.json")
        assert repr(str(tmp_path)) in caught.value.hint
        with pytest.raises(NotFound):
            run(store.names(""), deadline=5)

    def test_a_file_is_no_folder(self, folder):
        with pytest.raises(NotFound, match="this is a file"):
            get(LocalStore(location_of_path(folder / "whole")), "zarr.json")

    def test_a_link_that_leads_nowhere_or_in_circles_is_told_apart(self, folder, store):
        (folder / "nowhere").symlink_to("gone")
        (folder / "circle").symlink_to("circle")
        assert get(store, "nowhere") is None
        with pytest.raises(Unreachable, match="symbolic links"):
            get(store, "circle")


class TestLinks:
    def test_links_of_the_person_are_followed_out_of_the_folder(self, tmp_path, folder, store):
        (tmp_path / "elsewhere").mkdir()
        (tmp_path / "elsewhere" / "x").write_bytes(b"there")
        (folder / "link").symlink_to(tmp_path / "elsewhere")
        assert get(store, "link/x") == b"there"
        assert "link/" in run(store.names(""), deadline=5)


class TestNames:
    def test_they_are_sorted_with_folders_marked_and_hidden_ones_there(self, folder, store):
        (folder / ".zattrs").write_bytes(b"{}")
        assert run(store.names(""), deadline=5) == (".zattrs", "a b/", "empty", "whole")
        assert run(store.names("a b"), deadline=5) == ("ü#?%",)
        assert run(store.names("none"), deadline=5) == ()

    def test_a_link_in_circles_hides_nothing_else(self, folder, store):
        (folder / "circle").symlink_to("circle")
        assert run(store.names(""), deadline=5) == ("a b/", "circle", "empty", "whole")

    def test_links_to_folders_above_are_left_out(self, folder, store):
        (folder / "self").symlink_to(".")
        (folder / "a b" / "up").symlink_to("../../v")
        assert run(store.names(""), deadline=5) == ("a b/", "empty", "whole")
        assert run(store.names("a b"), deadline=5) == ("ü#?%",)

    def test_a_long_folder_is_cut(self, folder, store):
        for number in range(MOST_NAMES + 10):
            (folder / f"{number:05}").touch()
        names = run(store.names(""), deadline=5)
        assert len(names) == MOST_NAMES
        assert names[0] == "00000"
        assert names == tuple(sorted(names))

    def test_they_stay_in_the_folder(self, store):
        with pytest.raises(BadMetadata, match="out of its location"):
            run(store.names("../v"), deadline=5)


class TestFailures:
    def test_what_may_not_be_read_is_denied(self):
        # Not below pytest's folder, which other users may not enter.
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            folder.chmod(0o755)
            (folder / "open").write_bytes(BODY)
            (folder / "closed").write_bytes(BODY)
            (folder / "closed").chmod(0)
            (folder / "closed folder").mkdir(mode=0)
            done = subprocess.run(
                [sys.executable, "-c", _READ_AS_ANYBODY, name],
                capture_output=True,
                text=True,
                timeout=20,
                check=False,
            )
        assert done.stdout.splitlines() == [
            f"open: {len(BODY)} bytes",
            "closed: AccessDenied, Check the permissions of the file and of the folders above it.",
            "closed folder: AccessDenied, "
            "Check the permissions of the file and of the folders above it.",
        ], done.stderr

    @pytest.mark.parametrize(
        ("number", "kind", "passing"),
        [
            (errno.EACCES, AccessDenied, False),
            (errno.EIO, Unreachable, False),
            (errno.EMFILE, Unreachable, True),
            (errno.ESTALE, Unreachable, True),
        ],
    )
    def test_every_failure_has_its_type(self, store, monkeypatch, number, kind, passing):
        def fail(*_):
            raise OSError(number, "a secret of the system")

        monkeypatch.setattr(local.os, "open", fail)
        with pytest.raises(kind) as caught:
            get(store, "whole")
        assert caught.value.transient is passing
        assert caught.value.__cause__ is None
        assert store.meter.counts().failed == 1

    def test_a_file_that_shrinks_while_it_is_read_is_corrupt(self, store, monkeypatch):
        read = os.read
        monkeypatch.setattr(local.os, "read", lambda fd, size: read(fd, min(size, 9))[:0])
        with pytest.raises(CorruptChunk, match="early"):
            get(store, "whole")

    def test_a_read_in_small_pieces_is_put_together(self, store, monkeypatch):
        read = os.read
        monkeypatch.setattr(local.os, "read", lambda fd, size: read(fd, min(size, 100)))
        assert get(store, "whole") == BODY

    def test_a_limit_is_kept_before_anything_is_read(self, folder, store, monkeypatch):
        os.truncate(folder / "whole", 2**40)
        monkeypatch.setattr(local.os, "read", None)
        with pytest.raises(ValueError, match="1099511627776 bytes"):
            get(store, "whole", limit=2**20)


class TestManners:
    def test_every_read_is_counted(self, store):
        get(store, "whole")
        get(store, "nothing")
        run(store.get_range("whole", 0, 10), deadline=5)
        counts = store.meter.counts()
        assert (counts.requests, counts.missing, counts.in_flight) == (3, 1, 0)
        assert counts.received_bytes == len(BODY) + 10

    def test_a_slow_file_holds_up_neither_the_loop_nor_the_decoding(self, store, monkeypatch):
        begun, go_on = threading.Event(), threading.Event()
        read = os.read

        def slow(fd, size):
            begun.set()
            assert go_on.wait(5)
            return read(fd, size)

        monkeypatch.setattr(local.os, "read", slow)
        reading = threads.submit(store.get("whole", limit=9999))
        try:
            assert begun.wait(5)
            assert run(threads.in_decode_pool(sum, [1, 2]), deadline=5) == 3
            assert not reading.done()
        finally:
            go_on.set()
        assert reading.result(5) == BODY

    def test_few_threads_read_however_many_files_are_asked_for(self, store, monkeypatch):
        here, most, lock = [0], [0], threading.Lock()
        read = os.read

        def counted(fd, size):
            with lock:
                here[0] += 1
                most[0] = max(most[0], here[0])
            try:
                return read(fd, size)
            finally:
                with lock:
                    here[0] -= 1

        monkeypatch.setattr(local.os, "read", counted)

        async def many():
            return await asyncio.gather(*(store.get("whole", limit=9999) for _ in range(200)))

        assert run(many(), deadline=10) == [BODY] * 200
        assert 1 <= most[0] <= threads._FILE_THREADS

    def test_waiting_in_a_file_thread_is_refused(self):
        async def inner():
            return await threads.in_file_pool(lambda: run(never()))

        async def never():
            raise AssertionError

        with pytest.raises(RuntimeError, match="in its file pool"):
            run(inner(), deadline=5)

    def test_bytes_that_are_held_at_once_are_bounded(self, folder):
        store = LocalStore(location_of_path(folder), limits=StoreLimits(bytes_in_flight=len(BODY)))

        async def three():
            reads = [store.get_range("whole", 0, len(BODY)) for _ in range(3)]
            return await asyncio.gather(*reads)

        assert run(three(), deadline=5) == [BODY] * 3


def test_data_can_never_name_a_place_on_this_machine(folder):
    with pytest.raises(InvalidAddress, match="only a person"):
        open_store(location_of_path(folder), trusted=False)
