"""Every message between the form's page and the kernel, and the state the page draws.

``js/src/form/protocol.ts`` is generated from this file as ``js/src/protocol.ts`` is from
`nb_remote.widget.protocol`, and under the same rules. The page writes no trait: it sends
messages, each with a `rid` that counts up, and draws the `FormState` that comes back. An address
travels in one `AddMessage` and is kept by the kernel alone; what comes back of it is what may be
shown, without user name, password and query.
"""

from dataclasses import dataclass
from typing import Literal

from nb_remote.errors import ErrorInfo
from nb_remote.infer.inferred import Origin
from nb_remote.store.watched import Answer

FORM_PROTOCOL_VERSION = 2


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
    """Page → kernel: look what lies at an address."""

    kind: Literal["add"]
    rid: int
    address: str
    """As pasted; may hold secrets."""
    access: Access | None
    """None reads anonymously, or with what the address itself holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryMessage:
    """Page → kernel: stop looking at an entry, look again, or take it out."""

    kind: Literal["cancel", "retry", "remove"]
    rid: int
    entry: int
    """`Entry.number`."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One document that was asked for at an address."""

    key: str
    """Relative to the address."""
    answer: Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """A format that an address is not, and why."""

    format: str
    looked_at: tuple[str, ...]
    """Keys relative to the address."""
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CardFact:
    """One property of a layer, as a person reads it."""

    label: str
    value: str
    origin: Origin
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerCard:
    """One layer that was found."""

    index: int
    """Its place among what the address holds; stays when others are removed."""
    name: str
    """Unique in the dataset."""
    kind: str
    """``color``, ``segmentation``, or empty when that is unknown."""
    facts: tuple[CardFact, ...]
    notes: tuple[str, ...]
    problem: ErrorInfo | None
    """Why it can't be read; its facts hold all the same."""
    usable: bool
    """False when only its failure is known; then it is not in the dataset."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One address that was added."""

    number: int
    """Counts up per form."""
    where: str
    """The address as it may be shown."""
    status: Literal["exploring", "found", "failed", "cancelled"]
    elapsed_s: float
    """Seconds of looking, so far or in all."""
    requests: int
    """Requests sent for it."""
    documents: tuple[Document, ...]
    """What was asked for last; at most 64."""
    format: str
    """Name of the format that was found; empty before."""
    layers: tuple[LayerCard, ...]
    problem: ErrorInfo | None
    """Why nothing was found."""
    tried: tuple[Tried, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why the last message was not followed."""

    rid: int
    field: Literal["address", "access", "name", "form"]
    """What the person can change about it."""
    entry: int
    """`Entry.number` of the entry it is about; -1 for none."""
    problem: ErrorInfo


@dataclass(frozen=True, slots=True, kw_only=True)
class FormState:
    """All that the page draws, but for the JSON and the canvas."""

    protocol: int
    answered: int
    """Highest `rid` that was followed or refused."""
    name: str
    """The dataset's name: the person's, or one that suggests itself."""
    entries: tuple[Entry, ...]
    layer_count: int
    """Layers of the dataset as it is now."""
    refusal: Refusal | None
    imported: bool
    python: str
    """The line of Python to go on with; empty before the import."""
