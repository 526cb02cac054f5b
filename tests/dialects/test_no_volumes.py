"""Arrays that are no volumes: what they are is said, with their extents and type."""

import numpy as np
import pytest
import zarr
from tests.ome.written import files_of
from zarr.storage import MemoryStore

import nb_remote
from nb_remote.errors import BadMetadata


@pytest.mark.parametrize("zarr_format", [2, 3])
@pytest.mark.parametrize(("shape", "shown"), [((), "[]"), ((7,), "[7]")])
def test_scalars_and_lists_are_described(serve, zarr_format, shape, shown):
    objects = {}
    array = zarr.create_array(
        MemoryStore(objects), name="a", shape=shape, dtype="f4", zarr_format=zarr_format
    )
    array[...] = 3
    with pytest.raises(BadMetadata) as caught:
        nb_remote.open(serve(files_of(objects)).url_of("a"))
    assert f"shape {shown}, float32" in caught.value.text
    assert f"{len(shape)} axes" in caught.value.text
    assert "x and y are needed" in caught.value.text


@pytest.mark.parametrize(
    ("dtype", "what"),
    [
        ("<M8[ns]", "dates"),
        ("<m8[s]", "time spans"),
        ("<c8", "complex numbers"),
        ("<U5", "text"),
        ("|S3", "text"),
        ([("a", "<u2"), ("b", "<f4")], "records"),
    ],
)
def test_other_types_are_named_with_the_shape_in_version_2(serve, dtype, what):
    objects = {}
    zarr.create_array(
        MemoryStore(objects), name="a", shape=(4, 5), dtype=np.dtype(dtype), zarr_format=2
    )
    with pytest.raises(BadMetadata) as caught:
        nb_remote.open(serve(files_of(objects)).url_of("a"))
    assert f"({what})" in caught.value.text
    assert "[4, 5]" in caught.value.text
    assert caught.value.field == "dtype"


@pytest.mark.filterwarnings("ignore::FutureWarning")
@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize(
    ("dtype", "what"),
    [("<M8[ns]", "dates"), ("<c8", "complex numbers"), ("<U5", "text"), ("|V3", "raw bytes")],
)
def test_other_types_are_named_with_the_shape_in_version_3(serve, dtype, what):
    objects = {}
    zarr.create_array(
        MemoryStore(objects), name="a", shape=(4, 5), dtype=np.dtype(dtype), zarr_format=3
    )
    with pytest.raises(BadMetadata) as caught:
        nb_remote.open(serve(files_of(objects)).url_of("a"))
    assert f"({what})" in caught.value.text
    assert "[4, 5]" in caught.value.text
    assert caught.value.field == "data_type"
