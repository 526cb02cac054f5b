"""Whatever stands in the attributes: layers, a reason, or an error of ours."""

from contextlib import suppress

import hypothesis.strategies as st
from hypothesis import given, settings
from tests.n5.written import dataset
from tests.volumes.inferring import find, infer

from nb_remote.dialects.base import Found
from nb_remote.errors import NbRemoteError

NUMBERS = st.one_of(
    st.integers(-3, 70), st.floats(), st.sampled_from([10**400, -(10**400), 1e300, 5e-324, 2**63])
)
TEXTS = st.sampled_from(["x", "y", "z", "c^", "nm", "um", "", "s0", "../s0", "F", "label", "\x1b["])
NAMES = ["path", "transform", "scale", "translate", "axes", "units", "dimensions", "unit", "type"]
NAMES += ["order", "name", "coordinateTransformations", "datasets", "translation"]
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), NUMBERS, TEXTS),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(
            st.sampled_from(NAMES),
            inner,
            max_size=4,
        ),
    ),
    max_leaves=12,
)
KEYS = ["pixelResolution", "resolution", "units", "axes", "scales", "downsamplingFactors", "offset"]
KEYS += ["transform", "multiscales", "painteraData", "dataType", "isLabelMultiset", "n5", "omero"]
ATTRIBUTES = st.dictionaries(st.sampled_from(KEYS), JSON, max_size=4)
TRIPLES = st.lists(st.floats(0.001, 1e6), min_size=2, max_size=4)
PLAUSIBLE = st.fixed_dictionaries(
    {},
    optional={
        "pixelResolution": st.one_of(TRIPLES, st.fixed_dictionaries({"dimensions": TRIPLES})),
        "downsamplingFactors": TRIPLES,
        "offset": TRIPLES,
        "transform": st.fixed_dictionaries({"scale": TRIPLES, "translate": TRIPLES}),
        "axes": st.permutations(["x", "y", "z"]),
    },
)


def only_ours(documents):
    with suppress(NbRemoteError):
        if isinstance(find(documents), Found):
            infer(documents)


@settings(max_examples=150, deadline=None)
@given(ATTRIBUTES, st.one_of(ATTRIBUTES, PLAUSIBLE), st.one_of(ATTRIBUTES, PLAUSIBLE), JSON)
def test_a_group_and_its_levels(group, first, second, whole):
    size = dataset((8, 6, 4), (4, 4, 4))
    for root in (group, whole):
        only_ours(
            {
                "attributes.json": root if isinstance(root, dict | list) else {},
                "s0/attributes.json": {**first, **size},
                "s1/attributes.json": {**second, **dataset((4, 3, 2), (4, 4, 4))},
                "data/attributes.json": second,
                "data/s0/attributes.json": {**first, **size},
                "timepoint0/s0/attributes.json": {**first, **size},
            }
        )


@settings(max_examples=150, deadline=None)
@given(
    st.one_of(ATTRIBUTES, PLAUSIBLE),
    st.dictionaries(st.sampled_from(list(dataset((1,), (1,)))), JSON),
)
def test_a_dataset(attributes, changes):
    only_ours({"attributes.json": {**dataset((8, 6, 4), (4, 4, 4)), **attributes, **changes}})
