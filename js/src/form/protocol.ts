// Generated from src/nb_remote/form/protocol.py by `python -m nb_remote.widget.protocol_ts`.
// Change that file, not this one.

/** `warning`: it can be read all the same. `skipped`: it could not be known, or need not. */
export type Outcome = "ok" | "warning" | "failed" | "skipped";

/** What a page may show of an error: never a traceback, never a secret. */
export interface ErrorInfo {
  /** Short, stable name of the cause, for example `not-found`. */
  readonly code: string;
  /** What happened, in one sentence. */
  readonly text: string;
  /** The address or object it happened at; empty when it has none. */
  readonly where: string;
  /** What to try; empty when there is nothing to advise. */
  readonly hint: string;
}

/** What proves who is asking; `default` is what the kernel's machine is configured with. */
export type AccessKind = "anonymous" | "basic" | "bearer" | "key" | "profile" | "service_account" | "default";

/** Credentials as typed; secret. What a kind has no use for is empty. */
export interface Access {
  readonly kind: AccessKind;
  /** User name, access key id or profile. */
  readonly name: string;
  /** Password, token, secret access key, or the JSON of a service account. */
  readonly secret: string;
  /** Session token of an access key. */
  readonly session: string;
  /** Project of Google Cloud that pays for the requests. */
  readonly payer: string;
  /** Whether the person pays for requests to S3. */
  readonly requester_pays: boolean;
}

/** Page → kernel: look what lies at one or several addresses. */
export interface AddMessage {
  readonly kind: "add";
  readonly rid: number;
  /** As pasted, one on each line; may hold secrets. */
  readonly address: string;
  /** None reads anonymously, or with what the address itself holds. */
  readonly access: Access | null;
}

/** Page → kernel: stop looking at an entry, look again, take it out, or find out why. */
export interface EntryMessage {
  readonly kind: "cancel" | "retry" | "remove" | "diagnose";
  readonly rid: number;
  /** `Entry.number`. */
  readonly entry: number;
}

/** Page → kernel: look at an address that may have been meant instead. */
export interface LookNearMessage {
  readonly kind: "look_near";
  readonly rid: number;
  /** `Entry.number`. */
  readonly entry: number;
  /** Position in `Entry.near`. */
  readonly near: number;
}

/** Page → kernel: leave one layer out of the dataset. */
export interface RemoveLayerMessage {
  readonly kind: "remove_layer";
  readonly rid: number;
  /** `Entry.number`. */
  readonly entry: number;
  /** `LayerCard.index`. */
  readonly layer: number;
}

/** Page → kernel: let a layer change places with the one before or after it. */
export interface MoveLayerMessage {
  readonly kind: "move_layer";
  readonly rid: number;
  /** `Entry.number`. */
  readonly entry: number;
  /** `LayerCard.index`. */
  readonly layer: number;
  readonly up: boolean;
}

/** A property of a layer that a person may correct. */
export type EditField = "name" | "category" | "voxel_size" | "bounding_box" | "axes" | "contrast" | "color" | "largest_segment_id";

/** Page → kernel: a property of a layer is what the person says. */
export interface CorrectMessage {
  readonly kind: "correct";
  readonly rid: number;
  /** `Entry.number`. */
  readonly entry: number;
  /** `LayerCard.index`. */
  readonly layer: number;
  readonly field: EditField;
  /** Of contrast and colour; 0 for what belongs to the layer. */
  readonly channel: number;
  /** As typed, like `Edit.value`; empty for what was inferred. */
  readonly value: readonly string[];
}

/** Page → kernel: the dataset is what the edited JSON says. */
export interface EditJsonMessage {
  readonly kind: "edit_json";
  readonly rid: number;
  readonly text: string;
}

/** Page → kernel: the dataset's name, as typed. */
export interface RenameMessage {
  readonly kind: "rename";
  readonly rid: number;
  readonly name: string;
}

/** Page → kernel: freeze the dataset under this name. */
export interface ImportMessage {
  readonly kind: "import";
  readonly rid: number;
  readonly name: string;
}

export type Origin = "metadata" | "name" | "sampled" | "assumed" | "user";

/** `asked`: no answer yet. `missing`: the server said that it does not exist. */
export type Answer = "asked" | "there" | "missing" | "failed";

export const FORM_PROTOCOL_VERSION = 3;

export type FormMessage = AddMessage | EntryMessage | LookNearMessage | RemoveLayerMessage | MoveLayerMessage | CorrectMessage | EditJsonMessage | RenameMessage | ImportMessage;

/** One document that was asked for at an address. */
export interface Document {
  /** Relative to the address. */
  readonly key: string;
  readonly answer: Answer;
}

/** A format that an address is not, and why. */
export interface Tried {
  readonly format: string;
  /** Keys relative to the address. */
  readonly looked_at: readonly string[];
  readonly reason: string;
}

