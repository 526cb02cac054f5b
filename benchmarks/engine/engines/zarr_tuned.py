from engines import zarr


class Engine(zarr.Engine):
    tuned = True
