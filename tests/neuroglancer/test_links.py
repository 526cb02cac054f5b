"""Which text is a link, and how the state in it is read, whatever its spelling."""

from urllib.parse import quote

import pytest

from nb_remote.errors import InvalidAddress
from nb_remote.location.neuroglancer.link import link_of, link_of_state
from nb_remote.location.neuroglancer.state_text import parse_state, strict_json

PLAIN = '{"layers":[{"name":"em","source":"precomputed://gs://b/p"}],"title":"a+b"}'
PAGE = "https://neuroglancer-demo.appspot.com/"


@pytest.mark.parametrize(
    "text",
    [
        f"{PAGE}#!{quote(PLAIN)}",
        f"{PAGE}#!{quote(quote(PLAIN))}",
        f"{PAGE}#!{PLAIN}",
        f"{PAGE}#!+{quote(PLAIN)}",
        f"{PAGE}#!+{PLAIN}",
        f"{PAGE}#%21{quote(PLAIN)}",
        f"{PAGE}#{PLAIN}",
        f"{PAGE}?flag=1#!{quote(PLAIN)}",
        f"https://lab-dot-neuroglancer-demo.appspot.com/fafb.html#!{quote(PLAIN)}",
        f"http://localhost:8080/#!{quote(PLAIN)}",
        f"  {PAGE}#!{quote(PLAIN)}\n",
        PLAIN,
        f"\n{PLAIN}\n",
        quote(PLAIN),
        "{'layers':[{'name':'em'_'source':'precomputed://gs://b/p'}]_'title':'a+b'}",
    ],
    ids=str,
)
def test_every_spelling_of_a_link_gives_the_same_state(text):
    link = link_of(text)
    assert link is not None
    assert link.address == ""
    assert link.state is not None
    assert link.state.raw == PLAIN
    assert link.state.title == "a+b"
    assert [(one.name, one.sources[0].url) for one in link.state.layers] == [
        ("em", "precomputed://gs://b/p")
    ]


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("#!https://host/state.json", "https://host/state.json"),
        ("#!gs://fafb-ffn1/main_ng.json", "gs://fafb-ffn1/main_ng.json"),
        ("#!s3://b/state.json", "s3://b/state.json"),
        ("#!s3+https://host/b/state.json", "s3+https://host/b/state.json"),
        ("#!gs+ngauth+https://server/b/s.json", "gs+ngauth+https://server/b/s.json"),
        ("#!middleauth+https://h/nglstate/api/v1/12", "middleauth+https://h/nglstate/api/v1/12"),
        ("#!https%3A%2F%2Fhost%2Fstate.json", "https://host/state.json"),
        ("?json_url=https://g.com/nglstate/12", "https://g.com/nglstate/12"),
        ("?json_url=https%3A%2F%2Fg.com%2Fnglstate%2F12", "https://g.com/nglstate/12"),
        ("?json_url=https://g.com/nglstate/12#!", "https://g.com/nglstate/12"),
    ],
)
def test_a_link_may_hold_the_address_of_its_state(text, address):
    link = link_of(PAGE + text)
    assert link is not None
    assert link.address == address
    assert link.page == PAGE


@pytest.mark.parametrize(
    "text",
    [
        "https://h.org/a.zarr",
        "https://h.org/a.zarr/#dimension_separator=/",
        "https://h.org/a.zarr#",
        "precomputed://gs://b/p",
        "s3://b/a.zarr|zarr3:",
        "https://h.org/v/data",
        "https://h.org/?url=https://h.org/a.zarr",
    ],
)
def test_the_address_of_data_is_no_link(text):
    assert link_of(text) is None


