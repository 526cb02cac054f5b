"""The rivals, each behind the same verbs and in a file of its own.

One engine a process, which loads its own library and no other: peak memory is the engine's.
"""

import importlib

CACHES = {
    "nb-remote": "raw 256 MiB, decoded 512 MiB (its defaults)",
    "zarr": "none (its default)",
    "zarr-tuned": "none; async.concurrency 64, 4 threads",
    "tensorstore": "none (its default)",
    "dask-zarr": "none; storage chunks, threaded scheduler",
    "cloud-volume": "none (its default); 20 threads to fetch (its default)",
}


def make(name, url, driver):
    """Return the engine `name` for the volume at `url`, not opened yet.

    The rivals are told the format, as their users do; nb-remote finds out.
    """
    module = importlib.import_module(f"engines.{name.replace('-', '_')}")
    return module.Engine(url, driver)
