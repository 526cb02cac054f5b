"""Volumes in buckets, voxel for voxel, with the whole of nb_remote around."""

import json
import pickle

import numpy as np
import pytest
from tests.explore.test_requests import PROBES
from tests.precomputed import written
from tests.volumes import ome_zarr

import nb_remote
from nb_remote.errors import AccessDenied, CredentialsRefused, InvalidAddress, NotFound
from nb_remote.location.gcs_credentials import GcsCredentials
from nb_remote.threads import run


def in_bucket(files, bucket="lab"):
    return {f"{bucket}/{path}": body for path, body in files.items()}


@pytest.fixture
def image(serve_gcs):
    """An OME-Zarr image in a private bucket, its server, and credentials that may read it."""
    volume = ome_zarr.write("czyx")
    server = serve_gcs(in_bucket(volume.files))
    return volume, server, GcsCredentials(server.service_account(), endpoint=server.url)


@pytest.fixture
def sharded(serve_gcs):
    """A sharded precomputed volume of labels, likewise."""
    voxels = written.labels((40, 33, 17, 1), "uint64")
    sharding = {
        "@type": "neuroglancer_uint64_sharded_v1",
        "preshift_bits": 1,
        "hash": "murmurhash3_x86_128",
        "minishard_bits": 2,
        "shard_bits": 1,
        "minishard_index_encoding": "gzip",
        "data_encoding": "gzip",
    }
    scale = written.scale(
        voxels.shape[:3],
        encoding="compressed_segmentation",
        compressed_segmentation_block_size=[8, 8, 8],
        sharding=sharding,
    )
    files = written.write(scale, data=[voxels], kind="segmentation")
    server = serve_gcs(in_bucket(written.below("seg", files)))
    return voxels, server, GcsCredentials(server.service_account(), endpoint=server.url)


def test_a_private_ome_zarr_image_is_read_voxel_for_voxel(image):
    volume, server, credentials = image
    dataset = nb_remote.open(f"gs://lab/{volume.path}", credentials=credentials)
    label = next(iter(volume.labels.values()))
    for layer, stored in zip(dataset.layers, (volume.levels, label), strict=True):
        for level, expected in zip(layer.levels, stored, strict=True):
            assert np.array_equal(level[...], expected)
    assert server.tokens_asked() == 1


def test_opening_asks_what_is_asked_of_a_web_server(image, serve):
    volume, server, credentials = image
    web = serve(volume.files)
    nb_remote.open(web.url_of(volume.path))
    nb_remote.open(f"gs://lab/{volume.path}", credentials=credentials)
    asked = [one.path.removeprefix("lab/") for one in server.objects_asked()]
    assert sorted(asked) == sorted(web.paths())


@pytest.mark.parametrize("told", [False, True])
def test_an_account_that_may_not_list_reads_gaps_only_when_told_so(serve_gcs, told):
    voxels = written.noise((21, 17, 11, 1), "uint16")
    files = in_bucket(written.below("em", written.write(written.scale(), data=[voxels])))
    gap = next(path for path in files if "0-8_0-8_0-4" in path)
    del files[gap]
    server = serve_gcs(files)
    server.may_list = False
    credentials = GcsCredentials(server.service_account(), endpoint=server.url)
    dataset = nb_remote.open("gs://lab/em", credentials=credentials, missing_on_403=told)
    level = dataset.layers[0].levels[0]
    if told:
        voxels[:8, :8, :4] = 0
        assert np.array_equal(level[...], voxels[..., 0])
    else:
        with pytest.raises(AccessDenied, match=r"seems to be missing.*missing_on_403=True"):
            level[...]


def test_a_private_sharded_volume_is_read_voxel_for_voxel(sharded):
    voxels, server, credentials = sharded
    dataset = nb_remote.open("gs://lab/seg", credentials=credentials)
    assert np.array_equal(dataset.layers[0].levels[0][...], voxels[..., 0])
    assert any(one.range for one in server.objects_asked())


@pytest.mark.parametrize("spelling", ["gs+{url}/lab/{path}", "precomputed://gs://lab/{path}"])
def test_other_spellings_of_a_bucket_are_read(sharded, spelling):
    voxels, server, credentials = sharded
    address = spelling.format(url=server.url, path="seg")
    dataset = nb_remote.open(address, credentials=credentials)
    assert np.array_equal(dataset.layers[0].levels[0][...], voxels[..., 0])