def test_a_second_hash_belongs_to_the_state():
    shader = "#uicontrol invlerp normalized\\nvoid main() { emitGrayscale(normalized()); }"
    link = link_of(PAGE + '#!{"layers":[{"name":"em","shader":"' + shader + '"}]}')
    assert link is not None
    assert link.state is not None
    assert link.state.layers[0].shader == (
        "#uicontrol invlerp normalized\nvoid main() { emitGrayscale(normalized()); }"
    )


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("%7B%22a%22:%22it%27s%22%7D", {"a": "it's"}),
        ('{"a":"1+1"}', {"a": "1+1"}),
        ('{"a":"1%2B1"}', {"a": "1+1"}),
        ('{"a":"%25"}', {"a": "%"}),
        ('{"a":"100% sure"}', {"a": "100% sure"}),
        ("{'a':'b'_'n':1_'l':['x'_'y']}", {"a": "b", "n": 1, "l": ["x", "y"]}),
        ("{'a':1&'b':2}", {"a": 1, "b": 2}),
        ("{'a_b':'c_d'}", {"a_b": "c_d"}),
        ('{"a":"x&y,z_w"}', {"a": "x&y,z_w"}),
        ("{'q':'he said \"x\"'}", {"q": 'he said "x"'}),
        (r"{'a':'say \'hi\''}", {"a": "say 'hi'"}),
        (r"""{'a':'b\"c'}""", {"a": 'b"c'}),
        (r"{'a':'x\ny'_'b':1}", {"a": "x\ny", "b": 1}),
        ("""{'shader':"emit('_')"_'n':2}""", {"shader": "emit('_')", "n": 2}),
        ('{"l":["a","a\'"]}', {"l": ["a", "a'"]}),
        ("{'big':18446744073709551615}", {"big": 18446744073709551615}),
        ('{"big":9007199254740993}', {"big": 9007199254740993}),
        ("{'\u00fc':'%C3%A9'}", {"\u00fc": "\u00e9"}),
    ],
)
def test_states_are_read_as_the_viewer_reads_them(text, state):
    assert parse_state(text, "") == state


def test_strict_json_is_left_as_it_is():
    text = r'{"a":"it\'s _ & ok","b":[1,2],"c":"\\\"x\\\""}'
    assert strict_json(text) == text


def test_a_state_of_python_is_taken_as_it_is():
    link = link_of_state({"layers": [], "position": [1, 2.5, 2**60 + 1]})
    assert link.page == ""
    assert link.state is not None
    assert link.state.raw == '{"layers":[],"position":[1,2.5,1152921504606846977]}'
    assert link.display() == "a state of Neuroglancer"


@pytest.mark.parametrize("text", [f"{PAGE}#!", f"{PAGE}#!+", f"{PAGE}#!%7B%7D", "{}"])
def test_an_empty_state_is_a_link_without_layers(text):
    link = link_of(text)
    assert link is not None
    assert link.state is not None
    assert link.state.layers == ()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"{PAGE}#!{{...}}", "not the state of a viewer"),
        (f"{PAGE}#![1,2]", "no JSON object"),
        (f"{PAGE}#!main", "not the state of a viewer"),
        (f"{PAGE}#!{quote(PLAIN[:-5])}", "not the state of a viewer"),
        (f"{PAGE}#!" + '{"a":' + "[" * 101 + "]" * 101 + "}", "deeper than 100 levels"),
        (f"{PAGE}#!" + '{"a":' + "[" * 10**5 + "]" * 10**5 + "}", "deeper than 100 levels"),
        (f"{PAGE}#!" + '{"a":1e999}', "too large"),
        (f"{PAGE}#!" + '{"a":NaN}', "not the state|too large"),
        (f"{PAGE}#!" + '{"a":"' + 3 * 2**20 * "x" + '"}', "more than 2097152 characters"),
        ('{"a":"' + 3 * 2**20 * "x" + '"}', "more than 2097152 characters"),
        ('{"a":' + 5000 * "9" + "}", "not the state of a viewer"),
    ],
    ids=range(11),
)
def test_what_is_no_state_is_refused_with_a_reason(text, said):
    with pytest.raises(InvalidAddress, match=said) as refused:
        link_of(text)
    assert len(str(refused.value)) < 500


@pytest.mark.parametrize("end", ["", "/", "#!", "/#!"])
def test_a_viewer_of_a_python_process_is_named_with_what_to_pass_and_without_its_token(end):
    token = "0123456789abcdef0123456789abcdef01234567"
    with pytest.raises(InvalidAddress, match=r"viewer\.state\.to_json\(\)") as refused:
        link_of(f"http://127.0.0.1:45123/v/{token}{end}")
    assert token not in str(refused.value)
    assert "http://127.0.0.1:45123" in str(refused.value)


def test_what_a_link_shows_of_itself_has_no_password_and_no_query():
    link = link_of(f"https://ann:pa55word@host/view?token=s3cret#!{PLAIN}")
    assert link is not None
    assert link.page == "https://host/view"
    assert "pa55word" not in repr(link)
    by_address = link_of(f"{PAGE}#!https://host/state?token=s3cret")
    assert "s3cret" not in repr(by_address)


@pytest.mark.parametrize("state", [{"a": {1, 2}}, {"a": float("nan")}])
def test_a_dict_that_is_no_json_is_refused(state):
    with pytest.raises(InvalidAddress, match="no JSON"):
        link_of_state(state)
