"""The rivals, each behind the same verbs. One engine a process; caches as declared in `CACHES`."""

import asyncio
import warnings
from concurrent.futures import ThreadPoolExecutor

import dask.array as da
import tensorstore
import zarr

import nb_remote as nbr
from nb_remote.chunks.caches import process_caches

CACHES = {
    "nb-remote": "raw 256 MiB, decoded 512 MiB (its defaults)",
    "zarr": "none (its default)",
    "zarr-tuned": "none; async.concurrency 64, 4 threads",
    "tensorstore": "none (its default)",
    "dask-zarr": "none; storage chunks, threaded scheduler",
}


class NbRemote:
    def __init__(self, url):
        self._url = url

    def open(self):
        self.array = nbr.open(self._url).layers[0].levels[0]

    def forget(self):
        """Start the next job with cold caches, as the others do; connections stay open."""
        caches = process_caches()
        caches.raw.clear()
        caches.decoded.clear()

    def read(self, box):
        return self.array[box]

    def read_many(self, boxes, in_flight):
        with ThreadPoolExecutor(in_flight) as pool:
            return list(pool.map(self.read, boxes))


class Zarr:
    tuned = False

    def __init__(self, url):
        self._url = url
        if self.tuned:
            zarr.config.set({"async.concurrency": 64, "threading.max_workers": 4})

    def open(self):
        warnings.simplefilter("ignore")
        self.array = zarr.open_array(self._url, mode="r", zarr_format=2)

    def forget(self):
        pass

    def read(self, box):
        return self.array[box]

    def read_many(self, boxes, in_flight):
        with ThreadPoolExecutor(in_flight) as pool:
            return list(pool.map(self.read, boxes))


class ZarrTuned(Zarr):
    tuned = True


class DaskZarr(Zarr):
    def open(self):
        super().open()
        self.lazy = da.from_array(self.array, chunks=self.array.chunks)

    def read(self, box):
        return self.lazy[box].compute(scheduler="threads")


class TensorStore:
    def __init__(self, url):
        self._url = url

    def open(self):
        spec = {"driver": "zarr", "kvstore": self._url.rstrip("/") + "/"}
        self.array = tensorstore.open(spec, open=True, read=True).result()

    def forget(self):
        pass

    def read(self, box):
        return self.array[box].read().result()

    def read_many(self, boxes, in_flight):
        async def go():
            gate = asyncio.Semaphore(in_flight)

            async def one(box):
                async with gate:
                    return await self.array[box].read()

            return await asyncio.gather(*(one(box) for box in boxes))

        return asyncio.run(go())


ENGINES = {
    "nb-remote": NbRemote,
    "tensorstore": TensorStore,
    "zarr": Zarr,
    "zarr-tuned": ZarrTuned,
    "dask-zarr": DaskZarr,
}
