"""No key, secret or token of S3 is shown, saved, logged or exported, nor sent to anybody else."""

import json
import logging
import pickle
import traceback

import pytest
from tests.servers.aws import AwsServer, Bucket, Key

import nb_remote
from nb_remote import S3Credentials

KEY, SECRET, TOKEN = "AKIAPLANTED00000", "sec-planted-0f9e8d7c", "ses-planted-1a2b3c4d"
PLANTED = (KEY, SECRET, TOKEN, "Signature=", "Credential=")


@pytest.fixture
def server(volumes):
    with AwsServer() as server:
        server.keys[KEY] = Key(SECRET, TOKEN)
        server.buckets["lab"] = Bucket(files=volumes.files)
        yield server


@pytest.fixture
def url(server):
    return f"s3://{server.host}/lab/image.zarr"


@pytest.fixture
def planted():
    return S3Credentials(KEY, SECRET, TOKEN)


def assert_clean(text):
    found = [secret for secret in PLANTED if secret in text]
    assert not found, f"{found} in {text[:300]!r}"


def test_the_scan_finds_what_is_planted():
    with pytest.raises(AssertionError, match="planted"):
        assert_clean(f"key {KEY} and {SECRET}")


def test_what_is_shown_exported_and_logged(url, planted, caplog):
    caplog.set_level(logging.DEBUG)
    dataset = nb_remote.open(url, credentials=planted)
    layer = dataset.layers[0]
    layer.levels[0][...]
    view = dataset.view()
    shown = [
        repr(dataset),
        dataset._repr_html_(),
        dataset.datasource.json(),
        repr(layer),
        repr(layer.inferred),
        repr(layer.source),
        repr(layer.source.store),
        repr(vars(layer.source)),
        str(layer.dask()),
        layer.dask().name,
        repr(view),
        repr(view.get_state()),
        repr(planted),
        repr([planted]),
        str(planted),
        f"{planted}",
        caplog.text,
    ]
    for text in shown:
        assert_clean(text)


def test_keys_of_a_profile_are_not_logged_either(server, url, caplog, monkeypatch, tmp_path):
    """botocore finds them, and logs what it reads."""
    caplog.set_level(logging.DEBUG)
    lines = [f"aws_access_key_id={KEY}", f"aws_secret_access_key={SECRET}"]
    (tmp_path / "static").write_text("\n".join(["[lab]", *lines, f"aws_session_token={TOKEN}"]))
    told = {"Version": 1, "AccessKeyId": KEY, "SecretAccessKey": SECRET, "SessionToken": TOKEN}
    (tmp_path / "told.json").write_text(json.dumps(told))
    (tmp_path / "config").write_text(
        f"[profile told]\ncredential_process = cat {tmp_path / 'told.json'}\n"
    )
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "static"))
    for profile in ("lab", "told"):
        credentials = S3Credentials(profile=profile)
        dataset = nb_remote.open(url, credentials=credentials)
        dataset.layers[0].levels[0][...]
        holder = dataset.layers[0].dask()
        for text in (caplog.text, repr(dataset), repr(credentials), repr(pickle.dumps(holder))):
            assert_clean(text)


def test_nothing_that_holds_them_is_pickled(url, planted):
    layer = nb_remote.open(url, credentials=planted).layers[0]
    for holder in (planted, layer.source, layer.source.store, layer.dask()):
        with pytest.raises(TypeError, match="pickled"):
            pickle.dumps(holder)


@pytest.mark.parametrize(
    "code",
    [
        (403, "AccessDenied"),
        (403, "SignatureDoesNotMatch"),
        (403, "InvalidAccessKeyId"),
        (400, "ExpiredToken"),
        (403, "RequestTimeTooSkewed"),
        (404, "NoSuchBucket"),
        (500, "InternalError"),
        (503, "SlowDown"),
        (301, "PermanentRedirect"),
        (400, "SomethingNew"),
        (200, f"{KEY}{SECRET}"),
    ],
)
def test_errors_and_tracebacks(server, url, planted, code, caplog):
    caplog.set_level(logging.DEBUG)
    server.refuse_next = [code] * 2000
    with pytest.raises(nb_remote.NbRemoteError) as caught:
        nb_remote.open(url, credentials=planted, timeout=0.3)
    whole = traceback.TracebackException.from_exception(caught.value, capture_locals=False)
    for text in (str(caught.value), repr(caught.value), "".join(whole.format()), caplog.text):
        assert_clean(text)


def test_a_redirect_elsewhere_carries_no_signature(server, url, planted, volumes, monkeypatch):
    with AwsServer() as other:
        other.buckets["lab"] = Bucket(files=volumes.files, public=True)
        answer = server.answer

        def redirected(asked):
            said = answer(asked)
            if asked.path.endswith("/0/0"):
                said.status, said.body = 307, b""
                said.headers["Location"] = f"http://localhost:{other.port}{asked.path}"
            return said

        monkeypatch.setattr(server, "answer", redirected)
        dataset = nb_remote.open(url, credentials=planted)
        with pytest.raises(nb_remote.NbRemoteError, match="not a public address"):
            dataset.layers[0].levels[0][...]
        assert not other.requests


@pytest.mark.parametrize(
    "target",
    [
        "precomputed://s3://lab-of-others/seg",
        "precomputed://s3+http://{other}/lab/seg",
        "precomputed://s3://{other}/lab/seg",
        "precomputed://http://{other}/lab/seg",
    ],
)
def test_data_lead_no_credentials_anywhere(amazon, server, planted, target):
    """Nor to another bucket of the same owner, nor to a server that only a person may name."""
    with AwsServer() as other:
        other.buckets["lab"] = Bucket(files={}, public=True)
        moved = target.format(other=f"localhost:{other.port}")
        server.buckets["lab"].files = {"v/info": f'{{"redirect": "{moved}"}}'.encode()}
        with pytest.raises(nb_remote.NbRemoteError):
            nb_remote.open(f"s3://{server.host}/lab/v", credentials=planted)
        asked = [*amazon.requests, *other.requests]
        assert not other.requests
        for one in asked:
            assert_clean(repr(one))


def test_data_may_lead_on_in_the_same_bucket(server, planted, volumes):
    seg = {key: body for key, body in volumes.files.items() if key.startswith("d/seg")}
    moved = f'{{"redirect": "precomputed://s3://{server.host}/lab/d/seg"}}'
    server.buckets["lab"].files = {**seg, "v/info": moved.encode()}
    dataset = nb_remote.open(f"s3://{server.host}/lab/v", credentials=planted)
    assert (dataset.layers[0].levels[0][...] == volumes.voxels["d/seg"]).all()


def test_credentials_go_unprotected_to_this_machine_only(planted):
    url = "s3+http://minio.invalid:9000/lab/image.zarr"
    with pytest.raises(nb_remote.InvalidAddress, match="allow_plain_http=True"):
        nb_remote.open(url, credentials=planted)
    consent = S3Credentials(KEY, SECRET, TOKEN, allow_plain_http=True)
    with pytest.raises(nb_remote.Unreachable):
        nb_remote.open(url, credentials=consent)
