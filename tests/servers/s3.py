"""Real S3 servers on loopback: moto without and with checked signatures.

with MotoServer() as server:
    server.put("bucket", files, public=True)
    nb_remote.open(server.url_of("bucket", "image.zarr"))
"""

import functools
import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self
from urllib.request import Request, urlopen

import boto3
from botocore.config import Config

_PROGRAM = Path(__file__).with_name("moto_process.py")
_POLICY = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}],
}


class MotoServer:
    """One moto process. It starts while others do; the first use waits for it."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-P", str(_PROGRAM)],  # not beside it: there is an http.py
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self.key, self.secret = "AKIAFIXTURE0000", "secret-of-the-fixture"

    @functools.cached_property
    def url(self) -> str:
        return self._process.stdout.readline().strip()

    @property
    def host(self) -> str:
        return self.url.partition("://")[2]

    @functools.cached_property
    def _s3(self) -> Any:
        return self._client("s3")

    def put(self, bucket: str, files: Mapping[str, bytes], *, public: bool = False) -> None:
        """Write objects into a new bucket; everybody may read them where it is public."""
        self._s3.create_bucket(Bucket=bucket)
        acl = {"ACL": "public-read"} if public else {}
        for key, body in files.items():
            self._s3.put_object(Bucket=bucket, Key=key, Body=body, **acl)

    def url_of(self, bucket: str, path: str = "") -> str:
        return f"s3+{self.url}/{bucket}/{path}"

    def check_signatures(self) -> None:
        """Let in nobody but one user, whose keys are `key` and `secret` from now on."""
        iam = self._client("iam")
        iam.create_user(UserName="reader")
        iam.put_user_policy(
            UserName="reader", PolicyName="read", PolicyDocument=json.dumps(_POLICY)
        )
        made = iam.create_access_key(UserName="reader")["AccessKey"]
        self.key, self.secret = made["AccessKeyId"], made["SecretAccessKey"]
        headers = {"Content-Type": "text/plain"}
        urlopen(Request(f"{self.url}/moto-api/reset-auth", data=b"0", headers=headers)).close()

    def _client(self, service: str) -> Any:
        return boto3.client(
            service,
            endpoint_url=self.url,
            region_name="us-east-1",
            aws_access_key_id=self.key,
            aws_secret_access_key=self.secret,
            config=Config(s3={"addressing_style": "path"}),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.stdin.close()
        self._process.wait(10)
        self._process.stdout.close()
