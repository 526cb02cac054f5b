"""Every message between the form's page and the kernel, and the state the page draws.

``js/src/form/protocol.ts`` is generated from this file as ``js/src/protocol.ts`` is from
`nb_remote.widget.protocol`, and under the same rules. The page writes no trait: it sends
messages, each with a `rid` that counts up, and draws the `FormState` that comes back. An address
travels in one `AddMessage` and is kept by the kernel alone; what comes back of it is what may be
shown, without user name, password and query.
"""

from dataclasses import dataclass
from typing import Literal

from nb_remote.diagnosis.report import Outcome
from nb_remote.errors import ErrorInfo
from nb_remote.form.messages import (
    Access,  # noqa: F401  (part of what the page is told)
    AccessKind,  # noqa: F401  (as above)
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
from nb_remote.infer.inferred import Origin
from nb_remote.store.watched import Answer

FORM_PROTOCOL_VERSION = 3

FormMessage = (
    AddMessage
    | EntryMessage
    | LookNearMessage
    | RemoveLayerMessage
    | MoveLayerMessage
    | CorrectMessage
    | EditJsonMessage
    | RenameMessage
    | ImportMessage
)


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
class Edit:
    """How a property can be edited."""

    field: EditField
    channel: int
    """Of contrast and colour; 0 for what belongs to the layer."""
    value: tuple[str, ...]
    """As it stands, in parts: name; category; voxel size along x, y, z and its unit; x, y, z of the
    bounding box in dataset voxels and its extent along them; name of each stored axis; low and high
    end of the contrast; ``#rrggbb``; largest id. What is unknown is empty."""
    corrected: bool
    """Whether the person said so, and can go back to what was inferred."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CardFact:
    """One property of a layer, as a person reads it."""

    label: str
    value: str
    origin: Origin
    note: str
    edit: Edit | None
    """None where it can't be corrected."""


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
class DiagnosisStep:
    """One thing that a diagnosis checked."""

    name: str
    outcome: Outcome
    found: str
    hint: str
    """What to try; empty where there is nothing to advise."""
    details: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosed:
    """What a diagnosis of an address found out."""

    running: bool
    """Whether it still goes on; then nothing else is known."""
    verdict: str
    """The outcome in one sentence."""
    ok: bool
    """Whether it can be read after all."""
    steps: tuple[DiagnosisStep, ...]
    hints: tuple[str, ...]
    """What to try, most important first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One address that was added."""

    number: int
    """Counts up per form."""
    kind: Literal["address", "link", "datasource"]
    """A link of Neuroglancer and a datasource name several addresses."""
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
    diagnosed: Diagnosed | None
    """None until a diagnosis was asked for."""
    near: tuple[str, ...]
    """Addresses at which something lies, that may have been meant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedLine:
    """A line of what was pasted that was not taken."""

    line: int
    """Counted from 1."""
    problem: ErrorInfo


@dataclass(frozen=True, slots=True, kw_only=True)
class JsonProblem:
    """What is wrong with the edited JSON, and where."""

    path: str
    """For example ``dataLayers[0].name``; empty for the text as a whole."""
    line: int
    """Counted from 1."""
    column: int
    """Counted from 1."""
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why the last message was not followed, or not in whole."""

    rid: int
    field: Literal["address", "access", "name", "layer", "json", "form"]
    """What the person can change about it."""
    entry: int
    """`Entry.number` of the entry it is about; -1 for none."""
    problem: ErrorInfo
    lines: tuple[RefusedLine, ...]
    """Of several addresses, those that were not taken; the others were."""
    json: tuple[JsonProblem, ...]
    """Where the JSON is wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerPlace:
    """Which layer stands at a place of the list."""

    entry: int
    """`Entry.number`."""
    layer: int
    """`LayerCard.index`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FormState:
    """All that the page draws, but for the JSON and the canvas."""

    protocol: int
    answered: int
    """Highest `rid` that was followed or refused."""
    name: str
    """The dataset's name: the person's, or one that suggests itself."""
    entries: tuple[Entry, ...]
    order: tuple[LayerPlace, ...]
    """All layers in the dataset's order, those that can't be read among them."""
    layer_count: int
    """Layers of the dataset as it is now."""
    refusal: Refusal | None
    imported: bool
    python: str
    """The line of Python to go on with; empty before the import."""
