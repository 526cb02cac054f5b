"""S3 as Amazon runs it, on loopback: regions, a host for each bucket, checked signatures.

Signatures are recomputed by botocore's signer, which shares no code with ours.

    with AwsServer() as server:
        server.buckets["lab"] = Bucket(files, region="eu-west-1")
        server.keys["AKIA…"] = Key("secret")
        nb_remote.open(f"s3://{server.host}/lab/image.zarr", credentials=…)
"""

import re
import threading
from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

DOMAIN = "localhost"
_HOST = re.compile(rf"(?:(?P<bucket>.+)\.)??s3(?:\.(?P<region>[a-z0-9-]+))?\.{DOMAIN}(?::[0-9]+)?")
_SIGNED = re.compile(
    r"AWS4-HMAC-SHA256 Credential=(?P<key>[^/]+)/(?P<day>[0-9]{8})/(?P<region>[^/]+)/s3/"
    r"aws4_request, SignedHeaders=(?P<headers>[a-z0-9;-]+), Signature=(?P<signature>[0-9a-f]{64})"
)


@dataclass(kw_only=True)
class Bucket:
    files: Mapping[str, bytes]
    region: str = "us-east-1"
    public: bool = False
    listable: bool = True
    requester_pays: bool = False
    moved: bool = False
    """Whether who asks in another region is sent on as to a new bucket: by its address alone."""
    refused: Container[str] = frozenset()
    """Keys that nobody may read."""


@dataclass
class Key:
    secret: str
    token: str | None = None
    expired: bool = False


@dataclass(frozen=True, kw_only=True)
class Asked:
    host: str
    path: str
    query: str
    headers: Mapping[str, str]


@dataclass(kw_only=True)
class Said:
    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128  # many ask at once; who is turned away comes back a second later


class AwsServer:
    """Serves on a thread of its own; `requests` may be read from any thread."""

    def __init__(self) -> None:
        self.buckets: dict[str, Bucket] = {}
        self.keys: dict[str, Key] = {}
        self.requests: list[Asked] = []
        self.may_list_buckets = False
        """Whether the keys have the right to list all buckets."""
        self.clock_ahead = timedelta(0)
        self.refuse_next: list[tuple[int, str]] = []
        """Status and code of the next answers, whatever is asked."""
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = 2**16  # headers and body together: nobody waits for an ACK between them
            disable_nagle_algorithm = True

            def do_GET(self) -> None:
                asked = Asked(
                    host=self.headers["Host"],
                    path=urlsplit(self.path).path,
                    query=urlsplit(self.path).query,
                    headers=dict(self.headers.items()),
                )
                server.requests.append(asked)
                said = server.answer(asked)
                self.send_response_only(said.status)
                now = datetime.now(UTC) + server.clock_ahead
                self.send_header("Date", format_datetime(now, usegmt=True))
                for name, value in said.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(said.body)))
                self.end_headers()
                self.wfile.write(said.body)

            def log_message(self, *_: Any) -> None:
                pass

        self._server = _Server(("127.0.0.1", 0), Handler)
        self.port = self._server.server_address[1]
        self.host = f"127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def answer(self, asked: Asked) -> Said:
        if self.refuse_next:
            return error(*self.refuse_next.pop(0))
        found = _HOST.fullmatch(asked.host)
        name, path = (found["bucket"] if found else None), asked.path.lstrip("/")
        if name is None:
            name, _, path = path.partition("/")
        if not name:
            return self._all_buckets(asked)
        bucket = self.buckets.get(name)
        if bucket is None:
            return error(404, "NoSuchBucket")
        if found and (found["region"] or "us-east-1") != bucket.region:
            if bucket.moved:
                said = error(307, "TemporaryRedirect")
                there = f"{name}.s3.{bucket.region}.{DOMAIN}:{self.port}"
                said.headers["Location"] = f"http://{there}/{path}?{asked.query}"
                return said
            return error(301, "PermanentRedirect", region=bucket.region)
        signed = "Authorization" in asked.headers
        objection = self._objection(asked, bucket) if signed else None
        if objection is not None:
            return objection
        if not (signed or bucket.public):
            return error(403, "AccessDenied")
        pays = asked.headers.get("x-amz-request-payer") == "requester"
        if bucket.requester_pays and not (signed and pays):
            return error(403, "AccessDenied")
        query = parse_qs(asked.query, keep_blank_values=True)
        if "list-type" in query:
            return _listing(bucket, query) if bucket.listable else error(403, "AccessDenied")
        if unquote(path) in bucket.refused:
            return error(403, "AccessDenied")
        body = bucket.files.get(unquote(path))
        if body is None:
            return error(404, "NoSuchKey") if bucket.listable else error(403, "AccessDenied")
        return _ranged(body, asked.headers.get("Range"))

    def _all_buckets(self, asked: Asked) -> Said:
        if "Authorization" not in asked.headers or not self.may_list_buckets:
            return error(403, "AccessDenied")
        named = _HOST.fullmatch(asked.host)
        here = Bucket(files={}, region=(named and named["region"]) or "us-east-1")
        objection = self._objection(asked, here)
        if objection is not None:
            return objection
        rows = "".join(f"<Bucket><Name>{escape(name)}</Name></Bucket>" for name in self.buckets)
        body = f"<ListAllMyBucketsResult><Buckets>{rows}</Buckets></ListAllMyBucketsResult>"
        return Said(status=200, body=body.encode())

    def _objection(self, asked: Asked, bucket: Bucket) -> Said | None:
        said = _SIGNED.fullmatch(asked.headers["Authorization"])
        key = self.keys.get(said["key"]) if said else None
        if said is None or key is None:
            return error(403, "InvalidAccessKeyId")
        if said["region"] != bucket.region:
            return error(400, "AuthorizationHeaderMalformed", region=bucket.region)
        if asked.headers.get("x-amz-security-token") != key.token:
            return error(400, "InvalidToken")
        if key.expired:
            return error(400, "ExpiredToken")
        moment = datetime.strptime(asked.headers["x-amz-date"], "%Y%m%dT%H%M%SZ")
        now = datetime.now(UTC) + self.clock_ahead
        if abs(now - moment.replace(tzinfo=UTC)) > timedelta(minutes=15):
            return error(403, "RequestTimeTooSkewed")
        if said["signature"] != signature_by_botocore(asked, said, key):
            return error(403, "SignatureDoesNotMatch")
        return None


