import type { FromKernel, Model, ToKernel, TraitName, Traits } from "../../src/model";
import type { Stats } from "../../src/protocol";

type Action = (...values: never[]) => void;

/** What the kernel tells before it has done anything. */
export const NO_STATS: Stats = {
  requests: 0,
  bytes: 0,
  in_flight: 0,
  missing_chunks: 0,
  tiles_sent: 0,
  tiles_ahead: 0,
  tiles_ahead_used: 0,
  tiles_ready: 0,
  tiles_cancelled: 0,
};

/** Stands in for an anywidget model: keeps traits, records what is sent, counts who listens. */
export class FakeModel implements Model {
  readonly sent: ToKernel[] = [];
  /** What was set and not saved yet. */
  readonly unsaved = new Map<TraitName, unknown>();
  /** One entry per `save_changes`: what Python would hear of gestures, without the count of them. */
  readonly saved: Partial<Traits>[] = [];
  onSend: (content: ToKernel) => void = () => {};
  readonly #traits: Traits;
  readonly #listeners = new Map<string, Set<Action>>();

  constructor(traits: Partial<Traits> = {}) {
    this.#traits = {
      _scene: null,
      position: [0, 0, 0],
      zoom: null,
      plane: "xy",
      contrast_limits: {},
      visible: {},
      opacity: {},
      channels: {},
      colors: {},
      inverted: {},
      extra_axes: {},
      selected_segments: {},
      _hovered: null,
      _told: [],
      height: 480,
      _problem: null,
      _comm_id: "",
      _snapshots_kept: false,
      ...traits,
    };
  }

  get<K extends TraitName>(name: K): Traits[K] {
    return this.#traits[name];
  }

  set<K extends TraitName>(name: K, value: Traits[K]): void {
    this.unsaved.set(name, value);
    this.#change(name, value);
  }

  save_changes(): void {
    const { _told, ...gestures } = Object.fromEntries(this.unsaved) as Partial<Traits>;
    this.saved.push(gestures);
    this.unsaved.clear();
  }

  send(content: ToKernel): void {
    this.sent.push(structuredClone(content));
    this.onSend(content);
  }

  on(event: string, action: Action): void {
    const actions = this.#listeners.get(event) ?? new Set();
    this.#listeners.set(event, actions.add(action));
  }

  off(event: string, action: Action): void {
    this.#listeners.get(event)?.delete(action);
  }

  get listenerCount(): number {
    return [...this.#listeners.values()].reduce((sum, actions) => sum + actions.size, 0);
  }

  /** Python sets a trait. */
  python<K extends TraitName>(name: K, value: Traits[K]): void {
    this.#change(name, value);
  }

  /** The whole state comes anew, as after a broken connection: all of it is there before anything is reported. */
  restore(traits: Partial<Traits>): void {
    const changed = (Object.keys(traits) as TraitName[]).filter(
      (name) => !Object.is(this.#traits[name], traits[name]),
    );
    Object.assign(this.#traits, traits);
    for (const name of changed) this.#report(name);
  }

  /** The kernel sends a message. */
  receive(content: FromKernel, buffers: DataView[] = []): void {
    for (const action of this.#listeners.get("msg:custom") ?? []) {
      (action as (content: FromKernel, buffers: DataView[]) => void)(content, buffers);
    }
  }

  #change<K extends TraitName>(name: K, value: Traits[K]): void {
    if (Object.is(this.#traits[name], value)) return;
    this.#traits[name] = value;
    this.#report(name);
  }

  #report(name: TraitName): void {
    for (const action of this.#listeners.get(`change:${name}`) ?? []) (action as () => void)();
  }
}
