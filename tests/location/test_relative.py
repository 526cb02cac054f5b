"""Paths that data names stay inside the location they came from."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nb_remote.errors import BadMetadata
from nb_remote.location.relative import join_key


@pytest.mark.parametrize(
    ("base", "relative", "key"),
    [
        ("", "0", "0"),
        ("", "./0/", "0"),
        ("", "scale0/image", "scale0/image"),
        ("a", "0", "a/0"),
        ("a/b", ".//c///d/", "a/b/c/d"),
        ("a", "", "a"),
        ("a", ".", "a"),
        ("", "", ""),
        ("", "name with spaces", "name with spaces"),
        ("", "%2e%2e", "%2e%2e"),
        ("", "...", "..."),
        ("", "a:b", "a:b"),
    ],
)
def test_paths_are_joined_in_one_spelling(base, relative, key):
    assert join_key(base, relative) == key


@pytest.mark.parametrize(
    "relative",
    [
        "..",
        "../other",
        "a/../../b",
        "a/..",
        "/etc/passwd",
        "//evil.org/x",
        "https://evil.org/x",
        "file:///etc/passwd",
        "s3://bucket/x",
        "simplecache::x",
        "a\\b",
        "..\\b",
        "a\nb",
        "a\x00b",
        "a" * 2000,
    ],
)
def test_paths_that_lead_elsewhere_are_refused(relative):
    with pytest.raises(BadMetadata) as caught:
        join_key(
            "a", relative, where="https://h/v/.zattrs", field="multiscales[0].datasets[1].path"
        )
    assert caught.value.field == "multiscales[0].datasets[1].path"
    assert caught.value.where == "https://h/v/.zattrs"


@given(st.text(max_size=40))
def test_no_text_leaves_the_base(relative):
    try:
        key = join_key("base/folder", relative)
    except BadMetadata:
        return
    assert key == "base/folder" or key.startswith("base/folder/")
    assert not {"", ".", ".."} & set(key.split("/"))
