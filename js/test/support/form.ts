import type { FormModel, FormTraits } from "../../src/form/model";
import {
  type Entry,
  FORM_PROTOCOL_VERSION,
  type FormMessage,
  type FormState,
  type LayerCard,
} from "../../src/form/protocol";
import type { Model } from "../../src/model";

type Action = () => void;

/** Stands in for the form's anywidget model. */
export class FakeFormModel implements FormModel {
  readonly sent: FormMessage[] = [];
  readonly widget_manager?: { get_model(name: string): Promise<Model> };
  readonly #traits: FormTraits;
  readonly #listeners = new Map<string, Set<Action>>();

  /** `children`: models of views by name; without it the host has no widget manager. */
  constructor(traits: Partial<FormTraits> = {}, children?: Record<string, unknown>) {
    this.#traits = {
      _kind: "form",
      _state: state(),
      _json: "",
      _view: null,
      _code: "",
      _comm_id: "",
      ...traits,
    };
    if (children) {
      this.widget_manager = {
        get_model: (name) =>
          name in children ? Promise.resolve(children[name] as Model) : Promise.reject(new Error("gone")),
      };
    }
  }

  get<K extends keyof FormTraits>(name: K): FormTraits[K] {
    return this.#traits[name];
  }

  send(content: FormMessage): void {
    this.sent.push(structuredClone(content));
  }

  on(event: string, action: Action): void {
    this.#listeners.set(event, (this.#listeners.get(event) ?? new Set()).add(action));
  }

  off(event: string, action: Action): void {
    this.#listeners.get(event)?.delete(action);
  }

  get listenerCount(): number {
    return [...this.#listeners.values()].reduce((sum, actions) => sum + actions.size, 0);
  }

  /** Python sets a trait. */
  python<K extends keyof FormTraits>(name: K, value: FormTraits[K]): void {
    this.#traits[name] = value;
    for (const action of this.#listeners.get(`change:${name}`) ?? []) action();
  }

  /** The kernel answers the last message. */
  answer(changes: Partial<FormState> = {}): void {
    this.python("_state", { ...this.#traits._state, answered: this.sent.at(-1)?.rid ?? 0, ...changes });
  }
}

export function state(changes: Partial<FormState> = {}): FormState {
  return {
    protocol: FORM_PROTOCOL_VERSION,
    answered: 0,
    name: "",
    entries: [],
    order: (changes.entries ?? []).flatMap(({ number, layers }) =>
      layers.map(({ index }) => ({ entry: number, layer: index })),
    ),
    layer_count: 0,
    refusal: null,
    imported: false,
    python: "",
    ...changes,
  };
}

export function entry(changes: Partial<Entry> = {}): Entry {
  return {
    number: 1,
    kind: "address",
    where: "https://host/em.zarr",
    status: "found",
    elapsed_s: 0.3,
    requests: 7,
    documents: [],
    format: "OME-Zarr 0.4",
    layers: [],
    problem: null,
    tried: [],
    diagnosed: null,
    near: [],
    ...changes,
  };
}

export function card(changes: Partial<LayerCard> = {}): LayerCard {
  return {
    index: 0,
    name: "em",
    kind: "color",
    facts: [
      { label: "data type", value: "uint8", origin: "metadata", note: "", edit: null },
      {
        label: "voxel size",
        value: "1 × 1 × 1 nm",
        origin: "assumed",
        note: "no unit is given",
        edit: { field: "voxel_size", channel: 0, value: ["1", "1", "1", "nanometer"], corrected: false },
      },
    ],
    notes: [],
    problem: null,
    usable: true,
    ...changes,
  };
}
