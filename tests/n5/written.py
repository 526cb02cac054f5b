"""N5 as tensorstore writes it, and blocks as the specification spells them out.

No voxel occurs twice along any axis, and no two extents are equal. Arrays are in the stored order
(x, y, z), as tensorstore indexes them.
"""

import json
import struct
from math import prod

import numpy as np
import tensorstore

PATH = "v.n5"
"""Where the volumes of these tests lie on the server."""


def ramp(shape, dtype="uint16"):
    values = np.arange(prod(shape), dtype="i8").reshape(shape)
    return (values * 7919 % 65521 % 251 if dtype in ("uint8", "int8") else values).astype(dtype)


def with_tensorstore(data, blocks, compression=None, path="", **attributes):
    """Objects of one dataset by key."""
    context = tensorstore.Context()
    kvstore = tensorstore.KvStore.open({"driver": "memory"}, context=context).result()
    metadata = {
        "dimensions": list(data.shape),
        "blockSize": list(blocks),
        "dataType": data.dtype.name,
        "compression": compression or {"type": "gzip"},
        **attributes,
    }
    spec = {"driver": "n5", "kvstore": {"driver": "memory"}, "metadata": metadata}
    array = tensorstore.open(spec, context=context, create=True).result()
    array.write(data).result()
    prefix = f"{path}/" if path else ""
    keys = [key.decode() for key in kvstore.list().result()]
    return {prefix + key: kvstore[key] for key in keys}


def dataset(shape, blocks, dtype="uint16", **attributes):
    """Attributes of a dataset."""
    compression = {"compression": {"type": "raw"}}
    return {
        "dimensions": list(shape),
        "blockSize": list(blocks),
        "dataType": dtype,
        **(compression if "compressionType" not in attributes else {}),
        **attributes,
    }


def block(shape, payload, mode=0, count=None):
    """Bytes of a block file: point 9 of the specification."""
    more = b"" if count is None else struct.pack(">I", count)
    return struct.pack(f">HH{len(shape)}I", mode, len(shape), *shape) + more + payload


def big_endian(block_of_voxels):
    """Voxels of a block as they are stored: x fastest, big endian."""
    kind = block_of_voxels.dtype.newbyteorder(">")
    return block_of_voxels.astype(kind).tobytes(order="F")


def files(objects, path=PATH):
    """What a server serves."""
    return {
        f"{path}/{key}": one if isinstance(one, bytes) else json.dumps(one).encode()
        for key, one in objects.items()
    }
