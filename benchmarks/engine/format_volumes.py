"""Precomputed and N5 volumes, written by tensorstore."""

import json
from dataclasses import dataclass, field

import tensorstore
from voxels import SHAPE, em_like, label_like

CHUNK = [64, 64, 64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Volume:
    """How one volume is stored."""

    driver: str
    """tensorstore's name of the format."""
    dtype: str
    chunk: int = CHUNK[0]
    encoding: dict[str, object]
    """What the format says of it."""
    sharding: dict[str, object] = field(default_factory=dict)
    xyz = True
    """Whether the stored order of the axes is x y z."""

    @property
    def level(self):
        """Where the finest level lies below the address."""
        return "s0" if self.driver == "n5" else ""


# 64 chunks a minishard and 8 minishards a shard, gzip around everything.
SHARDING = {
    "@type": "neuroglancer_uint64_sharded_v1",
    "preshift_bits": 6,
    "hash": "identity",
    "minishard_bits": 3,
    "shard_bits": 3,
    "minishard_index_encoding": "gzip",
    "data_encoding": "gzip",
}
LABELS = {
    "encoding": "compressed_segmentation",
    "compressed_segmentation_block_size": [8, 8, 8],
}
N5_GROUP = {
    "axes": ["x", "y", "z"],
    "units": ["nm", "nm", "nm"],
    "pixelResolution": {"unit": "nm", "dimensions": [4, 4, 40]},
    "scales": [[1, 1, 1]],
}
"""Without it cloud-volume opens no N5."""
PRECOMPUTED = "neuroglancer_precomputed"
VOLUMES = {
    "precomputed-raw": Volume(driver=PRECOMPUTED, dtype="uint8", encoding={"encoding": "raw"}),
    "precomputed-jpeg": Volume(
        driver=PRECOMPUTED, dtype="uint8", encoding={"encoding": "jpeg", "jpeg_quality": 80}
    ),
    "precomputed-labels": Volume(driver=PRECOMPUTED, dtype="uint64", encoding=LABELS),
    "precomputed-sharded-raw": Volume(
        driver=PRECOMPUTED, dtype="uint8", encoding={"encoding": "raw"}, sharding=SHARDING
    ),
    "precomputed-sharded-labels": Volume(
        driver=PRECOMPUTED, dtype="uint64", encoding=LABELS, sharding=SHARDING
    ),
    "n5-gzip-8": Volume(driver="n5", dtype="uint8", encoding={"type": "gzip"}),
    "n5-gzip-16": Volume(driver="n5", dtype="uint16", encoding={"type": "gzip"}),
}


def write(folder, names):
    """Write the named volumes."""
    for name in names:
        stored = VOLUMES[name]
        zyx = label_like(SHAPE) if stored.dtype == "uint64" else em_like(SHAPE)
        # 16 bits as a camera gives them: 12 of them used
        voxels = (zyx.astype(stored.dtype) * (16 if stored.dtype == "uint16" else 1)).T
        path = folder / name / stored.level
        kvstore = {"driver": "file", "path": f"{path}/"}
        spec = {"driver": stored.driver, "kvstore": kvstore} | _metadata(stored, voxels.shape)
        array = tensorstore.open(spec, create=True, delete_existing=True).result()
        array[...] = voxels[..., None] if stored.driver == PRECOMPUTED else voxels
        if stored.driver == "n5":
            (folder / name / "attributes.json").write_text(json.dumps(N5_GROUP))


def _metadata(stored, shape):
    if stored.driver == "n5":
        return {
            "metadata": {
                "dimensions": shape,
                "blockSize": CHUNK,
                "dataType": stored.dtype,
                "compression": stored.encoding,
            }
        }
    kind = "segmentation" if stored.dtype == "uint64" else "image"
    scale = {"key": "4_4_40", "size": shape, "resolution": [4, 4, 40], "chunk_size": CHUNK}
    sharding = {"sharding": stored.sharding} if stored.sharding else {}
    return {
        "multiscale_metadata": {"data_type": stored.dtype, "num_channels": 1, "type": kind},
        "scale_metadata": scale | stored.encoding | sharding,
    }
