"""What tensorstore or zarr-python open, we open, with the same voxels: a table of odd metadata."""

import numpy as np
import pytest
import tensorstore
import zarr
from tests.containers.written import below
from tests.dialects.zarr_variants import VARIANTS
from zarr.core.buffer import cpu
from zarr.storage import MemoryStore

import nb_remote
from nb_remote.errors import NbRemoteError

pytestmark = [
    pytest.mark.filterwarnings("ignore::zarr.errors.UnstableSpecificationWarning"),
    pytest.mark.filterwarnings("ignore:The data type:FutureWarning"),
]

NOT_OURS = {
    "v2 dtype <c8": "complex numbers are no picture",
    "v3 data type complex64": "complex numbers are no picture",
    "v2 dtype datetime": "dates are no picture",
    "v3 data type numpy.datetime64": "dates are no picture",
    "v2 fill hex of float": "tensorstore reads 0x7fc00000 as the number, v3 as the bits",
    "v2 fill text of bool": "zarr-python takes every text as true, 'false' as well",
}
"""Opened by one of them, refused by us, and why."""
READ_BETTER = {
    "v2 separator missing, slashes": "they look for dots only and show the fill value everywhere",
}
"""Opened by both of them, but wrongly."""
OPENED_BY_US_ALONE = {
    "v2 format as text",
    "v2 compressor empty object",
    "v2 separator null",
    "v2 fill missing",
    "v2 blosc more fields",
    "v3 format as text",
    "v3 consolidated null",
    "v3 data type object",
    "v3 keys default by name alone",
    "v3 keys v2 by name alone",
    "v3 bytes by name alone",
    "v3 bytes by name alone of two bytes",
    "v3 bytes configuration null",
    "v3 endian by its old name",
    "v3 gzip by name alone",
    "v3 zstd by name alone",
    "v3 crc32c by name alone",
    "v3 blosc shuffle as number",
    "v3 shards of short names",
}
"""Opened by neither: they are written all the same, and leave nothing to be guessed."""


def with_tensorstore(version, objects):
    context = tensorstore.Context()
    kvstore = tensorstore.KvStore.open({"driver": "memory"}, context=context).result()
    for key, value in objects.items():
        kvstore[key] = value
    driver = "zarr" if version == 2 else "zarr3"
    spec = {"driver": driver, "kvstore": {"driver": "memory"}}
    return tensorstore.open(spec, context=context).result().read().result()


def with_zarr_python(version, objects):
    store = MemoryStore({key: cpu.Buffer.from_bytes(value) for key, value in objects.items()})
    return zarr.open_array(store, mode="r", zarr_format=version)[...]


def opened(server, name, objects):
    folder = f"{list(VARIANTS).index(name)}/array.zarr"
    server.content = below(folder, objects)
    (layer,) = nb_remote.open(f"{server.url}/{folder}").layers
    if layer.problem is not None:
        raise layer.problem
    return layer[...]


def voxels_of_oracles(variant, objects):
    found = []
    for oracle in (with_tensorstore, with_zarr_python):
        try:
            found.append(oracle(variant.version, objects))
        except Exception:  # noqa: BLE001 - whatever it is: this one can't read it
            continue
    return found


@pytest.mark.parametrize("name", VARIANTS)
def test_what_another_reader_opens_we_open_with_the_same_voxels(server, name):
    variant = VARIANTS[name]
    objects = variant.objects()
    oracles = voxels_of_oracles(variant, objects)
    alone = name in OPENED_BY_US_ALONE
    if name in NOT_OURS or not (oracles or alone):
        with pytest.raises(NbRemoteError, match=r"/array\.zarr"):
            opened(server, name, objects)
        return
    got = opened(server, name, objects)
    assert bool(oracles) != alone
    if alone or name in READ_BETTER:
        expected = variant.voxels()
        np.testing.assert_array_equal(got, expected)
        assert all((one != expected).any() for one in oracles)
    for one in () if name in READ_BETTER else oracles:
        np.testing.assert_array_equal(got, one)
        # What NumPy lacks is read as the next larger type that it has.
        dtype = np.dtype("f4") if one.dtype.name == "bfloat16" else one.dtype
        assert got.dtype == dtype.newbyteorder("=")


@pytest.mark.parametrize("name", NOT_OURS)
def test_what_is_no_volume_is_described(server, name):
    with pytest.raises(NbRemoteError) as caught:
        opened(server, name, VARIANTS[name].objects())
    if "fill" not in name:
        assert "[4, 5, 6]" in caught.value.text
        assert caught.value.field in ("dtype", "data_type")
