"""Ceph's S3 server (RADOS gateway) on loopback, where its programs are installed.

    with CephServer(folder) as server:
        server.s3().create_bucket(Bucket="lab")
        nb_remote.open(server.url_of("lab", "image.zarr"), credentials=S3Credentials(*server.keys))

One monitor, one object store in memory and the gateway: about 20 s to start and 200 MB. It checks
signatures *and* policies, which no other server here does together.
"""

import shutil
import socket
import subprocess
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

import boto3
from botocore.config import Config

PROGRAMS = (
    "ceph",
    "ceph-authtool",
    "ceph-mon",
    "ceph-osd",
    "monmaptool",
    "radosgw",
    "radosgw-admin",
)
MISSING = tuple(name for name in PROGRAMS if shutil.which(name) is None)
"""Programs of it that are not installed."""

_PATIENCE_S = 120.0
_CONFIG = """\
[global]
fsid = {fsid}
mon host = [v1:127.0.0.1:{monitor}]
public addr = 127.0.0.1
ms bind ipv6 = false
auth cluster required = none
auth service required = none
auth client required = none
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 8
osd crush chooseleaf type = 0
osd objectstore = memstore
memstore device bytes = 1073741824
mon allow pool size one = true
mon max pg per osd = 2000
mon data avail crit = 1
run dir = {folder}
admin socket = {folder}/$name.asok
log file = {folder}/$name.log
pid file = {folder}/$name.pid
osd data = {folder}/osd
mon data = {folder}/mon
keyring = {folder}/keyring
rgw frontends = beast endpoint=127.0.0.1:{gateway}
"""


class CephServer:
    """Starts in a folder of its own, on ports that were free a moment ago."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._config = folder / "ceph.conf"
        self._started: list[subprocess.Popen[bytes]] = []
        self._monitor, self.port = _free_ports(2)
        self.keys = ("AKIACEPHREADER00", "secret-of-the-ceph-reader")
        """Key and secret of one user, who owns the buckets that `s3` makes."""
        self.others_keys = ("AKIACEPHOTHER000", "secret-of-another-ceph-user")
        """Those of another user, who may read what a policy lets everybody read."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def url_of(self, bucket: str, path: str = "") -> str:
        return f"s3+{self.url}/{bucket}/{path}"

    def s3(self) -> Any:
        """A client of the owner."""
        return boto3.client(
            "s3",
            endpoint_url=self.url,
            region_name="us-east-1",
            aws_access_key_id=self.keys[0],
            aws_secret_access_key=self.keys[1],
            config=Config(s3={"addressing_style": "path"}),
        )

    def __enter__(self) -> Self:
        try:
            self._start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        # the gateway first: a store that has lost its monitor hears no other signal than KILL
        for process in reversed(self._started):
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def _start(self) -> None:
        folder, fsid = self._folder, str(uuid.uuid4())
        for name in ("mon", "osd"):
            (folder / name).mkdir()
        self._config.write_text(
            _CONFIG.format(folder=folder, fsid=fsid, monitor=self._monitor, gateway=self.port)
        )
        keyring, monmap = str(folder / "keyring"), str(folder / "monmap")
        at = f"[v1:127.0.0.1:{self._monitor}]"
        _run("monmaptool", "--create", "--addv", "a", at, "--fsid", fsid, monmap)
        may = ["--cap", "mon", "allow *", "--cap", "osd", "allow *", "--cap", "mgr", "allow *"]
        _run("ceph-authtool", "-C", keyring, "--gen-key", "-n", "mon.", "--cap", "mon", "allow *")
        _run("ceph-authtool", keyring, "--gen-key", "-n", "client.admin", *may)
        where = ("--monmap", monmap, "--keyring", keyring)
        _run("ceph-mon", "-c", self._config, "--mkfs", "-i", "a", *where)
        self._serve("ceph-mon", "-i", "a")
        disk = str(uuid.uuid4())
        _until(lambda: self._answers("osd", "new", disk))
        _run("ceph-osd", "-c", self._config, "-i", "0", "--mkfs", "--osd-uuid", disk)
        self._serve("ceph-osd", "-i", "0")
        _until(
            lambda: self._answers("osd", "crush", "add", "osd.0", "1.0", "host=h", "root=default")
        )
        _until(lambda: b"1 up" in self._answers("osd", "stat"))
        self._serve("radosgw", "-n", "client.admin")
        _until(self._is_up)
        for number, (key, secret) in enumerate((self.keys, self.others_keys)):
            named = (f"--uid=u{number}", f"--display-name=u{number}")
            keys = (f"--access-key={key}", f"--secret-key={secret}")
            admin = ("radosgw-admin", "-c", self._config, "-n", "client.admin")
            _run(*admin, "user", "create", *named, *keys)

    def _serve(self, program: str, *options: str) -> None:
        log = (self._folder / f"{program}.out").open("wb")
        words = [program, "-c", str(self._config), *options, "-f"]
        self._started.append(subprocess.Popen(words, stdout=log, stderr=log))
        log.close()

    def _answers(self, *words: str) -> bytes:
        """Return what the monitor says; nothing where it does not answer yet."""
        command = ["ceph", "-c", str(self._config), "--connect-timeout", "5", *words]
        done = subprocess.run(command, capture_output=True, timeout=30, check=False)
        return b"" if done.returncode else done.stdout + b"."

    def _is_up(self) -> bool:
        try:
            urlopen(self.url, timeout=1).close()
        except HTTPError:
            return True
        except (URLError, OSError):
            return False
        return True


def _run(*words: object) -> None:
    subprocess.run([str(one) for one in words], capture_output=True, timeout=60, check=True)


def _until(holds: Callable[[], object]) -> None:
    ends = time.monotonic() + _PATIENCE_S
    while not holds():
        assert time.monotonic() < ends, f"the server did not start within {_PATIENCE_S:g} s"
        time.sleep(0.1)


def _free_ports(number: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(number)]
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports
