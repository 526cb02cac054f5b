"""A page may send anything; only messages of the protocol get through."""

import pytest

from nb_remote.widget.incoming import MAX_WANTS, parse_message
from nb_remote.widget.protocol import CloseMessage, SnapshotMessage, ViewMessage

GOOD = {
    "kind": "view",
    "view": "v1",
    "rid": 3,
    "generation": 2,
    "seen": 1,
    "again": False,
    "wants": [[0, 0, 0, 0, 5, 1, 2]],
}


def test_a_view_message_is_understood():
    message = parse_message(GOOD)

    assert message == ViewMessage(
        kind="view",
        view="v1",
        rid=3,
        generation=2,
        seen=1,
        again=False,
        wants=((0, 0, 0, 0, 5, 1, 2),),
        visible=1,
        warm=(),
        used=0,
    )


def test_what_is_wanted_beforehand_is_told_apart():
    more = {"visible": 0, "warm": [[0, 0, 0, 0, 9, 1, 2]], "used": 4}

    message = parse_message(GOOD | more)

    assert (message.visible, message.warm, message.used) == (0, ((0, 0, 0, 0, 9, 1, 2),), 4)
    # more than there are can't be in view
    assert parse_message(GOOD | {"visible": 7}).visible == 1


SNAPSHOT = {
    "kind": "snapshot",
    "view": "v1",
    "position": [1, 2.5, 3],
    "plane": "yz",
    "layers": [0, 2],
    "failed": 0,
    "width": 640,
}


def test_a_snapshot_message_is_understood():
    message = parse_message(SNAPSHOT)
    assert isinstance(message, SnapshotMessage)
    assert (message.position, message.layers, message.width) == ((1, 2.5, 3), (0, 2), 640)


def test_a_close_message_is_understood():
    assert parse_message({"kind": "close", "view": "v"}) == CloseMessage(kind="close", view="v")


@pytest.mark.parametrize(
    "content",
    [
        None,
        [],
        "view",
        {},
        GOOD | {"view": ""},
        GOOD | {"view": 7},
        GOOD | {"view": "x" * 1000},
        GOOD | {"kind": "exec"},
        GOOD | {"rid": -1},
        GOOD | {"rid": 1.5},
        GOOD | {"rid": True},
        GOOD | {"generation": "2"},
        GOOD | {"seen": None},
        GOOD | {"wants": None},
        SNAPSHOT | {"position": [1, 2]},
        SNAPSHOT | {"position": [1, 2, "3"]},
        SNAPSHOT | {"position": [1, 2, float("nan")]},
        SNAPSHOT | {"position": [1, 2, 10**400]},
        SNAPSHOT | {"plane": "zx"},
        SNAPSHOT | {"plane": ["xy"]},
        SNAPSHOT | {"layers": [-1]},
        SNAPSHOT | {"layers": "01"},
        SNAPSHOT | {"failed": -1},
        SNAPSHOT | {"width": '"><script>'},
        GOOD | {"wants": {}},
        GOOD | {"wants": [3]},
        GOOD | {"wants": [[1.0] * 7]},
        GOOD | {"wants": [["0"] * 7]},
        GOOD | {"wants": [[0] * 1000]},
        GOOD | {"wants": [[0] * 7] * (MAX_WANTS + 1)},
    ],
)
def test_anything_else_is_refused(content):
    with pytest.raises(ValueError, match=r"\w"):
        parse_message(content)
