"""Whatever a link says: a dataset, or an error of ours; never a crash, never a long wait."""

import contextlib
import json

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.neuroglancer.conftest import PAGE
from tests.volumes.documents import documents
from tests.volumes.inferring import infer

from nb_remote.datasource.neuroglancer.export import ToExport, export_state
from nb_remote.datasource.neuroglancer.first_view import first_traits
from nb_remote.datasource.neuroglancer.link_layer import as_linked
from nb_remote.datasource.neuroglancer.link_space import link_space
from nb_remote.datasource.neuroglancer.placing import placed
from nb_remote.datasource.space import unify
from nb_remote.errors import InvalidAddress
from nb_remote.infer.layer import InferredLayer
from nb_remote.location.neuroglancer.from_link import FromLink
from nb_remote.location.neuroglancer.link import link_of, link_of_state
from nb_remote.location.neuroglancer.shader import controls, is_plain
from nb_remote.location.neuroglancer.state_text import parse_state

IMAGE = documents("tczyx", shapes=[(2, 3, 8, 16, 16)], scales=[[1, 1, 4, 2, 2]])

numbers = st.sampled_from([0, 1, -1, 0.5, 10**400, 1e308, 1e-320, 2**64, True, 4e-9, -0.0])
texts = st.sampled_from(["", "x", "y", "z", "c'", "t", "nm", "m", "xy", "#ff0000", "image", "!5"])
anything = st.recursive(
    st.none() | numbers | texts,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=8,
)
spaces = anything | st.dictionaries(
    texts, st.tuples(numbers, texts).map(list), min_size=1, max_size=4
)
matrices = anything | st.lists(st.lists(numbers, min_size=4, max_size=6), min_size=3, max_size=5)
transforms = anything | st.fixed_dictionaries(
    {}, optional={"outputDimensions": spaces, "inputDimensions": spaces, "matrix": matrices}
)
sources = st.fixed_dictionaries(
    {"url": st.just("zarr://https://h.org/a")}, optional={"transform": transforms}
)
LAYER_KEYS = (
    *("name", "type", "opacity", "segments", "segmentColors", "shader", "shaderControls"),
    *("localDimensions", "localPosition", "visible", "blend", "colorSeed"),
)
layers = st.fixed_dictionaries({"source": sources}, optional=dict.fromkeys(LAYER_KEYS, anything))
states = st.fixed_dictionaries(
    {"layers": st.lists(layers, min_size=1, max_size=2)},
    optional={
        "dimensions": spaces,
        "position": anything | st.lists(numbers, min_size=3, max_size=5),
        "crossSectionScale": numbers,
        "displayDimensions": anything,
        "layout": anything,
        "crossSectionOrientation": anything,
        "navigation": anything,
    },
)


@settings(deadline=None, max_examples=300)
@given(states)
def test_any_state_gives_a_layer_a_first_view_and_a_state_again(state):
    (inferred,) = infer(IMAGE)
    assert isinstance(inferred, InferredLayer)
    read = link_of_state(state).state
    assert read is not None
    source = read.layers[0].sources[0]
    space = link_space(read, inferred, source)
    layer = as_linked(placed(inferred, source, space), FromLink(state=read, space=space, number=0))
    together = unify([layer])
    traits = first_traits([("a", layer)], together)
    for value in (*traits.get("position", ()), traits.get("zoom", 1.0)):
        assert np.isfinite(value)
    assert all(0 <= one <= 1 for one in traits.get("opacity", {}).values())
    exported = export_state(
        [ToExport(name="a", layer=layer, location=layer.location, is_anonymous=True)], together
    )
    assert json.loads(exported.text)["layers"]


@settings(deadline=None, max_examples=300)
@given(st.text(alphabet="{}[]'\"_&,:#!%\\ab01+-.\u00e9\ud800", max_size=40))
@example("{'a':'\\")
def test_any_text_behind_a_page_is_read_or_refused(text):
    for link in (f"{PAGE}#!{text}", f"{PAGE}#!{{{text}}}", f"{{{text}}}"):
        with contextlib.suppress(InvalidAddress):
            link_of(link)


@pytest.mark.parametrize(
    "shader",
    [
        "#uicontrol invlerp a(" + "range=[" * 8000 + ")",
        "#uicontrol invlerp a(range =" + " " * 60_000 + "[0,1])",
        "#uicontrol vec3 c color(" + 'default="' * 7000,
        "void main(){emitRGB(" + "a*" * 30_000,
    ],
    ids=range(4),
)
def test_no_shader_keeps_the_reader_long(shader):
    # Quadratic patterns took seconds for these, and the test's own timeout ends worse ones.
    controls(shader, {})
    assert not is_plain(shader)


def test_a_state_of_the_greatest_length_is_read():
    text = "{'a':'" + "x_" * 2**19 + "'_'b':1}"
    assert parse_state(text, "")["b"] == 1
