"""What the page sent, checked: a message is a dataclass of `protocol` or it is refused."""

from typing import cast

from nb_remote.tiles.address import Want
from nb_remote.widget.protocol import CloseMessage, SnapshotMessage, ViewMessage

MAX_WANTS = 4096
"""Wants in one message: a 4K screen at one voxel a pixel shows 135 tiles per channel."""
MAX_WANT_LENGTH = 32
_MAX_VIEW_NAME = 64
_FAR = 2**53


def parse_message(content: object) -> ViewMessage | CloseMessage | SnapshotMessage:
    """Translate the content of a custom message.

    Raises
    ------
    ValueError
        It is not a message of the protocol.
    """
    if not isinstance(content, dict):
        raise ValueError("a message must be an object")  # noqa: TRY004  (one cause: not a message)
    message = cast("dict[str, object]", content)
    view = message.get("view")
    if not isinstance(view, str) or not 0 < len(view) <= _MAX_VIEW_NAME:
        raise ValueError("a message must name its view")
    if message.get("kind") == "close":
        return CloseMessage(kind="close", view=view)
    if message.get("kind") == "snapshot":
        return _snapshot(message, view)
    if message.get("kind") != "view":
        raise ValueError(f"unknown kind of message {message.get('kind')!r}")
    wants = _wants(message.get("wants"))
    return ViewMessage(
        kind="view",
        view=view,
        rid=_count(message, "rid"),
        generation=_count(message, "generation"),
        seen=_count(message, "seen"),
        again=message.get("again") is True,
        wants=wants,
        visible=min(_count(message, "visible", len(wants)), len(wants)),
        warm=_wants(message.get("warm", [])),
        used=_count(message, "used", 0),
    )


def _count(message: dict[str, object], field: str, missing: int | None = None) -> int:
    value = message.get(field, missing)
    if type(value) is not int or value < 0:
        raise ValueError(f"{field} must be a whole number, not {value!r}")
    return value


def _snapshot(message: dict[str, object], view: str) -> SnapshotMessage:
    position, layers = message.get("position"), message.get("layers")
    if (
        not isinstance(position, list)
        or len(position) != 3  # x y z
        or any(type(n) not in {int, float} or not abs(n) < _FAR for n in position)
    ):
        raise ValueError(f"position must be three numbers, not {position!r}")
    if not isinstance(layers, list) or any(type(n) is not int or n < 0 for n in layers):
        raise ValueError("layers must be a list of whole numbers")
    plane = message.get("plane")
    if plane not in ("xy", "xz", "yz"):
        raise ValueError(f"there is no plane {plane!r}")
    return SnapshotMessage(
        kind="snapshot",
        view=view,
        plane=plane,
        position=cast("tuple[float, float, float]", tuple(position)),
        layers=tuple(layers[:MAX_WANTS]),
        failed=_count(message, "failed"),
        width=_count(message, "width"),
    )


def _wants(value: object) -> tuple[Want, ...]:
    if not isinstance(value, list) or len(value) > MAX_WANTS:
        raise ValueError(f"wants must be a list of at most {MAX_WANTS} tiles")
    for want in value:
        if (
            not isinstance(want, list)
            or len(want) > MAX_WANT_LENGTH
            or any(type(n) is not int for n in want)
        ):
            raise ValueError("a want must be a list of whole numbers")
    return tuple(tuple(want) for want in value)
