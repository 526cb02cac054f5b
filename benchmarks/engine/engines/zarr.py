import warnings
from concurrent.futures import ThreadPoolExecutor

import zarr


class Engine:
    tuned = False

    def __init__(self, url, driver):
        self._url = url
        self._zarr_format = {"zarr": 2, "zarr3": 3}[driver]
        if self.tuned:
            zarr.config.set({"async.concurrency": 64, "threading.max_workers": 4})

    def open(self):
        warnings.simplefilter("ignore")
        self.array = zarr.open_array(self._url, mode="r", zarr_format=self._zarr_format)

    def forget(self):
        pass

    def read(self, box):
        return self.array[box]

    def read_many(self, boxes, in_flight):
        with ThreadPoolExecutor(in_flight) as pool:
            return list(pool.map(self.read, boxes))
