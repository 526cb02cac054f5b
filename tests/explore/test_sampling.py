"""What opening asks of the voxels themselves: one chunk, only where nothing else decides."""

import importlib.resources

import numpy as np
import pytest
import skimage
import zarr
from skimage import io
from tests.explore.test_requests import PROBES
from zarr.storage import MemoryStore

import nb_remote
from nb_remote.explore.sampling import middle_chunk, sampled_level


def files_of(levels, path, attributes=None, **options):
    """A plain array, or a group of levels with attributes, below `path`."""
    store = MemoryStore()
    if attributes is None:
        array = zarr.create_array(store, shape=levels[0].shape, dtype=levels[0].dtype, **options)
        array[...] = levels[0]
    else:
        group = zarr.create_group(store, zarr_format=2, attributes=attributes)
        for number, level in enumerate(levels):
            array = group.create_array(
                str(number), shape=level.shape, dtype=level.dtype, chunks=(32, 32)
            )
            array[...] = level
    return {f"{path}/{key}": body.to_bytes() for key, body in store._store_dict.items()}


def objects(size=96):
    """Squares of 16 voxels with numbers of their own."""
    numbers = np.random.default_rng(0).permutation((size // 16) ** 2) + 1
    return np.kron(numbers.reshape(size // 16, -1), np.ones((16, 16), int))


def picture():
    return io.imread(importlib.resources.files(skimage) / "data" / "camera.png")[64:160, 176:272]


def opened(serve, image, path="v", **options):
    server = serve(files_of([image], path, **options))
    (layer,) = nb_remote.open(server.url_of(path)).layers
    return layer, server


def chunks_asked(server):
    return [one for one in server.paths() if one.rpartition("/")[2].isdigit() and "/c/" in one]


@pytest.mark.parametrize("dtype", ["uint16", "int32", "uint32", "uint64"])
def test_voxels_tell_an_image_from_a_segmentation(serve, dtype):
    image, _ = opened(serve, picture().astype(dtype), chunks=(96, 96))
    assert (image.category, image.inferred.category.origin) == ("color", "sampled")
    assert "close, as in images" in image.inferred.category.note
    labels, _ = opened(serve, objects().astype(dtype), chunks=(96, 96))
    assert (labels.category, labels.inferred.category.origin) == ("segmentation", "sampled")
    assert "as within objects" in labels.inferred.category.note


def test_it_costs_one_chunk_of_the_middle(serve):
    _, server = opened(serve, objects(192).astype("uint16"), chunks=(64, 64))
    assert len(server.requests) == len(PROBES) + 1
    assert chunks_asked(server) == ["v/c/1/1"]


def test_what_was_looked_at_is_not_fetched_again(serve):
    layer, server = opened(serve, objects().astype("uint16"), chunks=(96, 96))
    assert (layer[...] == objects()).all()
    assert len(server.requests) == len(PROBES) + 1


@pytest.mark.parametrize(
    ("path", "dtype"),
    [
        ("mito_seg", "uint16"),  # the name decides
        ("v", "uint8"),  # nearly always an image
        ("v", "float32"),  # holds no ids
    ],
)
def test_no_voxel_is_asked_for_where_it_is_known_without(serve, path, dtype):
    _, server = opened(serve, objects().astype(dtype), path, chunks=(96, 96))
    assert len(server.requests) == len(PROBES)


def test_none_of_an_image_with_display_settings(serve):
    attributes = {
        "multiscales": [
            {
                "version": "0.4",
                "axes": [{"name": one, "type": "space"} for one in "yx"],
                "datasets": [
                    {
                        "path": "0",
                        "coordinateTransformations": [{"type": "scale", "scale": [1.0, 1.0]}],
                    }
                ],
            }
        ],
        "omero": {"channels": [{"color": "FFFFFF", "window": {"start": 0, "end": 9}}]},
    }
    server = serve(files_of([objects().astype("uint16")], "v", attributes))
    (layer,) = nb_remote.open(server.url_of("v")).layers
    assert layer.category == "color"
    assert layer.inferred.category.note == "it has display settings, as images do"
    assert not any(path.startswith("v/0/0") for path in server.paths())


def test_none_of_chunks_too_small_to_tell(serve):
    layer, server = opened(serve, objects().astype("uint16"), chunks=(32, 32))
    assert layer.inferred.category.origin == "assumed"
    assert len(server.requests) == len(PROBES)
    assert sampled_level(layer.inferred) is None


@pytest.mark.parametrize("fault", ["404", "403", "500"])
def test_a_chunk_that_cant_be_read_leaves_it_assumed(serve, fault):
    server = serve(files_of([objects().astype("uint16")], "v", chunks=(96, 96)))
    server.fail("v/c/0/0", fault)
    (layer,) = nb_remote.open(server.url_of("v"), timeout=0.5).layers
    assert (layer.category, layer.inferred.category.origin) == ("color", "assumed")
    assert layer.problem is None


def test_a_person_goes_before_the_voxels(serve):
    server = serve(files_of([objects().astype("uint16")], "v", chunks=(96, 96)))
    said = nb_remote.open(server.url_of("v")).corrected("v", category="color")
    assert (said["v"].category, said["v"].inferred.category.origin) == ("color", "user")


def test_the_chunk_lies_in_the_middle_of_what_is_used(serve):
    layer, _ = opened(serve, objects(192).astype("uint16"), chunks=(64, 64))
    assert [(one.start, one.stop) for one in middle_chunk(layer.inferred, 0)] == [(64, 128)] * 2


def test_a_chunk_that_never_comes_is_not_waited_for(serve):
    server = serve(files_of([objects().astype("uint16")], "v", chunks=(96, 96)))
    server.fail("v/c/0/0", "hang")
    (layer,) = nb_remote.open(server.url_of("v"), timeout=0.5).layers
    assert layer.inferred.category.origin == "assumed"


@pytest.mark.parametrize(("count", "sampled"), [(8, 8), (9, 0)])
def test_many_open_layers_of_one_address_are_all_sampled_or_none(serve, count, sampled):
    store = MemoryStore()
    group = zarr.create_group(store, zarr_format=2)
    for number in range(count):
        array = group.create_array(f"a{number}", shape=(96, 96), dtype="uint16", chunks=(96, 96))
        array[...] = objects()
    zarr.consolidate_metadata(store, zarr_format=2)
    server = serve({f"v/{key}": body.to_bytes() for key, body in store._store_dict.items()})
    dataset = nb_remote.open(server.url_of("v"))
    assert len(dataset) == count
    assert sum(one.endswith("/0.0") for one in server.paths()) == sampled
    origins = [one.inferred.category.origin for one in dataset.layers]
    assert origins.count("sampled") == sampled
