"""Whatever stands between a person and their data: one code, and a hint that is enough to go on."""

import json
import os
import ssl
import subprocess
import sys
import time
from pathlib import Path

import pytest
import trustme
import zarr
from tests.diagnosis.conftest import SECRET
from tests.precomputed.written import labels, scale, write
from tests.s3.conftest import SHARDING

import nb_remote as nbr
from nb_remote.cli import main
from nb_remote.diagnosis import diagnosing, reaching
from nb_remote.location.gcs_credentials import GcsCredentials

_DIAGNOSE = "import sys; from nb_remote.cli import main; sys.exit(main(sys.argv[1:]))"


def outcomes(found):
    return {one.name: one.outcome for one in found.steps}


def test_what_can_be_read_is_said_step_by_step(url):
    found = nbr.diagnose(url)
    assert (found.ok, found.code, found.verdict, found.hints) == (True, "ok", "it can be read", ())
    assert outcomes(found) == {
        "address": "ok",
        "name": "ok",
        "connection": "ok",
        "tls": "skipped",
        "server": "ok",
        "access": "ok",
        "formats": "ok",
        "ranges": "ok",
        "chunk": "ok",
        "missing": "ok",
        "speed": "ok",
    }
    assert found.step("formats").found == "OME-Zarr 0.4: 1 layer"
    assert found.step("chunk").found == "a chunk of 8 × 8 float32 was read and decoded"
    assert "no credentials were passed" in found.step("access").found


def test_it_costs_few_requests_more_than_opening(server, url):
    nbr.open(url)
    opening = len(server.requests)
    server.forget()
    nbr.diagnose(url)
    assert len(server.requests) <= opening + 5


def test_looking_nearby_costs_few_requests(server):
    address = server.url_of("lab/a/b/c/d.zarr")
    with pytest.raises(nbr.NotRecognised):
        nbr.open(address)
    opening = len(server.requests)
    server.forget()
    assert nbr.diagnose(address).code == "not-a-dataset"
    assert len(server.requests) <= opening + 40


def test_a_server_that_drips_is_given_up_in_time(server, url, monkeypatch):
    assert diagnosing.EXPLORE_S + diagnosing.LOOK_S < 20
    monkeypatch.setattr(diagnosing, "EXPLORE_S", 1.0)
    server.fail("*", "drip")
    server.content = {key: body.ljust(5000) for key, body in server.content.items()}
    began = time.monotonic()
    found = nbr.diagnose(url, timeout=1)
    assert time.monotonic() - began < 5
    assert found.code == "timed-out"


