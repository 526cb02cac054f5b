"""What nb-remote, tensorstore, zarr-python and cloud-volume make of a written volume, in a word."""

import time
import warnings
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import tensorstore
import zarr
from tests.formats.one_volume import Case

YES, NO, WRONG, PACKAGE = "yes", "no", "wrong", "package"


def with_tensorstore(case: Case, url: str, folder: Path) -> list[np.ndarray[Any, Any]]:
    """Each level as tensorstore reads it from the server."""
    del folder
    kvstore = {"driver": "http", "base_url": f"{url}/"}
    found = [
        np.asarray(tensorstore.open(_spec(case, kvstore, number)).result().read().result())
        for number in range(len(case.levels))
    ]
    # It has an axis more for the only channel of precomputed volumes, and for bytes of a text.
    return [
        np.ascontiguousarray(one).view(expected.dtype)[..., 0] if one.ndim > expected.ndim else one
        for one, expected in zip(found, case.levels, strict=True)
    ]


def _spec(case: Case, kvstore: Any, number: int) -> Any:
    is_array = case.driver != "neuroglancer_precomputed"
    path = "/".join(filter(None, (case.open_path, case.paths[number] if is_array else "")))
    base = f"{kvstore['base_url']}{path}".rstrip("/")
    spec = {"driver": case.driver, "kvstore": {**kvstore, "base_url": f"{base}/"}}
    return spec if is_array else spec | {"scale_index": number}


def with_zarr_python(case: Case, url: str, folder: Path) -> list[np.ndarray[Any, Any]]:
    """Each level as zarr-python reads it from a folder."""
    del url
    version = {"zarr": 2, "zarr3": 3}.get(case.driver)
    if version is None:
        raise ValueError("no Zarr")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about codecs without a specification
        return [
            np.asarray(
                zarr.open_array(folder / case.open_path / path, mode="r", zarr_format=version)[...]
            )
            for path in case.paths[: len(case.levels)]
        ]


def with_cloud_volume(case: Case, url: str, folder: Path) -> list[np.ndarray[Any, Any]]:
    """Each level as cloud-volume reads it from a folder, in the order that was written."""
    del url
    # Imported here: it takes a second, and not every test needs it.
    from cloudfiles import threaded_queue
    from cloudvolume import CloudVolume

    # It looks only every tenth of a second whether its threads are done.
    naps = {"sleep": lambda seconds: time.sleep(seconds / 100)}
    threaded_queue.time = SimpleNamespace(**vars(time) | naps)
    scheme = {"neuroglancer_precomputed": "precomputed", "zarr": "zarr2"}.get(
        case.driver, case.driver
    )
    address = f"{scheme}://file://{folder / case.open_path}".rstrip("/")
    found = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for mip, expected in enumerate(case.levels):
            volume = CloudVolume(address, mip=mip, progress=False, fill_missing=True)
            voxels = np.asarray(volume[:, :, :])
            voxels = voxels[..., 0] if expected.ndim == 3 else voxels
            found.append(voxels.T if case.driver in ("zarr", "zarr3") else voxels)
    return found


READERS = {
    "tensorstore": with_tensorstore,
    "cloud-volume": with_cloud_volume,
    "zarr-python": with_zarr_python,
}
"""By column of the page."""


def verdict(reader: str, case: Case, url: str, folder: Path) -> tuple[str, str]:
    """Return ``yes``, ``wrong`` (other voxels), ``package`` or ``no``, and why."""
    try:
        levels = READERS[reader](case, url, folder)
    except ImportError as error:
        return PACKAGE, str(error)
    # Whatever a library raises means that it does not read the volume.
    except (Exception, SystemExit) as error:  # noqa: BLE001
        return NO, f"{type(error).__name__}: {error}"
    for found, expected in zip(levels, case.levels, strict=True):
        if found.shape != expected.shape or not _alike(found, expected, case.tolerance):
            return WRONG, f"{found.shape} {found.dtype}"
    return YES, ""


def _alike(found: np.ndarray[Any, Any], expected: np.ndarray[Any, Any], tolerance: int) -> bool:
    if tolerance:
        return bool(abs(found.astype(int) - expected.astype(int)).max() <= tolerance)
    return np.array_equal(
        found.astype(expected.dtype), expected, equal_nan=expected.dtype.kind == "f"
    )
