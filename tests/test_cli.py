"""``nb-remote inspect`` and ``diagnose``: what is printed where, who asks, and the exit status."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from nb_remote.cli import main
from nb_remote.datasource.model import DataSource
from nb_remote.location import origins
from tests.servers.aws import AwsServer, Bucket, Key
from tests.servers.gcs import GcsServer
from tests.volumes.documents import PATH, documents, files, with_labels


@pytest.fixture
def url(serve):
    return serve(files(with_labels(documents("zyx"), gone=None))).url_of(PATH)


@pytest.fixture
def inspect(capsys):
    """``inspect(*words)`` returns status, standard output and error."""

    def run(*words):
        status = main(["inspect", *words])
        return status, *capsys.readouterr()

    return run


def test_the_table_goes_to_standard_output(inspect, url):
    status, out, err = inspect(url)
    assert status == 0
    assert out.startswith("Dataset with 1 layer\n")
    assert "voxel size" in out
    assert "labels-gone" in out
    assert err == ""


def test_json_is_the_datasource_alone_and_what_failed_goes_to_standard_error(inspect, url):
    status, out, err = inspect(url, "--json")
    assert status == 0
    assert [one.name for one in DataSource.model_validate_json(out).data_layers] == ["image.zarr"]
    assert "labels/gone/.zattrs" in err


def test_several_addresses_make_one_dataset(inspect, url):
    status, out, _ = inspect(url, url, "--json")
    assert status == 0
    names = [one["name"] for one in json.loads(out)["dataLayers"]]
    assert names == ["image.zarr", "image.zarr_2"]


def test_an_address_that_fails_among_others_is_said_and_the_rest_printed(inspect, url):
    status, out, err = inspect(url, f"{url}/wrong", "--json")
    assert status == 0
    assert json.loads(out)["dataLayers"]
    assert f"{url}/wrong" in err


def test_an_error_goes_to_standard_error_with_status_1(inspect, url):
    status, out, err = inspect(f"{url}/wrong")
    assert status == 1
    assert out == ""
    assert err.startswith("nb-remote: nothing was found there")
    assert "Traceback" not in err


def test_an_error_as_json_is_json(inspect, url):
    status, out, err = inspect(f"{url}/wrong", "--json")
    assert status == 1
    assert json.loads(out)["error"]["code"] == "not-recognised"
    assert err == ""


def test_the_timeout_is_passed_on(inspect, serve):
    server = serve({})
    server.fail("*", "hang")
    status, _, err = inspect(server.url_of(PATH), "--timeout", "0.1")
    assert status == 1
    assert "went silent" in err


@pytest.fixture
def folder(tmp_path, monkeypatch):
    for path, content in files(documents("zyx")).items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(content)
    monkeypatch.chdir(tmp_path)
    return tmp_path / PATH


def test_a_path_that_a_person_types_is_opened(inspect, folder):
    for words in (
        str(folder),
        f"./{PATH}",
        PATH,
        f"{PATH}/.zattrs",
        f"../{folder.parts[-2]}/{PATH}",
    ):
        status, out, err = inspect(words)
        assert (status, err) == (0, "")
        assert folder.as_uri() in out


def test_a_path_that_is_not_there_says_what_is(inspect, folder):
    status, _, err = inspect("./no/such.zarr")
    assert status == 1
    assert str(folder.parent) in err
    status, _, err = inspect(f"file://{folder}")
    assert status == 1
    assert "pathlib.Path" in err


def test_a_token_is_printed_nowhere(inspect, serve):
    server = serve(files(documents("zyx")), token="tok-1a2b3c4d")
    for words in ([], ["--json"]):
        status, out, err = inspect(f"{server.url_of(PATH)}?token=tok-1a2b3c4d", *words)
        assert status == 0
        assert "tok-1a2b3c4d" not in out + err


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["inspect"],
        ["look", "http://h/x"],
        ["inspect", "http://h/x", "--timeout", "soon"],
        ["inspect", "http://h/x", "--timeout", "0"],
        ["inspect", "http://h/x", "--timeout", "-1"],
        ["inspect", "http://h/x", "--timeout", "nan"],
        ["inspect", "http://h/x", "--profile", ""],
        ["inspect", "http://h/x", "--profile", "lab", "--token-env", "TOKEN"],
        ["diagnose", "http://h/x", "--default-credentials", "--netrc", "f"],
    ],
)
def test_wrong_usage_is_status_2_with_the_usage_on_standard_error(words, capsys):
    with pytest.raises(SystemExit) as exit_:
        main(words)
    assert exit_.value.code == 2
    assert "usage: nb-remote" in capsys.readouterr().err


def test_the_installed_command_works_and_ends_quietly(url):
    command = Path(sys.executable).with_name("nb-remote")
    done = subprocess.run(
        [command, "inspect", url, "--json"], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0
    assert json.loads(done.stdout)["dataLayers"]
    assert done.stderr.count("nb-remote: ") == 1
    assert "Traceback" not in done.stderr
    assert "Unclosed" not in done.stderr


class TestWhoAsks:
    """Each way to say who asks, with both commands, at a server that lets in nobody else."""

    @pytest.fixture(params=["inspect", "diagnose"])
    def run(self, request, capsys):
        """``run(*words)`` returns status and all output."""

        def main_with(*words):
            status = main([request.param, *words])
            return status, "".join(capsys.readouterr())

        return main_with

    @pytest.fixture
    def private(self, serve):
        return serve(files(documents("zyx")), bearer="tok-1a2b3c4d")

    @pytest.fixture
    def keys(self, tmp_path, monkeypatch):
        """A profile of the AWS tools, which is the default one, too."""
        path = tmp_path / "credentials"
        lines = "aws_access_key_id=AKIACLI0000\naws_secret_access_key=secret-0a1b2c3d"
        path.write_text(f"[lab]\n{lines}\n[default]\n{lines}\n")
        monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(path))
        monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
        monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")

    @pytest.fixture
    def aws(self, keys):
        with AwsServer() as server:
            server.buckets["lab"] = Bucket(files=files(documents("zyx")))
            server.keys["AKIACLI0000"] = Key("secret-0a1b2c3d")
            yield server

    def test_nobody_unless_it_is_said(self, run, private, aws):
        for url in (private.url_of(PATH), f"s3+http://{aws.host}/lab/{PATH}"):
            assert run(url)[0] == 1
        assert not [one for one in private.requests if "authorization" in one.headers]
        assert not [one for one in aws.requests if "Authorization" in one.headers]

    def test_a_token_in_a_file(self, run, private, tmp_path):
        (tmp_path / "token").write_text("tok-1a2b3c4d\n")
        status, said = run(private.url_of(PATH), "--token-file", str(tmp_path / "token"))
        assert status == 0
        assert "tok-1a2b3c4d" not in said

    def test_a_token_in_an_environment_variable(self, run, private, monkeypatch):
        monkeypatch.setenv("LAB_TOKEN", "tok-1a2b3c4d")
        assert run(private.url_of(PATH), "--token-env", "LAB_TOKEN")[0] == 0

    def test_a_token_for_google(self, run, monkeypatch):
        stored = {f"lab/{key}": body for key, body in files(documents("zyx")).items()}
        with GcsServer(stored) as server:
            monkeypatch.setattr(origins, "GOOGLE_ORIGIN", server.url)
            monkeypatch.setenv("LAB_TOKEN", "ya29.given")
            server.valid.add("ya29.given")
            assert run(f"gs://lab/{PATH}", "--token-env", "LAB_TOKEN")[0] == 0

    @pytest.mark.parametrize("pays", [[], ["--requester-pays"]])
    def test_what_googles_tools_find(self, run, monkeypatch, tmp_path, pays):
        stored = {f"lab/{key}": body for key, body in files(documents("zyx")).items()}
        with GcsServer(stored, payers=["lab"] if pays else []) as server:
            monkeypatch.setattr(origins, "GOOGLE_ORIGIN", server.url)
            (tmp_path / "key.json").write_text(json.dumps(server.service_account()))
            monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tmp_path / "key.json"))
            assert run(f"gs://lab/{PATH}", "--default-credentials", *pays)[0] == 0

    def test_user_and_password_of_a_netrc_file(self, run, serve, tmp_path):
        server = serve(files(documents("zyx")), basic_auth=("me", "pass-1a2b3c4d"))
        text = "machine elsewhere.org login me password other\n"
        (tmp_path / "netrc").write_text(text)
        status, said = run(server.url_of(PATH), "--netrc", str(tmp_path / "netrc"))
        assert status == 1
        assert "machine 127.0.0.1 login USER password PASSWORD" in said
        assert server.requests == []
        text += "machine 127.0.0.1\n  login me\n  password pass-1a2b3c4d\n"
        (tmp_path / "netrc").write_text(text)
        status, said = run(server.url_of(PATH), "--netrc", str(tmp_path / "netrc"))
        assert status == 0
        assert "pass-1a2b3c4d" not in said

    @pytest.mark.parametrize("way", [["--profile", "lab"], ["--default-credentials"]])
    def test_keys_that_the_aws_tools_find(self, run, aws, way):
        url = f"s3+http://{aws.host}/lab/{PATH}"
        assert run(url, *way)[0] == 0
        aws.buckets["lab"].requester_pays = True
        assert run(url, *way)[0] == 1
        assert run(url, *way, "--requester-pays")[0] == 0

    def test_who_pays_has_to_say_who_they_are(self, run, aws):
        status, said = run(f"s3+http://{aws.host}/lab/{PATH}", "--requester-pays")
        assert status == 1
        assert "--profile or --default-credentials" in said
        assert aws.requests == []

    @pytest.mark.parametrize(
        ("way", "says"),
        [
            (["--token-env", "NB_REMOTE_UNSET"], "NB_REMOTE_UNSET is empty or not there"),
            (["--token-file", "none"], "none can't be read: No such file or directory"),
            (["--token-file", "."], ". can't be read: Is a directory"),
            (["--token-file", "binary"], "binary can't be read: it is no text"),
            (["--token-file", "huge"], "huge can't be read: it has more than 65536 bytes"),
            (["--token-file", "lines"], "lines holds more than a token"),
            (["--netrc", "lines"], "the file lines is no netrc"),
            (["--netrc", "none"], "none can't be read"),
            (["--profile", "lab"], "--profile is not for such an address"),
            (["--default-credentials"], "--default-credentials is not for such an address"),
        ],
    )
    def test_what_holds_no_credentials_is_said_and_nobody_asked(
        self, run, private, tmp_path, monkeypatch, way, says
    ):
        monkeypatch.chdir(tmp_path)
        (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
        (tmp_path / "huge").write_text("x" * 70_000)
        (tmp_path / "lines").write_text("hush-one-0123456789\nhush-two-0123456789\n")
        for words in ([], ["--json"]):
            status, said = run(private.url_of(PATH), *way, *words)
            assert status == 1
            assert says in said
            assert "hush" not in said
        assert private.requests == []

    def test_each_address_gets_what_is_for_its_kind(self, inspect, serve, aws):
        public = serve(files(documents("zyx")))
        bucket = f"s3+http://{aws.host}/lab/{PATH}"
        status, out, _ = inspect(public.url_of(PATH), bucket, "--profile", "lab", "--json")
        assert status == 0
        assert len(json.loads(out)["dataLayers"]) == 2
        assert not [one for one in public.requests if "authorization" in one.headers]