class TestTheWay:
    def test_a_text_that_is_no_address(self):
        found = nbr.diagnose("gopher://host/volume")
        assert (found.code, outcomes(found)) == ("invalid-address", {"address": "failed"})
        assert "https://, http://, s3:// or gs://" in found.hints[0]

    def test_a_command_with_an_address_in_it(self):
        found = nbr.diagnose("curl -u me:planted-secret https://host/volume")
        assert found.hints == ("Did you mean https://host/volume instead?",)
        assert "planted-secret" not in str(found)

    def test_a_link_of_a_viewer_is_shown_by_its_page(self):
        found = nbr.diagnose('https://viewer.org/#!{"layers":[{"source":"gs://b/x?t=planted"}]}')
        assert found.address == "https://viewer.org/"
        assert "nb_remote.open(link)" in found.hints[0]

    def test_credentials_of_another_kind(self):
        found = nbr.diagnose("s3://bucket/volume", credentials=nbr.BearerToken(SECRET))
        assert found.code == "invalid-address"
        assert found.hints == ("Pass S3Credentials.",)

    @pytest.mark.parametrize("wrong", [{"address": 3}, {"credentials": "secret"}])
    def test_misuse_raises(self, url, wrong):
        with pytest.raises(TypeError):
            nbr.diagnose(**{"address": url, **wrong})

    def test_a_name_that_is_unknown(self):
        found = nbr.diagnose("https://no-such-host.invalid/image.zarr")
        assert found.code == "unknown-host"
        assert outcomes(found) == {"address": "ok", "name": "failed"}
        assert found.hints == ("Check the host name and your network connection.",)

    def test_a_connection_that_is_refused(self, server, url):
        server.stop()
        found = nbr.diagnose(url)
        assert (found.code, found.verdict) == ("not-connected", "the host refuses the connection")
        assert outcomes(found) == {"address": "ok", "name": "ok", "connection": "failed"}

    def test_a_certificate_that_is_not_trusted(self, serve, files):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
        found = nbr.diagnose(serve(files, tls=context).url_of("lab/image.zarr"))
        assert found.code == "tls"
        assert list(outcomes(found).values()) == ["ok", "ok", "ok", "failed"]
        assert "certificate authority has to be trusted" in found.hints[0]
        assert "SSL_CERT_FILE" in found.hints[0]

    def test_a_certificate_that_is_trusted_as_the_hint_says(self, serve, files, tmp_path):
        authority, context = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("127.0.0.1").configure_cert(context)
        authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
        url = serve(files, tls=context).url_of("lab/image.zarr")
        said = subprocess.run(
            [sys.executable, "-c", _DIAGNOSE, "diagnose", url],
            env={**os.environ, "SSL_CERT_FILE": str(tmp_path / "ca.pem")},
            capture_output=True,
            text=True,
            check=False,
        )
        assert "it can be read" in said.stdout, said.stderr

    def test_https_where_only_http_is_spoken(self, url):
        found = nbr.diagnose(url.replace("http:", "https:"))
        assert (found.code, found.hints) == ("tls", ("Perhaps it speaks http:// only.",))

    def test_a_server_that_goes_silent(self, server, url):
        server.fail("*", "hang")
        found = nbr.diagnose(url, timeout=0.3)
        assert (found.code, found.steps[-1].name) == ("timed-out", "server")

    @pytest.mark.parametrize(
        ("fault", "code"),
        [("500", "server-failed"), ("429", "throttled"), ("garbage", "server-failed")],
    )
    def test_a_server_that_fails(self, server, url, fault, code):
        server.fail("*", fault)
        found = nbr.diagnose(url, timeout=0.3)
        assert (found.code, found.steps[-1].name) == (code, "server")


class TestWhoAsks:
    def test_forgotten_credentials(self, serve, files):
        found = nbr.diagnose(serve(files, bearer=SECRET).url_of("lab/image.zarr"))
        assert (found.code, found.steps[-1].name) == ("credentials-needed", "access")
        assert "nb_remote.BearerToken(token)" in found.hints[0]

    def test_credentials_that_are_wrong_or_expired(self, serve, files):
        url = serve(files, bearer=SECRET).url_of("lab/image.zarr")
        found = nbr.diagnose(url, credentials=nbr.BearerToken("tok-of-yesterday"))
        assert found.code == "credentials-refused"
        assert "a token may have expired" in found.hints[0]

    def test_credentials_that_are_right(self, serve, files):
        url = serve(files, bearer=SECRET).url_of("lab/image.zarr")
        found = nbr.diagnose(url, credentials=nbr.BearerToken(SECRET))
        assert found.code == "ok"
        assert found.step("access").found == "BearerToken was not refused"

    def test_nobody_is_refused(self, server, url):
        server.fail("*", "403")
        found = nbr.diagnose(url)
        assert found.code == "access-denied"
        assert "nb_remote.BasicAuth(user, password)" in found.hints[0]

    def test_these_credentials_are_refused(self, server, url):
        server.fail("*", "403")
        found = nbr.diagnose(url, credentials=nbr.BasicAuth("me", SECRET))
        assert found.code == "credentials-not-enough"
        assert "These credentials may not read it" in found.hints[0]

    def test_a_link_whose_signature_may_have_expired(self, serve, files):
        address = serve(files, token="fresh").url_of("lab/image.zarr")
        found = nbr.diagnose(f"{address}?token=stale")
        assert found.code == "access-denied"
        assert "get a new link" in found.hints[0]


