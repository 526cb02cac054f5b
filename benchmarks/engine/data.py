"""All volumes that can be read, by name."""

import format_volumes
import zarr_volumes

ZARR = tuple(zarr_volumes.VOLUMES)
FORMATS = tuple(format_volumes.VOLUMES)
VOLUMES = zarr_volumes.VOLUMES | format_volumes.VOLUMES


def write(folder, names):
    """Write the named volumes, unless they are there."""
    missing = [name for name in names if not (folder / name / ".done").exists()]
    for kind in (zarr_volumes, format_volumes):
        kind.write(folder, [name for name in missing if name in kind.VOLUMES])
    for name in missing:
        (folder / name / ".done").touch()
