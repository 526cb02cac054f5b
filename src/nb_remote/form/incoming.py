"""What the form's page sent, checked: a message is a dataclass of `protocol` or it is refused.

No reason names what was sent: an address may hold a password, and reasons are logged.
"""

from typing import cast, get_args

from nb_remote.form.messages import (
    Access,
    AccessKind,
    AddMessage,
    CorrectMessage,
    EditField,
    EditJsonMessage,
    EntryMessage,
    ImportMessage,
    LookNearMessage,
    MoveLayerMessage,
    RemoveLayerMessage,
    RenameMessage,
)
from nb_remote.form.protocol import FormMessage

MAX_TEXT = 65_536
"""Characters of one field; longer ones are pasted by mistake."""
MAX_DOCUMENT = 4_000_000
"""Characters of a pasted or edited document: the JSON of some thousand layers. The page says so
itself (`js/src/form/AddLayer.tsx`)."""
MAX_PARTS = 32
"""Parts of one property: NumPy's arrays have at most as many axes."""


def parse_message(content: object) -> FormMessage:
    """Translate the content of a custom message.

    Raises
    ------
    ValueError
        It is not a message of the protocol.
    """
    if not isinstance(content, dict):
        raise ValueError("a message must be an object")  # noqa: TRY004  (one cause: not a message)
    message = cast("dict[str, object]", content)
    rid = _count(message, "rid")
    match message.get("kind"):
        case "add":
            address = _text(message, "address", MAX_DOCUMENT)
            access = _access(message.get("access"))
            return AddMessage(kind="add", rid=rid, address=address, access=access)
        case "cancel" | "retry" | "remove" | "diagnose" as kind:
            return EntryMessage(kind=kind, rid=rid, entry=_count(message, "entry"))
        case "look_near":
            entry, near = _count(message, "entry"), _count(message, "near")
            return LookNearMessage(kind="look_near", rid=rid, entry=entry, near=near)
        case "edit_json":
            text = _text(message, "text", MAX_DOCUMENT)
            return EditJsonMessage(kind="edit_json", rid=rid, text=text)
        case "rename":
            return RenameMessage(kind="rename", rid=rid, name=_text(message, "name"))
        case "import":
            return ImportMessage(kind="import", rid=rid, name=_text(message, "name"))
        case _:
            return _about_layer(message, rid)


def _about_layer(message: dict[str, object], rid: int) -> FormMessage:
    entry, layer = _count(message, "entry"), _count(message, "layer")
    match message.get("kind"):
        case "remove_layer":
            return RemoveLayerMessage(kind="remove_layer", rid=rid, entry=entry, layer=layer)
        case "move_layer":
            up = _flag(message, "up")
            return MoveLayerMessage(kind="move_layer", rid=rid, entry=entry, layer=layer, up=up)
        case "correct":
            return CorrectMessage(
                kind="correct",
                rid=rid,
                entry=entry,
                layer=layer,
                field=_field(message),
                channel=_count(message, "channel"),
                value=_parts(message, "value"),
            )
        case _:
            raise ValueError("unknown kind of message")


def _access(value: object) -> Access | None:
    if value is None:
        return None
    if not isinstance(value, dict):
        raise ValueError("access must be an object")  # noqa: TRY004  (as above)
    given = cast("dict[str, object]", value)
    kind = given.get("kind")
    if kind not in get_args(AccessKind):
        raise ValueError("unknown kind of access")
    return Access(
        kind=cast("AccessKind", kind),
        name=_text(given, "name"),
        secret=_text(given, "secret"),
        session=_text(given, "session"),
        payer=_text(given, "payer"),
        requester_pays=_flag(given, "requester_pays"),
    )


def _count(message: dict[str, object], field: str) -> int:
    value = message.get(field)
    if type(value) is not int or value < 0:
        raise ValueError(f"{field} must be a whole number")
    return value


def _flag(message: dict[str, object], field: str) -> bool:
    value = message.get(field)
    if not isinstance(value, bool):
        raise ValueError(f"{field} must be true or false")  # noqa: TRY004  (as above)
    return value


def _text(message: dict[str, object], field: str, most: int = MAX_TEXT) -> str:
    value = message.get(field)
    if not isinstance(value, str) or len(value) > most:
        raise ValueError(f"{field} must be text of at most {most} characters")
    return value


def _parts(message: dict[str, object], field: str) -> tuple[str, ...]:
    value = message.get(field)
    if not isinstance(value, list | tuple) or len(value) > MAX_PARTS:
        raise ValueError(f"{field} must be a list of at most {MAX_PARTS} texts")
    if not all(isinstance(one, str) and len(one) <= MAX_TEXT for one in value):
        raise ValueError(f"{field} must be a list of texts")
    return tuple(value)


def _field(message: dict[str, object]) -> EditField:
    value = message.get("field")
    if value not in get_args(EditField):
        raise ValueError("unknown property")
    return cast("EditField", value)