class TestWhatLiesThere:
    def test_an_address_inside_a_volume(self, url):
        found = nbr.diagnose(f"{url}/0/0")
        assert found.code == "near-miss"
        assert found.hints == (f"Did you mean {url} instead? The address lies in it.",)

    @pytest.mark.parametrize("wrong", ["image", "Image.zarr", "image.n5"])
    def test_a_name_with_another_ending(self, server, url, wrong):
        found = nbr.diagnose(server.url_of(f"lab/{wrong}"))
        assert (found.code, found.hints) == ("near-miss", (f"Did you mean {url}?",))
        assert found.step("nearby").details == (url,)

    @pytest.mark.parametrize("wrong", ["lab/imaeg.zarr", "lav/image.zarr", "lab/imag.zarr"])
    def test_a_typing_mistake_where_the_server_lists(self, server, url, wrong):
        pages = {"": b'<a href="lab/">lab/</a>', "lab/": b'<a href="image.zarr/">image.zarr/</a>'}

        def listing(request):
            page = pages.get(request.path)
            return None if page is None else (200, b"<html><title>Index of /</title>" + page)

        server.listing = listing
        found = nbr.diagnose(server.url_of(wrong))
        assert (found.code, found.hints) == ("near-miss", (f"Did you mean {url}?",))

    def test_a_folder_that_is_there_is_no_mistyped_one(self, tmp_path):
        for name in ("scans1", "scans2", "scans3.txt"):
            (tmp_path / name / "pictures").mkdir(parents=True)
        found = nbr.diagnose(tmp_path / "scans1")
        assert found.code == "not-a-dataset"
        assert "It holds pictures" in found.hints[0]
        (tmp_path / "scans1.zarr").mkdir()
        assert "scans1.zarr?" in nbr.diagnose(tmp_path / "scans1").hints[0]

    def test_files_are_not_meant(self, tmp_path):
        (tmp_path / "image.txt").write_text("notes")
        assert nbr.diagnose(tmp_path / "image.zarr").code == "not-found"

    def test_nothing_at_all(self, server):
        found = nbr.diagnose(server.url_of("x/y"))
        assert found.code == "not-a-dataset"
        assert any("there is no .zattrs" in one for one in found.step("formats").details)
        assert "it should be the folder of the volume itself" in found.hints[0]

    def test_a_web_page(self, server, url):
        server.fail("*", "login200")
        found = nbr.diagnose(url)
        assert found.code == "web-page"
        assert found.hints == ("Is this a viewer's address, or does it need a login?",)

    def test_metadata_that_are_broken(self, server, url):
        server.content["lab/image.zarr/.zattrs"] = b"{"
        server.content["lab/image.zarr/0/.zarray"] = b"{"
        assert nbr.diagnose(url).step("formats").outcome == "failed"

    def test_a_folder_of_this_machine(self, files, tmp_path):
        for key, body in files.items():
            (tmp_path / key).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / key).write_bytes(body)
        found = nbr.diagnose(tmp_path / "lab" / "image.zarr")
        assert outcomes(found) == {"address": "ok", "formats": "ok", "chunk": "ok"}
        near = nbr.diagnose(tmp_path / "lab" / "imaje.zarr")
        assert near.code == "near-miss"
        assert near.step("nearby").details[0].endswith("/lab/image.zarr")


