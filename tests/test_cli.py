"""``nb-remote inspect``: what it prints where, and its exit status."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from nb_remote.cli import main
from nb_remote.datasource.model import DataSource
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