def test_a_volume_outlives_its_token(sharded):
    voxels, server, credentials = sharded
    dataset = nb_remote.open("gs://lab/seg", credentials=credentials)
    server.valid.clear()
    assert np.array_equal(dataset.layers[0].levels[0][...], voxels[..., 0])
    assert server.tokens_asked() == 2


def test_a_public_volume_needs_no_credentials(serve_gcs):
    volume = ome_zarr.write("zyx")
    server = serve_gcs(in_bucket(volume.files), public=("lab",))
    dataset = nb_remote.open(f"gs+{server.url}/lab/{volume.path}")
    assert np.array_equal(dataset.layers[0].levels[0][...], volume.levels[0])
    assert not any("authorization" in one.headers for one in server.requests)


def test_chunks_that_are_stored_in_gzip_are_read(serve_gcs):
    """As cloud-volume writes them: ``Content-Encoding: gzip`` on every chunk."""
    voxels = written.noise((21, 17, 11, 1), "uint16")
    files = in_bucket(written.below("em", written.write(written.scale(), data=[voxels])))
    server = serve_gcs(files, public=("lab",), gzipped=r"lab/em/\d.*")
    dataset = nb_remote.open(f"gs+{server.url}/lab/em")
    assert np.array_equal(dataset.layers[0].levels[0][...], voxels[..., 0])


def test_a_forgotten_credential_is_told_with_the_next_step(image):
    volume, server, _ = image
    with pytest.raises(AccessDenied, match=r"not public.*GcsCredentials"):
        nb_remote.open(f"gs+{server.url}/lab/{volume.path}")


def test_a_wrong_bucket_is_told_from_a_wrong_path(image):
    volume, _, credentials = image
    with pytest.raises(NotFound, match="no bucket 'laboratory'"):
        nb_remote.open(f"gs://laboratory/{volume.path}", credentials=credentials)
    with pytest.raises(nb_remote.NotRecognised):
        nb_remote.open("gs://lab/other", credentials=credentials)


def test_refused_credentials_end_the_search_at_once(image):
    volume, server, _ = image
    credentials = GcsCredentials(token="ya29.of-yesterday-01234", endpoint=server.url)
    with pytest.raises(CredentialsRefused, match="has expired"):
        nb_remote.open(f"gs://lab/{volume.path}", credentials=credentials)
    assert len(server.requests) == len(PROBES)


def test_a_bucket_that_vanishes_is_an_error_and_no_fill_value(sharded):
    _, server, credentials = sharded
    dataset = nb_remote.open("gs://lab/seg", credentials=credentials)
    server.buckets.clear()
    with pytest.raises(NotFound, match="no bucket 'lab'"):
        dataset.layers[0].levels[0][...]


def test_data_of_strangers_name_buckets_but_get_no_credentials(image):
    volume, _, credentials = image
    source = nb_remote.open(f"gs://lab/{volume.path}", credentials=credentials).layers[0].source
    other = source.moved_to("gs://of-a-stranger/x")
    assert other.store._transport._token is None
    with pytest.raises(InvalidAddress):
        _ = source.moved_to("gs+http://127.0.0.1:1/of-a-stranger/x").store


def test_only_what_workers_find_themselves_travels_to_them(image, monkeypatch, tmp_path):
    volume, server, credentials = image
    (tmp_path / "key.json").write_text(json.dumps(server.service_account()))
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tmp_path / "key.json"))
    default = GcsCredentials.default(endpoint=server.url)
    source = nb_remote.open(f"gs://lab/{volume.path}", credentials=default).layers[0].source
    described = pickle.dumps(source)
    assert b"PRIVATE KEY" not in described
    assert b"ya29" not in described
    assert run(pickle.loads(described).store.get(".zattrs", limit=99_999), deadline=10)
    source = nb_remote.open(f"gs://lab/{volume.path}", credentials=credentials).layers[0].source
    with pytest.raises(TypeError, match="never pickled"):
        pickle.dumps(source)
