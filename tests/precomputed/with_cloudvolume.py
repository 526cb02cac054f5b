"""Volumes that cloud-volume writes, as objects by key, and what it reads of them."""

import re
import shutil
import tempfile
from pathlib import Path

import numpy as np
from cloudvolume import CloudVolume

_NAME = re.compile("_".join(["(-?[0-9]+)-(-?[0-9]+)"] * 3))


def first_voxels(key):
    """The first and the last voxel plus one along x, y, z that a chunk's name states."""
    numbers = [int(one) for one in _NAME.fullmatch(key.rpartition("/")[2]).groups()]
    return numbers[::2], numbers[1::2]


def write(
    data,
    encoding="raw",
    kind="image",
    *,
    compress=False,
    offset=(-9, 3, 7),
    chunk=(8, 8, 4),
    more=None,
    mips=(),
):
    """Return the objects of a volume, and its levels as cloud-volume reads them again.

    Parameters
    ----------
    data
        x, y, z, channel.
    compress
        What lies around each object: ``gzip``, ``br`` and so on, or False for nothing.
    more
        Further fields of the first scale.
    mips
        Further levels: factor and x, y, z, channel voxels each.
    """
    folder = Path(tempfile.mkdtemp())
    try:
        info = CloudVolume.create_new_info(
            num_channels=data.shape[3],
            layer_type=kind,
            data_type=data.dtype.name,
            encoding=encoding,
            resolution=[4, 4, 40],
            voxel_offset=offset,
            volume_size=data.shape[:3],
            chunk_size=chunk,
        )
        info["scales"][0] |= more or {}
        path = f"file://{folder}"
        volume = CloudVolume(path, info=info)
        for factor, _ in mips:
            volume.add_scale(factor, encoding=encoding, chunk_size=chunk, info=info)
        levels = [data, *(voxels for _, voxels in mips)]
        read = []
        for mip, voxels in enumerate(levels):
            one = CloudVolume(
                path,
                mip=mip,
                info=info,
                compress=compress,
                progress=False,
                delete_black_uploads=True,
                fill_missing=True,
            )
            if mip == 0:
                one.commit_info()
            one[:, :, :] = voxels
            read.append(np.asarray(one[:, :, :]))
        files = [file for file in folder.rglob("*") if file.is_file()]
        return {str(file.relative_to(folder)): file.read_bytes() for file in files}, read
    finally:
        shutil.rmtree(folder)
