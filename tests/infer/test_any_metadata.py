"""Whatever the metadata say: layers, or an error of ours; never a crash, never nonsense."""

import copy
import math

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.fuzz.mutations import places
from tests.volumes.documents import documents, with_labels
from tests.volumes.inferring import find, infer

from nb_remote.datasource.build import build_datasource, left_out
from nb_remote.datasource.space import unify
from nb_remote.errors import Declined, NbRemoteError
from nb_remote.infer.layer import InferredLayer

IMAGE = with_labels(
    documents(
        "czyx",
        shapes=[(2, 8, 16, 16), (2, 4, 8, 8)],
        translations=[[0, 0, 0, 0], [0, 1, 1, 1]],
        omero={"channels": [{"label": "a", "color": "FF0000", "window": {"start": 0, "end": 9}}]},
    ),
    cells=documents("zyx"),
)

numbers = st.sampled_from([0, 1, -1, 0.5, 10**400, 1e308, 1e-320, math.nan, math.inf, 2**63, True])
texts = st.sampled_from(
    ["", "x", "y", "c", "0", "..", "../1", "scale", "translation", "\x00", "\u20ac"]
)
anything = st.recursive(
    st.none() | numbers | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)


PLACES = list(places(IMAGE))


@st.composite
def spoiled(draw):
    image = copy.deepcopy(IMAGE)
    for place in draw(st.lists(st.sampled_from(PLACES), min_size=1, max_size=3)):
        node = image
        *steps, last = place
        try:
            for step in steps:
                node = node[step]
            if draw(st.booleans()):
                node[last] = draw(anything)
            else:
                del node[last]
        except (KeyError, IndexError, TypeError):
            continue  # an earlier change took this place away
    return image


@settings(max_examples=400)
@given(spoiled())
def test_any_metadata_gives_layers_or_an_error_of_ours(image):
    try:
        found = find(image)
    except NbRemoteError:
        return
    if isinstance(found, Declined):
        assert found.reason
        return
    layers = [one for one in infer(image) if isinstance(one, InferredLayer)]
    for layer in layers:
        geometry = layer.geometry
        assert all(0 < n < math.inf for n in geometry.voxel_size_nm_xyz.value)
        assert all(math.isfinite(n) for n in geometry.translation_xyz.value)
        assert all(n > 0 for n in layer.shape_xyz)
        for level in geometry.levels:
            assert all(0 < n < math.inf for n in level.factor_xyz)
            assert all(math.isfinite(n) for n in level.offset_xyz)
        assert isinstance(left_out(layer), tuple)
    if layers:
        assert build_datasource(layers, unify(layers)).json()
