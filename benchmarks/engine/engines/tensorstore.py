import asyncio
import os

import tensorstore

PRECOMPUTED = "neuroglancer_precomputed"


class Engine:
    def __init__(self, url, driver):
        # N5's driver reads single datasets
        level = "s0/" if driver == "n5" else ""
        self._spec = {"driver": driver, "kvstore": f"{url.rstrip('/')}/{level}"}
        if url.startswith("s3+"):
            os.environ.update(AWS_ACCESS_KEY_ID="AKIAEXAMPLE", AWS_SECRET_ACCESS_KEY="x" * 40)
            self._spec["kvstore"] = {
                "driver": "s3",
                "bucket": "bench",
                "endpoint": url.removeprefix("s3+").removesuffix("/bench/"),
                "aws_region": "us-east-1",
                "path": level,
            }

    def open(self):
        array = tensorstore.open(self._spec, open=True, read=True).result()
        self.array = array[..., 0] if self._spec["driver"] == PRECOMPUTED else array

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
