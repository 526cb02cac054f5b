"""Cases 33 to 38: single Zarr arrays."""

import numpy as np
import pytest
import tensorstore
import zarr
from tests.cases.unlike import unlike_webknossos
from zarr.storage import MemoryStore

import nb_remote as nbr

SHAPE = (5, 12, 18)
RAMP = np.arange(5 * 12 * 18, dtype="uint16").reshape(SHAPE)


def by_zarr_python(voxels, **options):
    """Files of one array; `options` are those of `zarr.create_array`."""
    objects = {}
    array = zarr.create_array(
        MemoryStore(objects), name="v", shape=voxels.shape, dtype=voxels.dtype, **options
    )
    array[...] = voxels
    return {key: value.to_bytes() for key, value in objects.items()}


def by_tensorstore(voxels, folder, **metadata):
    """Files of one Zarr v3 array."""
    spec = {
        "driver": "zarr3",
        "kvstore": {"driver": "file", "path": f"{folder}/v/"},
        "metadata": {"shape": list(voxels.shape), "data_type": voxels.dtype.name, **metadata},
    }
    tensorstore.open(spec, create=True).result().write(voxels).result()
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def layer_of(serve, files):
    return nbr.open(serve(files).url_of("v"))["v"]


@unlike_webknossos
@pytest.mark.parametrize(
    ("shape", "axes"),
    [((5, 12, 18), "zyx"), ((2, 5, 12, 18), "czyx"), ((12, 18), "yx")],
)
def test_case_33_an_array_of_zarr_v2_has_its_last_axes(serve, shape, axes):
    voxels = np.arange(np.prod(shape), dtype="uint16").reshape(shape)
    layer = layer_of(serve, by_zarr_python(voxels, zarr_format=2, chunks=shape))
    assert layer.axes == tuple(axes)
    assert layer.inferred.axes.origin == "assumed"
    assert layer.voxel_size_nm_xyz == (1, 1, 1)
    assert (layer[...] == voxels).all()


@unlike_webknossos
def test_case_34_names_of_dimensions_say_which_axis_is_which(serve):
    layer = layer_of(serve, by_zarr_python(RAMP, chunks=SHAPE, dimension_names=("z", "y", "x")))
    assert layer.axes == ("z", "y", "x")
    assert layer.inferred.axes.origin == "metadata"
    assert layer.bounding_box == ((0, 0, 0), (18, 12, 5))


@unlike_webknossos
def test_case_35_the_first_of_five_axes_is_an_additional_one(serve):
    voxels = RAMP.reshape(1, 1, *SHAPE)
    layer = layer_of(serve, by_zarr_python(voxels, chunks=voxels.shape))
    assert layer.axes == ("t", "c", "z", "y", "x")
    assert layer.inferred.axes.origin == "assumed"
    assert [one.name for one in layer.inferred.axes.value.extra] == ["t"]


def test_case_36_shards_whose_index_stands_at_their_start_under_a_checksum(serve, tmp_path):
    inner = {
        "chunk_shape": [5, 4, 6],
        "codecs": [{"name": "bytes", "configuration": {"endian": "little"}}],
        "index_codecs": [
            {"name": "bytes", "configuration": {"endian": "little"}},
            {"name": "crc32c"},
        ],
        "index_location": "start",
    }
    files = by_tensorstore(
        RAMP,
        tmp_path,
        chunk_grid={"name": "regular", "configuration": {"chunk_shape": [5, 8, 12]}},
        codecs=[{"name": "sharding_indexed", "configuration": inner}],
    )
    assert (layer_of(serve, files)[...] == RAMP).all()


@unlike_webknossos
def test_case_37_an_unknown_codec_leaves_the_metadata_and_marks_the_layer(serve):
    files = by_zarr_python(RAMP, chunks=SHAPE, compressors=None)
    known = b'"name": "bytes"'
    assert known in files["v/zarr.json"]
    files["v/zarr.json"] = files["v/zarr.json"].replace(known, b'"name": "acme-wavelet"')
    layer = layer_of(serve, files)
    assert (layer.shape, layer.dtype) == (SHAPE, np.dtype("uint16"))
    assert isinstance(layer.problem, nbr.UnsupportedCodec)
    assert "acme-wavelet" in str(layer.problem)
    with pytest.raises(nbr.UnsupportedCodec, match="acme-wavelet"):
        layer[0]


@unlike_webknossos
def test_case_38_float16_is_read(serve):
    voxels = (RAMP / 8).astype("float16")
    layer = layer_of(serve, by_zarr_python(voxels, chunks=SHAPE))
    assert layer.dtype == np.dtype("float16")
    assert (layer[...] == voxels).all()
