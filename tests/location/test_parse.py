"""From pasted text to a location: spelling variants meet, everything doubtful is refused."""

import pickle
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nb_remote.errors import InvalidAddress
from nb_remote.location.credentials import Anonymous, BasicAuth
from nb_remote.location.location import Location
from nb_remote.location.parse import HEADER_FILES, parse_address

BASE = Location(scheme="https", host="h.org", path="d/x.zarr")

SAME_PLACE = [
    "https://h.org/d/x.zarr",
    "  https://h.org/d/x.zarr \n",
    "https://h.org/d/x.zarr/",
    "https://h.org/d/x.zarr///",
    '"https://h.org/d/x.zarr"',
    "'https://h.org/d/x.zarr'",
    "<https://h.org/d/x.zarr>",
    "`https://h.org/d/x.zarr/`",
    "\ufeffhttps://h.org/d/x.zarr",
    "HTTPS://H.ORG/d/x.zarr",
    "https://h.org:443/d/x.zarr",
    "https://h.org:/d/x.zarr",
    "https://h.org/d/x%2Ezarr",
    "https://h.org/%64/x.zarr",
    "https://h.org/d/x.zarr#",
    "https://h.org/d/x.zarr?",
    "https://h.org/d/x.zarr|",
    "https://h.org/d/x.zarr?dimension_separator=/",
    "https://h.org/d/x.zarr#dimension_separator=/",
    *(f"https://h.org/d/x.zarr/{name}" for name in sorted(HEADER_FILES)),
    "https://h.org/d/x.zarr/.zattrs/",
]


@pytest.mark.parametrize("text", SAME_PLACE)
def test_spellings_of_one_place_give_equal_locations(text):
    address = parse_address(text)
    assert address.location == BASE
    assert address.credentials == Anonymous()


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("zarr://https://h.org/d/x.zarr", "zarr"),
        ("zarr2://https://h.org/d/x.zarr/", "zarr2"),
        ("ZARR3://https://h.org/d/x.zarr", "zarr3"),
        ("n5://https://h.org/d/x.zarr/attributes.json", "n5"),
        ("precomputed://https://h.org/d/x.zarr/info", "precomputed"),
        ("https://h.org/d/x.zarr|zarr2:", "zarr2"),
        ("https://h.org/d/x.zarr/|zarr3:", "zarr3"),
        ("https://h.org/d/x.zarr|zarr:|", "zarr"),
        ("https://h.org/d/x.zarr | zarr3: ", "zarr3"),
        ("https://h.org/d|zarr2:x.zarr/", "zarr2"),
        ("https://h.org/d/|zarr2:/x.zarr/.zattrs", "zarr2"),
        ("https://h.org/d/x.zarr|neuroglancer-precomputed:", "precomputed"),
        ("zarr://https://h.org/d/x.zarr#dimension_separator=.", "zarr"),
    ],
)
def test_a_named_format_is_a_hint_and_changes_nothing_else(text, hint):
    location = parse_address(text).location
    assert location.format_hint == hint
    assert location.url() == BASE.url()


@pytest.mark.parametrize(
    "text",
    [
        "https://h.org/d/x.zarr?token=T0123456",
        "https://h.org/d/x.zarr/?token=T0123456|zarr3:",
        "https://h.org/d/x.zarr/.zattrs?token=T0123456",
        "zarr://https://h.org/d/x.zarr?token=T0123456",
    ],
)
def test_the_query_goes_along_with_every_key_and_is_never_shown(text):
    location = parse_address(text).location
    assert location.url("0/.zarray") == "https://h.org/d/x.zarr/0/.zarray?token=T0123456"
    for shown in (str(location), repr(location), location.display("0"), location.name):
        assert "T0123456" not in shown


def test_a_location_with_a_secret_query_stays_in_its_process():
    assert pickle.loads(pickle.dumps(BASE)) == BASE
    with pytest.raises(TypeError, match="query"):
        pickle.dumps(parse_address("https://h/x?token=T").location)


