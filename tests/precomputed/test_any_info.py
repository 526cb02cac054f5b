"""Whatever stands in ``info``, the answer is layers or an error of ours."""

import asyncio
import copy
import pickle
import random

import pytest
from tests.fuzz.mutations import places
from tests.volumes.inferring import DocumentStore

from nb_remote.datasource.build import build_datasource
from nb_remote.datasource.space import unify
from nb_remote.dialects.base import Documents, Found
from nb_remote.dialects.precomputed import Precomputed
from nb_remote.errors import NbRemoteError
from nb_remote.infer.layer import InferredLayer, infer_layer

INFO = {
    "@type": "neuroglancer_multiscale_volume",
    "type": "segmentation",
    "data_type": "uint64",
    "num_channels": 1,
    "mesh": "mesh",
    "scales": [
        {
            "key": "a",
            "size": [100, 90, 80],
            "resolution": [4, 4, 40],
            "voxel_offset": [1, 2, -3],
            "chunk_sizes": [[64, 64, 64]],
            "encoding": "compressed_segmentation",
            "compressed_segmentation_block_size": [8, 8, 8],
            "sharding": {
                "@type": "neuroglancer_uint64_sharded_v1",
                "preshift_bits": 9,
                "hash": "identity",
                "minishard_bits": 6,
                "shard_bits": 15,
                "minishard_index_encoding": "gzip",
                "data_encoding": "gzip",
            },
        },
        {
            "key": "b",
            "size": [50, 45, 80],
            "resolution": [8, 8, 40],
            "voxel_offset": [0, 1, -3],
            "chunk_sizes": [[64, 64, 64], [1, 64, 64]],
            "encoding": "raw",
        },
    ],
}
JUNK = [
    *(None, True, 0, -1, 1, 33, 2**53, 2**70, 10**400, 1.5, -1e308, 1e-320),
    *(float("nan"), float("inf"), "", "x", "../..", "a\nb", "raw", "jpeg", "png", "float32"),
    *([], [[]], {}, [1, 2, 3], [[1, 2, 3]], [0, 0, 0], [1e300] * 3, [2**53] * 3, [[2**53] * 3]),
]


def damaged(seeded):
    document = copy.deepcopy(INFO)
    for _ in range(seeded.choice([1, 1, 2, 4])):
        *parents, last = seeded.choice(list(places(document)))
        node = document
        for key in parents:
            node = node[key]
        if isinstance(node, dict) and seeded.random() < 0.15:
            del node[last]
        else:
            node[last] = copy.deepcopy(seeded.choice(JUNK))
    return document


@pytest.mark.parametrize("seed", range(4))
def test_any_info_gives_layers_or_our_error(seed):
    seeded = random.Random(seed)
    store = DocumentStore({})
    layers = errors = 0
    for _ in range(150):
        documents = Documents(store=store, found={"info": damaged(seeded)})
        try:
            found = asyncio.run(Precomputed().explore(documents))
        except NbRemoteError:
            errors += 1
            continue
        for one in found.layers if isinstance(found, Found) else ():
            layer = infer_layer(one, found.format, store.location, None)
            if isinstance(layer, InferredLayer):
                layers += 1
                layouts = [array.layout for array in layer.arrays]
                assert pickle.loads(pickle.dumps(layouts)) == layouts
                assert build_datasource([layer], unify([layer])).json()
    assert layers > 20
    assert errors > 20
