"""Names, colours, contrast of channels, from an ``omero`` block that may be anything."""

import pytest
from tests.volumes.documents import documents
from tests.volumes.inferring import infer_one

from nb_remote.infer.channels import infer_channels

RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)
FULL = {
    "label": "LaminB1",
    "color": "0000FF",
    "active": False,
    "inverted": True,
    "window": {"start": 5, "end": 1500, "min": 0, "max": 65535},
}


def channels(omero, count=2):
    image = documents("czyx", shapes=[(count, 4, 8, 8)], omero=omero)
    return infer_one(image).channels


def colors(*written, count=None):
    found = channels({"channels": [{"color": one} for one in written]}, count or len(written))
    return [one.color.value for one in found]


def test_a_complete_block_is_taken_over():
    (one,) = channels({"channels": [FULL]}, count=1)
    assert (one.name.value, one.name.origin) == ("LaminB1", "metadata")
    assert (one.color.value, one.color.origin) == (BLUE, "metadata")
    assert (one.contrast_limits.value, one.contrast_limits.origin) == ((5, 1500), "metadata")
    assert one.contrast_range == (0, 65535)
    assert not one.visible
    assert one.inverted


@pytest.mark.parametrize("omero", [None, {}, [], 3, {"channels": None}, {"channels": {}}])
def test_without_channels_defaults_are_assumed(omero):
    first, second = channels(omero)
    assert (first.name.value, second.name.value) == ("channel 0", "channel 1")
    assert (first.color.value, second.color.value) == (RED, GREEN)
    assert {first.name.origin, first.color.origin} == {"assumed"}
    assert first.contrast_limits is None
    assert first.visible


def test_a_single_channel_is_white():
    (one,) = channels(None, count=1)
    assert one.color.value == WHITE


def test_fewer_channels_than_the_axis_has_are_filled_up():
    first, second, third = channels({"channels": [FULL]}, count=3)
    assert first.name.value == "LaminB1"
    assert (second.name.value, second.color.value) == ("channel 1", GREEN)
    assert (third.name.value, third.color.value) == ("channel 2", BLUE)


def test_more_channels_than_the_axis_has_are_ignored():
    assert len(channels({"channels": [FULL] * 5}, count=2)) == 2


@pytest.mark.parametrize("broken", [None, 3, "x", [], {}, {"label": 3, "color": 3, "window": 3}])
def test_a_broken_channel_does_not_spoil_its_neighbour(broken):
    first, second = channels({"channels": [broken, FULL]})
    assert (first.name.origin, first.color.value) == ("assumed", RED)
    assert second.name.value == "LaminB1"


@pytest.mark.parametrize(
    "written", ["FF0000", "#FF0000", "ff0000", "FF0000FF", "#ff000080", " FF0000 "]
)
def test_a_colour_is_read_with_and_without_hash_and_alpha(written):
    assert colors(written) == [RED]


@pytest.mark.parametrize("written", ["red", "F00", "GG0000", "", None, 16711680, "FF0000FF00"])
def test_a_colour_that_is_none_gives_the_default(written):
    assert colors(written, "0000FF") == [RED, BLUE]


@pytest.mark.parametrize(
    "written",
    [
        *("#0F0", "0f0", "0x00FF00", "Green", " green "),
        *([0, 255, 0], [0, 255, 0, 255], [0.0, 1.0, 0.0], [0.0, 255.0, 0.0]),
        *(0x00FF00, 65280),
    ],
)
def test_a_colour_in_other_words_is_understood(written):
    assert colors("000001", written)[1] == GREEN


@pytest.mark.parametrize("written", [-16776961, 0xFF0000FF])
def test_a_colour_as_omero_keeps_it_has_red_first_and_opacity_last(written):
    assert colors("0000FF", written)[1] == RED


@pytest.mark.parametrize(
    "written", [3, 2**32, -(2**31) - 1, True, [255], [0, 300, 0], [-1, 0, 0], [None] * 3, 1.5, {}]
)
def test_numbers_that_are_no_colour_give_the_default(written):
    assert colors("0000FF", written)[1] == GREEN


@pytest.mark.parametrize("hidden", [False, "false", "False", 0])
def test_flags_in_text_and_numbers_are_understood(hidden):
    described = {"channels": [{"active": hidden, "inverted": "true"}, {"active": None}]}
    first, second = channels(described)
    assert (first.visible, first.inverted) == (False, True)
    assert (second.visible, second.inverted) == (True, False)


def test_all_black_says_nothing():
    assert colors("000000", "000000") == [RED, GREEN]
    assert colors("000000") == [WHITE]


def test_one_black_channel_among_others_is_black():
    assert colors("000000", "00FF00") == [(0, 0, 0), GREEN]


@pytest.mark.parametrize(
    ("window", "limits", "ends"),
    [
        ({"start": 0, "end": 1500, "min": 0, "max": 65535}, (0, 1500), (0, 65535)),
        ({"start": 0, "end": 1500}, (0, 1500), None),
        ({"min": 0, "max": 255}, None, (0, 255)),
        ({"start": 1500, "end": 0}, (0, 1500), None),
        ({"start": 0, "end": 0, "min": 0, "max": 0}, None, None),
        ({"start": 0, "end": None}, None, None),
        ({"start": "0", "end": "9"}, None, None),
        ({"start": float("nan"), "end": 9}, None, None),
        ({"start": 0, "end": float("inf")}, None, None),
        ({"start": 0, "end": 10**400}, None, None),
        ({"start": False, "end": True}, None, None),
        ([], None, None),
    ],
)
def test_of_a_window_what_is_there_is_used(window, limits, ends):
    (one,) = channels({"channels": [{"window": window}]}, count=1)
    assert (one.contrast_limits and one.contrast_limits.value) == limits
    assert one.contrast_range == ends


def test_channels_beyond_the_fourth_are_hidden_when_nothing_describes_them():
    assert [one.visible for one in infer_channels((), 6)] == [True] * 4 + [False] * 2


def test_described_channels_are_all_visible():
    found = channels({"channels": [{"color": "00FF00"}] * 6}, count=6)
    assert all(one.visible for one in found)


@pytest.mark.parametrize("label", ["a\x1b[31mb", "a\nb", "a\u202eb"])
def test_control_characters_of_a_label_are_not_passed_on(label):
    (one,) = channels({"channels": [{"label": label}]}, count=1)
    assert one.name.value.isprintable()


def test_a_label_of_a_megabyte_is_cut():
    (one,) = channels({"channels": [{"label": "x" * 2**20}]}, count=1)
    assert len(one.name.value) < 300