@pytest.mark.parametrize(
    ("text", "username", "password"),
    [
        ("https://me:pw@h.org/d/x.zarr", "me", "pw"),
        ("https://me@h.org/d/x.zarr", "me", ""),
        ("https://me%40lab:p%3Aw%2F@h.org/d/x.zarr", "me@lab", "p:w/"),
        ("zarr://https://me:p@w@h.org/d/x.zarr", "me", "p@w"),
    ],
)
def test_user_name_and_password_move_into_credentials(text, username, password):
    address = parse_address(text)
    assert address.credentials == BasicAuth(username, password)
    assert address.location.url() == BASE.url()
    assert password == "" or password not in repr(address)


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("http://H:80/a", "http://h/a"),
        ("http://h:8080/a", "http://h:8080/a"),
        ("https://h:80/a", "https://h:80/a"),
        ("http://localhost:9000/a", "http://localhost:9000/a"),
        ("http://[::1]:9000/a", "http://[::1]:9000/a"),
        ("http://[0:0::1]/a", "http://[::1]/a"),
        ("http://127.0.0.1/a", "http://127.0.0.1/a"),
        ("https://my_minio/a", "https://my_minio/a"),
        ("https://münchen.de/a", "https://xn--mnchen-3ya.de/a"),
        ("https://h/my data/ü.zarr", "https://h/my%20data/%C3%BC.zarr"),
        ("https://h/my%20data/%C3%BC.zarr", "https://h/my%20data/%C3%BC.zarr"),
        ("https://h/100%25", "https://h/100%25"),
        ("https://h/a%23b", "https://h/a%23b"),
        ("https://h/a%3Fb", "https://h/a%3Fb"),
        ("https://h/a%252Fb", "https://h/a%252Fb"),
        ("https://h/a+b", "https://h/a%2Bb"),
        ("https://h/a//b", "https://h/a//b"),
        ("https://h", "https://h/"),
        ("https://h/", "https://h/"),
        ("https://h/zarr.json", "https://h/"),
        ("https://h/my_info", "https://h/my_info"),
        ("https://h/x/0/.zarray", "https://h/x/0"),
        ("https://h/info/x", "https://h/info/x"),
        ("https://h/a?x=http://b/c", "https://h/a?x=http://b/c"),
    ],
)
def test_the_address_that_is_asked(text, url):
    assert parse_address(text).location.url() == url


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("", "empty"),
        ("   ", "empty"),
        ("''", "empty"),
        ("ftp://h/x", "ftp://"),
        ("file:///etc/passwd", "file://"),
        ("local://annotations", "local://"),
        ("zarr://zarr://https://h/x", "zarr://"),
        ("/data/x.zarr", "local"),
        ("//h/x", "local"),
        ("~/x.zarr", "local"),
        ("./x.zarr", "local"),
        ("x.zarr", "https://"),
        ("minio:9000/bucket/x", "s3://"),
        ("bucket.s3.amazonaws.com/x", "s3://"),
        ("bucket/x.zarr", "s3:// or gs://"),
        (r"C:\data\x.zarr", "backslash"),
        ("h.org/d/x.zarr", "https://"),
        ("simplecache::https://h/x", "::"),
        ("zip://a.zarr::https://h/x.zip", "::"),
        ("https://h/x::y", "::"),
        ("https://h/x|zarr3:|zip:a", "not supported"),
        ("https://h/x|zip:a|zip:b", "not supported"),
        ("https://h/x|zip", "no colon"),
        ("https://h/x|zip:../a", r"'\.\.'"),
        ("https://h/x|zip:a%2fb", "%2F"),
        ("https://h/x|zip:a#b", "#"),
        ("https://h/x|zip:a?b", r"\?"),
        ("https://h/x|gzip:", "not supported"),
        ("https://h/x|zarr2", "no colon"),
        ("https://neuroglancer-demo.appspot.com/#!{...}", "Neuroglancer"),
        ("https://h/x#part", "#"),
        ("https://h/../x", r"'\.\.'"),
        ("https://h/a/..", r"'\.\.'"),
        ("https://h/./x", r"'\.'"),
        ("https://h/%2e%2e/x", r"'\.\.'"),
        ("https://h/a/%2E./x", r"'\.\.'"),
        ("https://h/a|zarr2:../x", r"'\.\.'"),
        ("https://h/a%2fb", "%2F"),
        ("https://h/a\\b", "backslash"),
        ("https://h/a%5cb", "backslash"),
        ("https://h/a%00b", "control"),
        ("https://h/a%0d%0ab", "control"),
        ("https://h/a\nb", "control"),
        ("https://h/a\x00b", "control"),
        ("https://h/%ff", "UTF-8"),
        ("https:///x", "host"),
        ("https://", "host"),
        ("https://:80/x", "host"),
        ("https://?x", "host"),
        ("https://a b/x", "host"),
        ("https://-h/x", "host"),
        ("https://h..org/x", "host"),
        ("https://127.1/x", "host"),
        ("https://2130706433/x", "host"),
        ("https://[::1/x", "::"),
        ("https://[fe80::1%25eth0]/x", "host"),
        ("https://[nonsense]/x", "host|valid"),
        ("https://h:0/x", "port"),
        ("https://h:65536/x", "port"),
        ("https://h:abc/x", "port"),
        ("https://h:-1/x", "port"),
        ("https://h:80:90/x", "port"),
        ("https://h/" + "a" * 9000, "characters"),
    ],
)
def test_what_is_refused_and_why(text, word):
    with pytest.raises(InvalidAddress) as caught:
        parse_address(text)
    assert re.search(word, str(caught.value))
    assert caught.value.hint


