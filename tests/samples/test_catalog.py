"""Names, citations, and the folder in which samples are kept."""

from importlib.metadata import PackageNotFoundError

import pytest

from nb_remote import samples
from nb_remote.samples import cache, catalog, histology
from nb_remote.samples.cache import default_root, ensure_written, place_of
from nb_remote.samples.catalog import find


def test_names():
    assert samples.names() == ("brain", "histology", "procedural")


def test_every_sample_says_where_it_comes_from():
    for name in samples.names():
        assert "Licence" in samples.cite(name)
    for sample in catalog.SAMPLES:
        assert "package" in sample.citation
    assert "Fonov" in samples.cite("brain")


def test_a_wrong_name_lists_the_right_ones():
    with pytest.raises(ValueError, match=r"brain, histology, procedural\. Did you mean 'brain'\?"):
        samples.cite("brian")


def test_a_missing_package_is_named(monkeypatch, tmp_path):
    def missing(name):
        raise PackageNotFoundError(name)

    monkeypatch.delenv("NB_REMOTE_SAMPLES", raising=False)
    monkeypatch.setattr(catalog, "version", missing)
    with pytest.raises(ModuleNotFoundError, match=r'nilearn.*pip install "nb-remote\[demo\]"'):
        samples.url("brain")
    assert place_of(find("brain"), tmp_path) is None


def test_the_place_changes_with_the_package(monkeypatch):
    before = find("brain").place
    monkeypatch.setattr(catalog, "version", lambda _: "99.0")
    assert find("brain").place != before


def test_a_failed_write_leaves_nothing(tmp_path, monkeypatch):
    def fail(folder):
        folder.mkdir()
        (folder / "half").touch()
        raise OSError("disk full")

    monkeypatch.setattr(histology, "write", fail)
    sample = find("histology")
    with pytest.raises(OSError, match="disk full"):
        ensure_written(sample, tmp_path)
    assert list((tmp_path / sample.place).parent.iterdir()) == []


def test_nobody_sees_a_half_written_sample(tmp_path, monkeypatch):
    """Two write at once: the second finishes while the first is at it, and both get the same."""
    sample = find("histology")
    place = tmp_path / sample.place
    writers = []

    def write(folder):
        folder.mkdir()
        me = len(writers)
        writers.append(folder)
        assert not place.exists()
        if me == 0:
            assert ensure_written(sample, tmp_path) == place
        (folder / "writer").write_text(str(me))

    monkeypatch.setattr(histology, "write", write)
    assert ensure_written(sample, tmp_path) == place
    assert len(writers) == 2
    assert (place / "writer").read_text() == "1"
    assert [path.name for path in place.parent.iterdir()] == ["histology.zarr"]


def test_samples_are_kept_in_the_users_cache(tmp_path, monkeypatch):
    monkeypatch.setattr(cache, "_user_cache", lambda: tmp_path / "cache")
    assert default_root() == tmp_path / "cache" / "nb-remote" / "samples"
    assert default_root().is_dir()


def test_without_a_cache_a_temporary_folder_serves(tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    undo = []
    monkeypatch.setattr(cache, "_user_cache", lambda: tmp_path / "file")
    monkeypatch.setattr(cache.tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(cache.atexit, "register", lambda *call, **how: undo.append((call, how)))
    folder = default_root()
    assert folder.is_dir()
    assert folder.parent == tmp_path
    (((function, *arguments), how),) = undo
    function(*arguments, **how)
    assert not folder.exists()