def signature_by_botocore(asked: Asked, said: re.Match[str], key: Key) -> str:
    lower = {name.lower(): value for name, value in asked.headers.items()}
    request = AWSRequest(
        method="GET",
        url=f"http://{asked.host}{asked.path}{'?' if asked.query else ''}{asked.query}",
        headers={name: lower[name] for name in said["headers"].split(";")},
    )
    request.context["timestamp"] = lower["x-amz-date"]
    signer = S3SigV4Auth(Credentials(said["key"], key.secret), "s3", said["region"])
    text = signer.string_to_sign(request, signer.canonical_request(request))
    return signer.signature(text, request)


def error(status: int, code: str, *, region: str = "") -> Said:
    more = f"<Region>{region}</Region>" if region and status == 400 else ""
    body = f"<?xml version='1.0'?>\n<Error><Code>{code}</Code><Message>no</Message>{more}</Error>"
    headers = {"Content-Type": "application/xml"}
    if region:
        headers["x-amz-bucket-region"] = region
    return Said(status=status, body=body.encode(), headers=headers)


def _ranged(body: bytes, asked: str | None) -> Said:
    if asked is None:
        return Said(status=200, body=body)
    first, last = re.fullmatch(r"bytes=([0-9]*)-([0-9]*)", asked).groups()
    start = int(first) if first else max(len(body) - int(last), 0)
    stop = min(int(last) + 1, len(body)) if first and last else len(body)
    if start >= len(body):
        return error(416, "InvalidRange")
    headers = {"Content-Range": f"bytes {start}-{stop - 1}/{len(body)}"}
    return Said(status=206, body=body[start:stop], headers=headers)


def _listing(bucket: Bucket, query: Mapping[str, list[str]]) -> Said:
    prefix = query.get("prefix", [""])[0]
    below = [key[len(prefix) :] for key in bucket.files if key.startswith(prefix)]
    folders = sorted({one.partition("/")[0] for one in below if "/" in one})
    keys = sorted(one for one in below if "/" not in one)
    parts = [f"<Contents><Key>{escape(prefix + one)}</Key></Contents>" for one in keys]
    parts += [
        f"<CommonPrefixes><Prefix>{escape(prefix + one)}/</Prefix></CommonPrefixes>"
        for one in folders
    ]
    space = "http://s3.amazonaws.com/doc/2006-03-01/"
    body = f'<ListBucketResult xmlns="{space}">{"".join(parts)}</ListBucketResult>'
    return Said(status=200, body=body.encode())
