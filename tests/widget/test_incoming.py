"""A page may send anything; only messages of the protocol get through."""

import pytest

from nb_remote.widget.incoming import MAX_WANTS, parse_message
from nb_remote.widget.protocol import CloseMessage, ViewMessage

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
    )


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
