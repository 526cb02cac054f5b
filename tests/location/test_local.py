"""From a path that a person passes to a location; text never becomes one."""

import pickle
import zipfile
from pathlib import Path, PurePosixPath

import pytest

from nb_remote.errors import InvalidAddress
from nb_remote.location.local import address_of, local_path, location_of_path
from nb_remote.location.parse import HEADER_FILES, parse_address


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "em volume.zarr"
    folder.mkdir()
    return folder


def test_a_path_gives_its_location(folder):
    location = location_of_path(folder)
    assert (location.scheme, location.host) == ("file", "")
    assert local_path(location) == folder
    assert location.display("0/c") == folder.as_uri() + "/0/c"
    assert location.name == "em volume.zarr"
    assert location.zip_path is None


@pytest.mark.parametrize("name", sorted(HEADER_FILES))
def test_a_header_file_means_its_folder(folder, name):
    assert local_path(location_of_path(folder / name)) == folder


def test_a_folder_may_be_called_like_a_header_file(folder):
    (folder / "info").mkdir()
    assert local_path(location_of_path(folder / "info")) == folder / "info"


def test_home_and_relative_paths_are_spelled_out(folder, monkeypatch):
    monkeypatch.setenv("HOME", str(folder.parent))
    monkeypatch.chdir(folder.parent)
    for path in (Path("~/em volume.zarr"), Path("em volume.zarr"), Path("a/../em volume.zarr")):
        assert local_path(location_of_path(path)) == folder


def test_a_link_keeps_its_name(folder):
    link = folder.parent / "link.zarr"
    link.symlink_to(folder)
    assert local_path(location_of_path(link)) == link


@pytest.mark.parametrize("name", ["x.zip", "x.zarr.ZIP", "x.ozx"])
def test_a_zip_file_is_told_by_its_name(tmp_path, name):
    with zipfile.ZipFile(tmp_path / name, "w"):
        pass
    for inner, inside in [("", ""), ("a/b", "a/b"), ("a/zarr.json", "a")]:
        location = location_of_path(tmp_path / name / inner)
        assert local_path(location) == tmp_path / name
        assert location.zip_path == inside


def test_a_zip_file_with_another_name_is_told_by_its_first_bytes(tmp_path):
    with zipfile.ZipFile(tmp_path / "x.zarr", "w") as file:
        file.writestr("zarr.json", "{}")
    (tmp_path / "y.zarr").write_bytes(b"PK, but no zip file")
    assert location_of_path(tmp_path / "x.zarr").zip_path == ""
    assert location_of_path(tmp_path / "y.zarr").zip_path is None


def test_a_folder_called_like_a_zip_file_is_a_folder(tmp_path):
    (tmp_path / "x.zip").mkdir()
    assert location_of_path(tmp_path / "x.zip").zip_path is None


def test_a_path_need_not_exist(tmp_path):
    assert local_path(location_of_path(tmp_path / "no" / "such")) == tmp_path / "no" / "such"


def test_a_location_of_this_machine_may_be_pickled(folder):
    location = location_of_path(folder)
    assert pickle.loads(pickle.dumps(location)) == location


@pytest.mark.parametrize("text", ["https://h/x.zarr", "s3://bucket/x"])
def test_an_address_in_a_path_is_pointed_out(text):
    with pytest.raises(InvalidAddress, match="as text"):
        location_of_path(Path(text))


def test_what_is_no_text_is_refused():
    with pytest.raises(InvalidAddress, match="can't be written"):
        location_of_path(Path("/data/\udcff.zarr"))
    with pytest.raises(InvalidAddress, match="home"):
        location_of_path(Path("~nobody-by-that-name/x"))


def test_text_is_never_taken_for_a_path(folder):
    with pytest.raises(TypeError, match=r"pathlib\.Path"):
        location_of_path(str(folder))
    for text in (str(folder), folder.as_uri()):
        with pytest.raises(InvalidAddress, match=r"pathlib\.Path"):
            address_of(text)


def test_a_person_may_mix_both(folder):
    assert address_of("https://h/x") == parse_address("https://h/x")
    assert address_of(PurePosixPath(folder)).location == location_of_path(folder)
