"""An OME-Zarr 0.4 of up to 100 000³ voxels of which nothing is stored: chunks are computed.

**Coarse levels.** Voxel ``i`` of level ``k`` is voxel ``i · 2^k + (2^k - 1) // 2`` of level 0,
along z, y and x, for the image and the labels alike: subsampling at the lower of the two voxels
in the middle of each block. It costs the same at every level, and any voxel of any level can
be compared with level 0. A level has as many voxels as have theirs inside level 0.

**Space.** The translation of level ``k`` is ``(2^k - 1) / 2`` fine voxels, the centre of the block
that a voxel stands for, so that the corners of all levels coincide. The sampled voxel's own centre
lies half a fine voxel before it.
"""

import json
import re
from dataclasses import dataclass
from functools import cached_property

from nb_remote.samples import tissue
from nb_remote.samples.bands import Box

LARGEST = 100_000
"""Voxels along each side: 10¹⁵ in all."""
CHUNK = 64
"""Side of a chunk: the usual size on object stores."""
COARSEST = 128
"""Levels are halved until a side has at most so many voxels: eight chunks to see everything."""
VOXEL_NM = 8.0

_NAME = re.compile(r"procedural(?:-([1-9][0-9]{0,5}))?\.zarr")
_KEY = re.compile(r"(labels/cells/)?(0|[1-9][0-9]?)/([0-9]{1,5})/([0-9]{1,5})/([0-9]{1,5})")
_COMPRESSOR = {
    "image": {"id": "blosc", "cname": "zstd", "clevel": 1, "shuffle": 0, "blocksize": 0},
    "labels": {"id": "blosc", "cname": "zstd", "clevel": 1, "shuffle": 1, "blocksize": 0},
}
"""Measured: a noisy image shrinks by a fifth with zstd and not at all with lz4; labels by 22."""


def address(size: int) -> str:
    """Where the volume with sides of `size` voxels lies below the address of the server."""
    if not 1 <= size <= LARGEST:
        raise ValueError(f"size is the length of a side in voxels, 1 to {LARGEST}: {size} is not")
    return "procedural.zarr" if size == LARGEST else f"procedural-{size}.zarr"


@dataclass(frozen=True, slots=False)
class Procedural:
    """One volume, as the documents and chunks a server sends.

    Parameters
    ----------
    size
        Voxels along each side.
    """

    size: int

    @classmethod
    def named(cls, name: str) -> "Procedural | None":
        """Return the volume with this `address`, or None."""
        match = _NAME.fullmatch(name)
        size = int(match[1] or LARGEST) if match else 0
        return cls(size) if 1 <= size <= LARGEST else None

    @property
    def sides(self) -> tuple[int, ...]:
        """Voxels along each side of every level."""
        sides = [self.size]
        while sides[-1] > COARSEST:
            step = 1 << len(sides)
            sides.append(-((self.size - (step - 1) // 2) // -step))
        return tuple(sides)

    @cached_property
    def documents(self) -> dict[str, bytes]:
        """Every metadata document by its key."""
        labels = {"image-label": {"version": "0.4", "source": {"image": "../../"}}}
        window = {"min": 0, "max": 255, "start": 20, "end": 235}
        channel = {"label": "EM", "color": "FFFFFF", "active": True, "window": window}
        found: dict[str, object] = {
            ".zattrs": self._multiscales("tissue") | {"omero": {"channels": [channel]}},
            "labels/.zattrs": {"labels": ["cells"]},
            "labels/cells/.zattrs": self._multiscales("cells") | labels,
        }
        for key in (".zgroup", "labels/.zgroup", "labels/cells/.zgroup"):
            found[key] = {"zarr_format": 2}
        for level, side in enumerate(self.sides):
            found[f"{level}/.zarray"] = _array(side, "|u1", "image")
            found[f"labels/cells/{level}/.zarray"] = _array(side, "<u8", "labels")
        return {key: json.dumps(value).encode() for key, value in found.items()}

    def chunk(self, key: str) -> tuple[str, Box] | None:
        """Return ``image`` or ``labels`` with the voxels of a chunk, or None outside the grid."""
        match = _KEY.fullmatch(key)
        if match is None:
            return None
        level, *place = (int(one) for one in match.groups()[1:])
        canonical = "/".join(map(str, (level, *place)))
        if level >= len(self.sides) or key.removeprefix("labels/cells/") != canonical:
            return None
        if max(place) * CHUNK >= self.sides[level]:
            return None
        step = 1 << level
        z, y, x = (one * CHUNK * step + (step - 1) // 2 for one in place)
        box = Box(start=(z, y, x), step=step, shape=(CHUNK, CHUNK, CHUNK))
        return "labels" if match[1] else "image", box

    def _multiscales(self, name: str) -> dict[str, object]:
        datasets = []
        for level in range(len(self.sides)):
            scale, centre = VOXEL_NM * 2**level, VOXEL_NM * (2**level - 1) / 2
            steps = [
                {"type": "scale", "scale": [scale] * 3},
                {"type": "translation", "translation": [centre] * 3},
            ]
            datasets.append({"path": str(level), "coordinateTransformations": steps})
        axes = [{"name": one, "type": "space", "unit": "nanometer"} for one in "zyx"]
        how = {"description": "subsampling: voxel i is voxel i * 2^k + (2^k - 1) // 2 of level 0"}
        image = {"version": "0.4", "name": name, "axes": axes, "datasets": datasets}
        return {"multiscales": [image | {"type": "subsampling", "metadata": how}]}


def compute(kind: str, box: Box) -> bytes:
    """Compute and compress a chunk. What lies over the edge is computed like everything else."""
    from numcodecs import Blosc, blosc

    # its own threads would wait for each other when several requests are answered at once
    blosc.use_threads = False
    voxels = tissue.image(box) if kind == "image" else tissue.labels(box)
    options = {name: value for name, value in _COMPRESSOR[kind].items() if name != "id"}
    return bytes(Blosc(**options).encode(voxels))


def _array(side: int, dtype: str, kind: str) -> dict[str, object]:
    return {
        "zarr_format": 2,
        "shape": [side] * 3,
        "chunks": [CHUNK] * 3,
        "dtype": dtype,
        "compressor": _COMPRESSOR[kind],
        "fill_value": 0,
        "order": "C",
        "filters": None,
        "dimension_separator": "/",
    }
