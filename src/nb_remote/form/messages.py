"""What the form's page sends. `protocol` says how it travels."""

from dataclasses import dataclass
from typing import Literal

AccessKind = Literal["anonymous", "basic", "bearer", "key", "profile", "service_account", "default"]
"""What proves who is asking; ``default`` is what the kernel's machine is configured with."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Access:
    """Credentials as typed; secret. What a kind has no use for is empty."""

    kind: AccessKind
    name: str
    """User name, access key id or profile."""
    secret: str
    """Password, token, secret access key, or the JSON of a service account."""
    session: str
    """Session token of an access key."""
    payer: str
    """Project of Google Cloud that pays for the requests."""
    requester_pays: bool
    """Whether the person pays for requests to S3."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class AddMessage:
    """Page → kernel: look what lies at one or several addresses."""

    kind: Literal["add"]
    rid: int
    address: str
    """As pasted, one on each line; may hold secrets."""
    access: Access | None
    """None reads anonymously, or with what the address itself holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryMessage:
    """Page → kernel: stop looking at an entry, look again, take it out, or find out why."""

    kind: Literal["cancel", "retry", "remove", "diagnose"]
    rid: int
    entry: int
    """`Entry.number`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LookNearMessage:
    """Page → kernel: look at an address that may have been meant instead."""

    kind: Literal["look_near"]
    rid: int
    entry: int
    """`Entry.number`."""
    near: int
    """Position in `Entry.near`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveLayerMessage:
    """Page → kernel: leave one layer out of the dataset."""

    kind: Literal["remove_layer"]
    rid: int
    entry: int
    """`Entry.number`."""
    layer: int
    """`LayerCard.index`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveLayerMessage:
    """Page → kernel: let a layer change places with the one before or after it."""

    kind: Literal["move_layer"]
    rid: int
    entry: int
    """`Entry.number`."""
    layer: int
    """`LayerCard.index`."""
    up: bool


EditField = Literal[
    "name",
    "category",
    "voxel_size",
    "bounding_box",
    "axes",
    "contrast",
    "color",
    "largest_segment_id",
]
"""A property of a layer that a person may correct."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectMessage:
    """Page → kernel: a property of a layer is what the person says."""

    kind: Literal["correct"]
    rid: int
    entry: int
    """`Entry.number`."""
    layer: int
    """`LayerCard.index`."""
    field: EditField
    channel: int
    """Of contrast and colour; 0 for what belongs to the layer."""
    value: tuple[str, ...]
    """As typed, like `Edit.value`; empty for what was inferred."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EditJsonMessage:
    """Page → kernel: the dataset is what the edited JSON says."""

    kind: Literal["edit_json"]
    rid: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RenameMessage:
    """Page → kernel: the dataset's name, as typed."""

    kind: Literal["rename"]
    rid: int
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportMessage:
    """Page → kernel: freeze the dataset under this name."""

    kind: Literal["import"]
    rid: int
    name: str