class TestVoxels:
    def test_no_ranges_where_chunks_are_objects(self, server, url):
        server.fail("*", "norange")
        found = nbr.diagnose(url)
        assert found.code == "ok"
        assert found.step("ranges").outcome == "warning"
        assert "the server does not support ranges" in found.verdict

    def test_no_ranges_where_chunks_lie_in_shards(self, serve):
        data = labels((21, 17, 11, 1), "uint64")
        stored = write(scale(sharding=SHARDING), data=[data], kind="segmentation")
        server = serve({f"seg/{key}": body for key, body in stored.items()})
        assert nbr.diagnose(server.url_of("seg")).code == "ok"
        server.fail("*", "norange")
        found = nbr.diagnose(server.url_of("seg"))
        assert found.code == "no-ranges"
        assert "understands Range requests" in found.hints[0]

    def test_ranges_that_are_wrong(self, server, url):
        server.fail("*", "wrongrange")
        assert nbr.diagnose(url).step("ranges").outcome == "warning"

    def test_a_chunk_that_is_refused(self, server, url):
        server.fail("lab/image.zarr/[01]/[0-9]*", "403")
        found = nbr.diagnose(url)
        assert (found.code, found.steps[-1].outcome) == ("access-denied", "ok")
        assert found.step("chunk").outcome == "failed"
        assert "The metadata can be read, this chunk not" in found.hints[0]

    def test_a_chunk_that_is_damaged(self, server, url):
        for key in server.content:
            if not key.rpartition("/")[2].startswith("."):
                server.content[key] = server.content[key][:20]
        found = nbr.diagnose(url)
        assert (found.code, found.step("chunk").outcome) == ("corrupt-chunk", "failed")

    def test_chunks_that_do_not_exist(self, server, url):
        server.content = {key: body for key, body in server.content.items() if "/." in key}
        found = nbr.diagnose(url)
        assert found.code == "ok"
        assert "do not exist: they read as 0.0" in found.step("chunk").found

    def test_a_missing_chunk_that_would_be_refused(self, server, url):
        server.missing = "403"
        found = nbr.diagnose(url)
        assert found.code == "ok"
        assert found.step("missing").outcome == "warning"
        assert "missing_on_403=True" in found.hints[0]

    def test_a_missing_chunk_that_would_be_a_page(self, server, url):
        server.missing = "page"
        found = nbr.diagnose(url)
        assert "what does not exist is answered with a web page" in found.verdict

    def test_a_codec_that_is_unknown(self, server, url):
        for key in ("0", "1"):
            name = f"lab/image.zarr/{key}/.zarray"
            document = {**json.loads(server.content[name]), "compressor": {"id": "made-up"}}
            server.content[name] = json.dumps(document).encode()
        found = nbr.diagnose(url)
        assert found.code == "unsupported-codec"
        assert "made-up" in found.verdict

    def test_one_chunk_that_is_huge_is_not_read(self, serve):
        store = zarr.storage.MemoryStore()
        zarr.create_array(
            store, shape=(2**14, 2**13), chunks=(2**14, 2**13), dtype="u1", fill_value=0
        )
        files = {f"a/{key}": one.to_bytes() for key, one in store._store_dict.items()}
        found = nbr.diagnose(serve(files).url_of("a"))
        assert found.step("chunk").outcome == "skipped"


