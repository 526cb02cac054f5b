"""What the form's page sent, checked: a message is a dataclass of `protocol` or it is refused.

No reason names what was sent: an address may hold a password, and reasons are logged.
"""

from typing import cast, get_args

from nb_remote.form.protocol import (
    Access,
    AccessKind,
    AddMessage,
    EntryMessage,
    ImportMessage,
    RemoveLayerMessage,
    RenameMessage,
)

MAX_TEXT = 65_536
"""Characters of one field; longer ones are pasted by mistake."""

Message = AddMessage | EntryMessage | RemoveLayerMessage | RenameMessage | ImportMessage


def parse_message(content: object) -> Message:
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
            address, access = _text(message, "address"), _access(message.get("access"))
            return AddMessage(kind="add", rid=rid, address=address, access=access)
        case "cancel" | "retry" | "remove" as kind:
            return EntryMessage(kind=kind, rid=rid, entry=_count(message, "entry"))
        case "remove_layer":
            entry, layer = _count(message, "entry"), _count(message, "layer")
            return RemoveLayerMessage(kind="remove_layer", rid=rid, entry=entry, layer=layer)
        case "rename":
            return RenameMessage(kind="rename", rid=rid, name=_text(message, "name"))
        case "import":
            return ImportMessage(kind="import", rid=rid, name=_text(message, "name"))
        case _:
            raise ValueError("unknown kind of message")


def _access(value: object) -> Access | None:
    if value is None:
        return None
    if not isinstance(value, dict):
        raise ValueError("access must be an object")  # noqa: TRY004  (as above)
    given = cast("dict[str, object]", value)
    kind, pays = given.get("kind"), given.get("requester_pays")
    if kind not in get_args(AccessKind):
        raise ValueError("unknown kind of access")
    if not isinstance(pays, bool):
        raise ValueError("requester_pays must be true or false")  # noqa: TRY004
    return Access(
        kind=cast("AccessKind", kind),
        name=_text(given, "name"),
        secret=_text(given, "secret"),
        session=_text(given, "session"),
        payer=_text(given, "payer"),
        requester_pays=pays,
    )


def _count(message: dict[str, object], field: str) -> int:
    value = message.get(field)
    if type(value) is not int or value < 0:
        raise ValueError(f"{field} must be a whole number")
    return value


def _text(message: dict[str, object], field: str) -> str:
    value = message.get(field)
    if not isinstance(value, str) or len(value) > MAX_TEXT:
        raise ValueError(f"{field} must be text of at most {MAX_TEXT} characters")
    return value