/** How a property can be edited. */
export interface Edit {
  readonly field: EditField;
  /** Of contrast and colour; 0 for what belongs to the layer. */
  readonly channel: number;
  /** As it stands, in parts: name; category; voxel size along x, y, z and its unit; x, y, z of the bounding box in dataset voxels and its extent along them; name of each stored axis; low and high end of the contrast; `#rrggbb`; largest id. What is unknown is empty. */
  readonly value: readonly string[];
  /** Whether the person said so, and can go back to what was inferred. */
  readonly corrected: boolean;
}

/** One property of a layer, as a person reads it. */
export interface CardFact {
  readonly label: string;
  readonly value: string;
  readonly origin: Origin;
  readonly note: string;
  /** None where it can't be corrected. */
  readonly edit: Edit | null;
}

/** One layer that was found. */
export interface LayerCard {
  /** Its place among what the address holds; stays when others are removed. */
  readonly index: number;
  /** Unique in the dataset. */
  readonly name: string;
  /** `color`, `segmentation`, or empty when that is unknown. */
  readonly kind: string;
  readonly facts: readonly CardFact[];
  readonly notes: readonly string[];
  /** Why it can't be read; its facts hold all the same. */
  readonly problem: ErrorInfo | null;
  /** False when only its failure is known; then it is not in the dataset. */
  readonly usable: boolean;
}

/** One thing that a diagnosis checked. */
export interface DiagnosisStep {
  readonly name: string;
  readonly outcome: Outcome;
  readonly found: string;
  /** What to try; empty where there is nothing to advise. */
  readonly hint: string;
  readonly details: readonly string[];
}

/** What a diagnosis of an address found out. */
export interface Diagnosed {
  /** Whether it still goes on; then nothing else is known. */
  readonly running: boolean;
  /** The outcome in one sentence. */
  readonly verdict: string;
  /** Whether it can be read after all. */
  readonly ok: boolean;
  readonly steps: readonly DiagnosisStep[];
  /** What to try, most important first. */
  readonly hints: readonly string[];
}

/** One address that was added. */
export interface Entry {
  /** Counts up per form. */
  readonly number: number;
  /** A link of Neuroglancer and a datasource name several addresses. */
  readonly kind: "address" | "link" | "datasource";
  /** The address as it may be shown. */
  readonly where: string;
  readonly status: "exploring" | "found" | "failed" | "cancelled";
  /** Seconds of looking, so far or in all. */
  readonly elapsed_s: number;
  /** Requests sent for it. */
  readonly requests: number;
  /** What was asked for last; at most 64. */
  readonly documents: readonly Document[];
  /** Name of the format that was found; empty before. */
  readonly format: string;
  readonly layers: readonly LayerCard[];
  /** Why nothing was found. */
  readonly problem: ErrorInfo | null;
  readonly tried: readonly Tried[];
  /** None until a diagnosis was asked for. */
  readonly diagnosed: Diagnosed | null;
  /** Addresses at which something lies, that may have been meant. */
  readonly near: readonly string[];
}

/** A line of what was pasted that was not taken. */
export interface RefusedLine {
  /** Counted from 1. */
  readonly line: number;
  readonly problem: ErrorInfo;
}

/** What is wrong with the edited JSON, and where. */
export interface JsonProblem {
  /** For example `dataLayers[0].name`; empty for the text as a whole. */
  readonly path: string;
  /** Counted from 1. */
  readonly line: number;
  /** Counted from 1. */
  readonly column: number;
  readonly text: string;
}

/** Why the last message was not followed, or not in whole. */
export interface Refusal {
  readonly rid: number;
  /** What the person can change about it. */
  readonly field: "address" | "access" | "name" | "layer" | "json" | "form";
  /** `Entry.number` of the entry it is about; -1 for none. */
  readonly entry: number;
  readonly problem: ErrorInfo;
  /** Of several addresses, those that were not taken; the others were. */
  readonly lines: readonly RefusedLine[];
  /** Where the JSON is wrong. */
  readonly json: readonly JsonProblem[];
}

/** Which layer stands at a place of the list. */
export interface LayerPlace {
  /** `Entry.number`. */
  readonly entry: number;
  /** `LayerCard.index`. */
  readonly layer: number;
}

/** All that the page draws, but for the JSON and the canvas. */
export interface FormState {
  readonly protocol: number;
  /** Highest `rid` that was followed or refused. */
  readonly answered: number;
  /** The dataset's name: the person's, or one that suggests itself. */
  readonly name: string;
  readonly entries: readonly Entry[];
  /** All layers in the dataset's order, those that can't be read among them. */
  readonly order: readonly LayerPlace[];
  /** Layers of the dataset as it is now. */
  readonly layer_count: number;
  readonly refusal: Refusal | null;
  readonly imported: boolean;
  /** The line of Python to go on with; empty before the import. */
  readonly python: string;
}