class TestBuckets:
    def test_the_region_is_found_out(self, aws, keys):
        found = nbr.diagnose(f"s3+http://{aws.host}/lab-private/image.zarr", credentials=keys)
        assert found.code == "ok"
        assert found.step("bucket").found == "the bucket lab-private is there, in region eu-west-1"

    def test_a_wrong_region_is_said_and_does_no_harm(self, aws):
        wrong = nbr.S3Credentials("AKIAFIXTURE", SECRET, region="us-west-2")
        found = nbr.diagnose(f"s3+http://{aws.host}/lab-private/image.zarr", credentials=wrong)
        assert found.code == "ok"
        assert "in region eu-west-1, not us-west-2" in found.verdict

    def test_what_was_found_out_of_the_server_is_what_is_told(self, aws, keys):
        found = nbr.diagnose(f"s3://{aws.host}/lab-private/image.zarr", credentials=keys)
        assert found.code == "ok"
        assert found.step("tls").found == "plain http:// is not protected"
        assert found.step("connection").found.endswith(f"at port {aws.port}")

    def test_a_profile_that_is_not_there_is_asked_for_nowhere(self, aws, monkeypatch, tmp_path):
        monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
        monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
        lap = nbr.S3Credentials(profile="lap")
        found = nbr.diagnose(f"s3+http://{aws.host}/lab-private/image.zarr", credentials=lap)
        assert (found.code, found.steps[-1].name) == ("credentials-refused", "access")
        assert found.step("server").found == "nothing was asked"
        assert aws.requests == []

    def test_a_wrong_bucket(self, aws, keys):
        found = nbr.diagnose(f"s3+http://{aws.host}/lab-privat/image.zarr", credentials=keys)
        assert (found.code, found.steps[-1].name) == ("no-bucket", "bucket")
        assert "Check its name" in found.hints[0]

    def test_a_wrong_bucket_where_the_keys_may_list_buckets(self, aws, keys):
        aws.may_list_buckets = True
        url = f"s3+http://{aws.host}/lab-privat/image.zarr"
        found = nbr.diagnose(url, credentials=keys)
        there = (url.replace("privat", "private"), url.replace("privat", "public"))
        assert found.code == "no-bucket"
        assert (
            found.step("bucket").found == f"the server http://{aws.host} has no bucket 'lab-privat'"
        )
        assert found.step("nearby").details[0] == there[0]
        assert found.hints[0].startswith(f"Did you mean {there[0]}")
        nothing_like_it = nbr.diagnose(f"s3+http://{aws.host}/xyz/image.zarr", credentials=keys)
        assert nothing_like_it.code == "no-bucket"
        assert "Check its name" in nothing_like_it.hints[0]
        assert nothing_like_it.step("bucket").details == (
            "these credentials may list 2 buckets: no name is like it",
        )

    def test_a_bucket_like_it_is_asked_for_by_nobody_without_keys(self, aws):
        aws.may_list_buckets = True
        found = nbr.diagnose(f"s3+http://{aws.host}/lab-publi/image.zarr")
        assert (found.code, found.steps[-1].details) == ("no-bucket", ())
        assert all(one.path != "/" for one in aws.requests)

    def test_a_wrong_bucket_of_google(self, gcs):
        account = GcsCredentials(gcs.service_account(), endpoint=gcs.url)
        found = nbr.diagnose("gs://labb/image.zarr", credentials=account)
        assert found.code == "no-bucket"
        assert found.step("bucket").found == "there is no bucket 'labb'"
        assert found.hints == (f"Did you mean gs+{gcs.url}/lab/image.zarr?",)

    @pytest.mark.parametrize("may_list", [True, False])
    def test_a_bucket_of_google_where_no_other_can_be_named(self, gcs, may_list):
        gcs.may_list = may_list  # a token tells no project, so that nothing is listed either
        gcs.valid.add("ya29.given")
        account = GcsCredentials(gcs.service_account(), endpoint=gcs.url)
        for who in (GcsCredentials(token="ya29.given", endpoint=gcs.url), account)[: 2 - may_list]:
            found = nbr.diagnose("gs://labb/image.zarr", credentials=who)
            assert (found.code, found.steps[-1].name) == ("no-bucket", "bucket")
            assert "Check the name of the bucket" in found.hints[0]

    def test_a_private_bucket(self, aws):
        found = nbr.diagnose(f"s3+http://{aws.host}/lab-private/image.zarr")
        assert (found.code, found.steps[-1].name) == ("access-denied", "access")
        assert "nb_remote.S3Credentials(key, secret)" in found.hints[0]

    @pytest.mark.parametrize(
        ("secret", "expired", "says"),
        [("wrong", False, "the secret does not belong"), (SECRET, True, "token has expired")],
    )
    def test_keys_that_are_wrong_or_expired(self, aws, secret, expired, says):
        aws.keys["AKIAFIXTURE"].expired = expired
        keys = nbr.S3Credentials("AKIAFIXTURE", secret)
        found = nbr.diagnose(f"s3+http://{aws.host}/lab-private/image.zarr", credentials=keys)
        assert (found.code, found.steps[-1].name) == ("credentials-refused", "access")
        assert says in found.verdict

    def test_a_wrong_name_in_a_bucket_that_may_not_be_listed(self, aws):
        root = f"s3+http://{aws.host}/lab-public"
        found = nbr.diagnose(f"{root}/image")
        assert (found.code, found.hints) == ("near-miss", (f"Did you mean {root}/image.zarr?",))
        assert nbr.diagnose(f"{root}/other").code == "access-denied"
        assert nbr.diagnose(f"{root}/image.zarr").step("missing").outcome == "warning"

    def test_a_bucket_of_google(self, gcs):
        account = GcsCredentials(gcs.service_account(), endpoint=gcs.url)
        nobody = GcsCredentials(endpoint=gcs.url)
        assert nbr.diagnose("gs://lab/image.zarr", credentials=account).code == "ok"
        near = nbr.diagnose("gs://lab/imag.zarr", credentials=account)
        assert near.code == "near-miss"
        denied = nbr.diagnose("gs://lab/image.zarr", credentials=nobody)
        assert denied.code == "access-denied"
        stale = GcsCredentials(token="ya29.stale", endpoint=gcs.url)
        found = nbr.diagnose("gs://lab/image.zarr", credentials=stale)
        assert found.code == "credentials-refused"
        assert "gcloud auth print-access-token" in found.hints[0]