@pytest.mark.parametrize(
    "text",
    [
        "https://me:hunter2secret@h:99999/x",
        "https://me:hunter2/secret@h/x",
        "s3://key:hunter2secret@bucket/x",
        "ftp://h/x?password=hunter2secret",
        "https://h/../x?token=hunter2secret",
        "me:hunter2secret@h.org/x",
        "https://me:hunter2secret@/x",
        "https://me:hunter2secret@h/a%00",
        "https://me:hunter2secret@h/x#part",
        "https://me:hunter2secret@h/x|gzip:",
        "https://h/x?token=hunter2secret|gzip:",
        "https://h/x|zip:?token=hunter2secret",
    ],
)
def test_refusals_show_no_secret(text):
    with pytest.raises(InvalidAddress) as caught:
        parse_address(text)
    assert "hunter2" not in str(caught.value)
    assert "hunter2" not in repr(caught.value)


@pytest.mark.parametrize(
    ("text", "path", "inside"),
    [
        ("https://h/x.zip", "x.zip", ""),
        ("https://h/d/x.ZIP/", "d/x.ZIP", ""),
        ("https://h/x.ozx", "x.ozx", ""),
        ("https://h/x.zarr.zip|zip:", "x.zarr.zip", ""),
        ("https://h/x.zip|zarr3:", "x.zip", ""),
        ("https://h/x.zip|zarr3:a/b", "x.zip", "a/b"),
        ("https://h/x.zip|zip:a/b/|zarr3:", "x.zip", "a/b"),
        ("https://h/x.zip | ZIP:/a/b/zarr.json | zarr3:", "x.zip", "a/b"),
        ("https://h/x.zip|zip:a%7Cb/%23", "x.zip", "a|b/#"),
        ("https://h/x.zip|zip:a/|zarr2:b/#dimension_separator=/", "x.zip", "a/b"),
        ("https://h/download|zip:info", "download", ""),
        ("zarr://https://h/x.zip", "x.zip", ""),
        ("https://h/x.zip?token=T0123456|zip:a", "x.zip", "a"),
        ("https://h/x.zip/zarr.json", "x.zip", None),
        ("https://h/x.zip/a.zarr", "x.zip/a.zarr", None),
        ("https://h/zip", "zip", None),
    ],
)
def test_a_zip_file_is_told_by_its_name_or_by_a_step(text, path, inside):
    location = parse_address(text).location
    assert (location.path, location.zip_path) == (path, inside)
    assert location.zip_file.zip_path is None
    assert location.zip_file.url().partition("?")[0] == f"https://h/{path}"


def test_a_place_in_a_zip_file_survives_being_shown_and_pickled():
    location = parse_address("https://h/d/x y.zip|zip:a b/|zarr3:c").location
    assert location.display("0/c") == "https://h/d/x%20y.zip|zip:a%20b/c/0/c"
    assert parse_address(f"{location.display()}|zarr3:").location == location
    assert pickle.loads(pickle.dumps(location)) == location


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("https://h/a.zarr.zip", "a.zarr"),
        ("https://h/a.ozx", "a"),
        ("https://h/a.zip|zip:b/c.zarr", "c.zarr"),
        ("https://h/download|zip:", "download"),
    ],
)
def test_a_volume_in_a_zip_file_is_called_after_what_is_inside(text, name):
    assert parse_address(text).location.name == name


@pytest.mark.parametrize("text", ["/data/x.zarr", "file:///data/x.zarr", "'/data/x.zarr'"])
def test_who_pastes_a_local_path_is_told_how_to_open_it(text):
    with pytest.raises(InvalidAddress, match=r"pass pathlib\.Path\('/data/x\.zarr'\)"):
        parse_address(text)


segments = st.text(
    st.characters(codec="utf-8", exclude_categories=("C", "Z"), exclude_characters="\\/:|"),
    min_size=1,
).filter(lambda s: s not in (".", "..") and s not in HEADER_FILES)


@given(st.lists(segments, min_size=1, max_size=4).map("/".join))
def test_any_path_survives_the_way_to_a_location_and_back(path):
    location = Location(scheme="https", host="h", path=path)
    assert parse_address(location.display()).location == location


@given(st.text(max_size=60).map(lambda text: "https://h/" + text) | st.text(max_size=60))
def test_any_text_gives_a_location_of_a_known_kind_or_a_clear_refusal(text):
    try:
        location = parse_address(text).location
    except InvalidAddress:
        return
    assert location.scheme in ("http", "https", "s3", "gs")
    assert ".." not in location.path.split("/")
    assert location.url().isascii() or location.query
    again = parse_address(location.display()).location
    assert again.path == location.path or location.path.rpartition("/")[2] in HEADER_FILES
