// Generated from src/nb_remote/form/protocol.py by `python -m nb_remote.widget.protocol_ts`.
// Change that file, not this one.

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

export type Origin = "metadata" | "name" | "sampled" | "assumed" | "user";

/** `asked`: no answer yet. `missing`: the server said that it does not exist. */
export type Answer = "asked" | "there" | "missing" | "failed";

export const FORM_PROTOCOL_VERSION = 2;

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

/** Page → kernel: look what lies at an address. */
export interface AddMessage {
  readonly kind: "add";
  readonly rid: number;
  /** As pasted; may hold secrets. */
  readonly address: string;
  /** None reads anonymously, or with what the address itself holds. */
  readonly access: Access | null;
}

/** Page → kernel: stop looking at an entry, look again, or take it out. */
export interface EntryMessage {
  readonly kind: "cancel" | "retry" | "remove";
  readonly rid: number;
  /** `Entry.number`. */
  readonly entry: number;
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

/** One property of a layer, as a person reads it. */
export interface CardFact {
  readonly label: string;
  readonly value: string;
  readonly origin: Origin;
  readonly note: string;
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

/** One address that was added. */
export interface Entry {
  /** Counts up per form. */
  readonly number: number;
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
}

/** Why the last message was not followed. */
export interface Refusal {
  readonly rid: number;
  /** What the person can change about it. */
  readonly field: "address" | "access" | "name" | "form";
  /** `Entry.number` of the entry it is about; -1 for none. */
  readonly entry: number;
  readonly problem: ErrorInfo;
}

/** All that the page draws, but for the JSON and the canvas. */
export interface FormState {
  readonly protocol: number;
  /** Highest `rid` that was followed or refused. */
  readonly answered: number;
  /** The dataset's name: the person's, or one that suggests itself. */
  readonly name: string;
  readonly entries: readonly Entry[];
  /** Layers of the dataset as it is now. */
  readonly layer_count: number;
  readonly refusal: Refusal | null;
  readonly imported: boolean;
  /** The line of Python to go on with; empty before the import. */
  readonly python: string;
}