class TestProviders:
    """Credentials that a provider gives, or not."""

    @pytest.fixture
    def private(self, serve, files):
        return serve(dict(files), bearer=SECRET)

    def test_what_a_provider_gives_opens_it(self, private):
        nbr.register_credentials("diagnosis, good", lambda: nbr.BearerToken(SECRET))
        good = nbr.ProvidedCredentials("diagnosis, good")
        found = nbr.diagnose(private.url_of("lab/image.zarr"), credentials=good)
        assert found.code == "ok"
        assert found.step("access").found == "ProvidedCredentials was not refused"

    def test_where_none_is_registered_nobody_is_asked_and_the_line_is_said(self, private):
        nobody = nbr.ProvidedCredentials("diagnosis, nobody")
        found = nbr.diagnose(private.url_of("lab/image.zarr"), credentials=nobody)
        assert (found.code, found.steps[-1].name) == ("bad-credentials", "access")
        assert "register_credentials('diagnosis, nobody', provider)" in found.hints[0]
        assert found.step("server").found == "nothing was asked"
        assert private.requests == []

    def test_what_a_provider_gives_is_refused(self, private):
        nbr.register_credentials("diagnosis, bad", lambda: nbr.BearerToken("wrong-0123456789"))
        bad = nbr.ProvidedCredentials("diagnosis, bad")
        found = nbr.diagnose(private.url_of("lab/image.zarr"), credentials=bad)
        assert (found.code, found.steps[-1].name) == ("credentials-refused", "access")


class TestWhatIsShown:
    def test_no_secret(self, server):
        server.fail("*", "403", headers={"Server": f"leaks {SECRET}"})
        address = server.url_of("lab/image.zarr") + f"?sig={SECRET}"
        found = nbr.diagnose(address, credentials=nbr.BasicAuth("me", SECRET))
        for text in (repr(found), str(found), found._repr_html_(), repr(found.steps)):
            assert SECRET not in text
        assert "calls itself leaks ***" in found.step("server").found

    def test_no_markup_of_a_stranger(self, server, url):
        server.fail("*", "closing", headers={"Server": "<script>alert(1)</script>"})
        html = nbr.diagnose(url)._repr_html_()
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
        assert "<script" not in html

    def test_the_text_says_what_failed_and_what_to_try(self, server, url):
        server.fail("*", "403")
        lines = repr(nbr.diagnose(url)).splitlines()
        assert lines[0] == f"{url}: the server answered 403 (Forbidden)"
        assert lines[-2] == "  failed  access      the server answered 403 (Forbidden)"
        assert lines[-1].startswith("What to try: The data may be private")

    def test_the_command_line(self, server, url, capsys):
        assert main(["diagnose", url]) == 0
        assert capsys.readouterr().out.startswith(f"{url}: it can be read\n")
        server.fail("*", "403")
        assert main(["diagnose", url, "--json"]) == 1
        told = json.loads(capsys.readouterr().out)
        assert (told["ok"], told["code"], told["steps"][-1]["name"]) == (
            False,
            "access-denied",
            "access",
        )


def test_every_code_of_its_own_is_documented():
    words = Path(__file__).parents[2].joinpath("docs", "credentials.md").read_text()
    own = {*reaching._CODES.values(), "no-ranges", "near-miss", "web-page", "no-bucket", "ok"}
    own |= {"credentials-needed", "credentials-not-enough"}
    assert [code for code in sorted(own) if f"`{code}`" not in words] == []
