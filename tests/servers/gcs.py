"""Google Cloud Storage as it answers: XML interface, listings, and a token server that verifies.

    with GcsServer({"bucket/v/info": b"{}"}, public=()) as server:
        nb_remote.open("gs://bucket/v", credentials=GcsCredentials(
            server.service_account(), endpoint=server.url))
        assert server.tokens_given == 1

Its answers are laid after https://cloud.google.com/storage/docs/xml-api/reference-status; the key
pair is made when the tests run.
"""

import base64
import functools
import json
import re
from collections.abc import Collection, Mapping
from typing import Any
from urllib.parse import parse_qs
from xml.sax.saxutils import escape

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from tests.servers.http import Answer, RangeServer, Request
from tests.servers.listings import members

READ_ONLY = "https://www.googleapis.com/auth/devstorage.read_only"
TOKEN_PATH = "token"
EMAIL = "reader@lab-project.iam.gserviceaccount.com"
KEY_ID = "0a1b2c3d4e5f60718293a4b5c6d7e8f901234567"


@functools.cache
def key_pair() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def pem(key: rsa.RSAPrivateKey) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()


class GcsServer(RangeServer):
    """Serves ``bucket/key`` from a mapping to those who may read it, and lists it.

    Parameters
    ----------
    public
        Buckets that everybody may read and list.
    payers
        Buckets whose readers pay.
    gzipped
        Patterns of paths that are stored with ``Content-Encoding: gzip``.
    lifetime_s
        Seconds that the server says its tokens live.
    """

    def __init__(
        self,
        content: Mapping[str, bytes],
        *,
        public: Collection[str] = (),
        payers: Collection[str] = (),
        gzipped: str = "",
        lifetime_s: float = 3600,
        **options: Any,
    ) -> None:
        super().__init__(content, **options)
        self.public, self.payers, self.gzipped = public, payers, gzipped
        self.lifetime_s = lifetime_s
        self.valid: set[str] = set()
        """Tokens that are accepted; take one out, and it has expired."""
        self.tokens_given = 0
        self.may_read = True
        """Whether the account has the right to read objects."""
        self.may_list = True
        self.projects = {"lab-project"}
        """Projects that the account may bill."""
        self.grant_error: tuple[str, str] | None = None
        """What the token server says instead of giving a token: error and description."""
        self.claims: dict[str, Any] = {}
        """Of the last assertion whose signature was right."""
        self.buckets = {path.partition("/")[0] for path in content}
        self.listing = self._said

    def service_account(self, **changes: Any) -> dict[str, Any]:
        """The JSON that Google would give out for an account of this server."""
        return {
            "type": "service_account",
            "project_id": "lab-project",
            "private_key_id": KEY_ID,
            "private_key": pem(key_pair()),
            "client_email": EMAIL,
            "client_id": "1",
            "token_uri": f"{self.url}/{TOKEN_PATH}",
        } | changes

    def tokens_asked(self) -> int:
        """Requests for tokens so far."""
        return self.paths().count(TOKEN_PATH)

    def objects_asked(self) -> list[Request]:
        """Requests for anything but tokens."""
        return [one for one in self.requests if one.path != TOKEN_PATH]

    async def _respond(self, answer: Answer) -> bool:
        request = answer.request
        body = self._body(request.path)
        stored_gzipped = self.gzipped and re.fullmatch(self.gzipped, request.path)
        if body is None or not stored_gzipped or self._said(request) is not None:
            return await answer.send()
        if "gzip" in request.headers.get("accept-encoding", ""):
            return await answer._object(body, "gzip", {})
        # decompressive transcoding: whole, without a range
        return await answer._object(body, "norange", {"Warning": "214 UploadServer gunzipped"})

    def _said(self, request: Request) -> tuple[int, bytes] | None:
        """Answer whatever is not an object."""
        if request.path == TOKEN_PATH:
            return self._grant(request)
        bucket, _, key = request.path.partition("/")
        if not bucket:
            return self._all_buckets(request)
        if bucket not in self.buckets:
            return 404, xml("NoSuchBucket", "The specified bucket does not exist.")
        refused = self._refused(request, bucket, "list" if not key else "get")
        if refused is not None:
            return refused
        if not key:
            return self._listed(bucket, request)
        if request.path not in self.content:
            if request.headers.get("authorization") and not self.may_list:
                # whoever may not list does not learn what is missing
                details = f"{EMAIL} does not have storage.objects.list access to the bucket."
                return 403, xml("AccessDenied", "Access denied.", details)
            details = f"No such object: {request.path}"
            return 404, xml("NoSuchKey", "The specified key does not exist.", details)
        return None

    def _refused(self, request: Request, bucket: str, verb: str) -> tuple[int, bytes] | None:
        authorization = request.headers.get("authorization", "")
        project = request.headers.get("x-goog-user-project", "")
        if authorization and authorization.removeprefix("Bearer ") not in self.valid:
            return 401, xml("AuthenticationRequired", "Authentication required.")
        if bucket in self.payers and not project:
            details = "Bucket is a requester pays bucket but no user project provided."
            text = "User project specified in the request is missing."
            return 400, xml("UserProjectMissing", text, details)
        if project and project not in self.projects:
            details = f"{EMAIL} does not have serviceusage.services.use access to the project."
            return 403, xml("AccessDenied", "Access denied.", details)
        right = f"storage.objects.{verb}"
        if not authorization and bucket not in self.public:
            details = (
                f"Anonymous caller does not have {right} access to the Google Cloud Storage "
                f"object. Permission '{right}' denied on resource (or it may not exist)."
            )
            return 403, xml("AccessDenied", "Access denied.", details)
        if not (self.may_list if verb == "list" else self.may_read):
            return 403, xml("AccessDenied", "Access denied.", f"{EMAIL} does not have {right}")
        return None

    def _all_buckets(self, request: Request) -> tuple[int, bytes]:
        if request.headers.get("authorization", "").removeprefix("Bearer ") not in self.valid:
            return 401, xml("AuthenticationRequired", "Authentication required.")
        project = request.headers.get("x-goog-project-id", "")
        if not project:
            return 400, xml("MissingProject", "A project id is missing.")
        if project not in self.projects or not self.may_list:
            details = f"{EMAIL} does not have storage.buckets.list access to the project."
            return 403, xml("AccessDenied", "Access denied.", details)
        rows = "".join(f"<Bucket><Name>{one}</Name></Bucket>" for one in sorted(self.buckets))
        return 200, (
            "<?xml version='1.0' encoding='UTF-8'?>"
            "<ListAllMyBucketsResult xmlns='http://doc.s3.amazonaws.com/2006-03-01'>"
            f"<Owner><ID>0</ID></Owner><Buckets>{rows}</Buckets></ListAllMyBucketsResult>"
        ).encode()

    def _listed(self, bucket: str, request: Request) -> tuple[int, bytes]:
        asked = {name: one[0] for name, one in parse_qs(request.query).items()}
        prefix = asked.get("prefix", "")
        names = members(self.content, f"{bucket}/{prefix}")[: int(asked.get("max-keys", 1000))]
        rows = "".join(
            f"<CommonPrefixes><Prefix>{escape(prefix + one)}</Prefix></CommonPrefixes>"
            if one.endswith("/")
            else f"<Contents><Key>{escape(prefix + one)}</Key><Generation>1</Generation></Contents>"
            for one in names
        )
        return 200, (
            "<?xml version='1.0' encoding='UTF-8'?>"
            "<ListBucketResult xmlns='http://doc.s3.amazonaws.com/2006-03-01'>"
            f"<Name>{bucket}</Name><Prefix>{escape(prefix)}</Prefix>{rows}</ListBucketResult>"
        ).encode()

    def _grant(self, request: Request) -> tuple[int, bytes]:
        form = {name: one[0] for name, one in parse_qs(request.body.decode()).items()}
        if self.grant_error is not None:
            name, text = self.grant_error
            return 400, json.dumps({"error": name, "error_description": text}).encode()
        assert form["grant_type"] == "urn:ietf:params:oauth:grant-type:jwt-bearer"
        head, claims, signature = form["assertion"].split(".")
        try:
            key_pair().public_key().verify(
                _decoded(signature),
                f"{head}.{claims}".encode(),
                padding.PKCS1v15(),
                hashes.SHA256(),
            )
        except InvalidSignature:
            text = "Invalid JWT Signature."
            return 400, json.dumps({"error": "invalid_grant", "error_description": text}).encode()
        self.claims = json.loads(_decoded(claims))
        assert self.claims["scope"] == READ_ONLY
        self.tokens_given += 1
        token = f"ya29.stub-{self.tokens_given}-c0ffee0123456789"
        self.valid.add(token)
        given = {"access_token": token, "expires_in": self.lifetime_s, "token_type": "Bearer"}
        return 200, json.dumps(given).encode()


def xml(code: str, message: str, details: str = "") -> bytes:
    """Return an error as the XML interface writes it."""
    more = f"<Details>{escape(details)}</Details>" if details else ""
    return (
        "<?xml version='1.0' encoding='UTF-8'?>"
        f"<Error><Code>{code}</Code><Message>{escape(message)}</Message>{more}</Error>"
    ).encode()


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
