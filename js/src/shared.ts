import { type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { Lifetime } from "./lifetime";
import type { Model, TraitName, Traits } from "./model";

/** A gesture has come to rest, and is told to Python, after this many milliseconds without a change. */
export const REST = 150;

/** A trait as a signal: what Python sets shows at once; what is set here does too, and goes to Python at rest. */
export interface Shared<V> extends ReadonlySignal<V> {
  set(value: V): void;
}

/** A signal that follows a trait, unless `onChange`, which runs before, returns false. */
export function mirror<K extends TraitName, V>(
  model: Model,
  name: K,
  parse: (value: Traits[K]) => V,
  lifetime: Lifetime,
  onChange?: () => boolean,
): Signal<V> {
  const mirrored = signal(parse(model.get(name)));
  const follow = () => {
    if (onChange?.() === false) return;
    mirrored.value = parse(model.get(name));
  };
  model.on(`change:${name}`, follow);
  lifetime.onEnd(() => model.off(`change:${name}`, follow));
  return mirrored;
}

/** Traits that gestures change. However many a gesture touches, Python hears of them in one message. */
export class SharedTraits {
  readonly #model: Model;
  readonly #lifetime: Lifetime;
  /** Changed here and not yet told to Python: what writes the trait, by its name. */
  readonly #unsaved = new Map<TraitName, () => void>();
  readonly #rest;
  /** Names this page among all that show the view. */
  readonly #page = crypto.randomUUID?.() ?? String(Math.random());
  /** How often anything was told to Python. */
  #count = 0;
  /** The count at which a trait was told last. */
  readonly #told = new Map<TraitName, number>();

  constructor(model: Model, lifetime: Lifetime) {
    this.#model = model;
    this.#lifetime = lifetime;
    this.#rest = lifetime.timer(() => this.#save());
  }

  /** `format` makes a trait's value of a signal's; undefined keeps it from Python. */
  share<K extends TraitName, V>(
    name: K,
    parse: (value: Traits[K]) => V,
    format: (value: V) => Traits[K] | undefined,
  ): Shared<V> {
    // What Python sets replaces what a gesture has not told yet, or told; but Python may not have heard.
    const mirrored = mirror(this.#model, name, parse, this.#lifetime, () => {
      if ((this.#told.get(name) ?? 0) > this.#heard()) {
        this.#tellAtRest(name, write);
        return false;
      }
      this.#unsaved.delete(name);
      return true;
    });
    const write = () => {
      const value = format(mirrored.peek());
      if (value !== undefined) this.#model.set(name, value);
    };
    return Object.assign(mirrored, {
      set: (value: V) => {
        mirrored.value = value;
        this.#tellAtRest(name, write);
      },
    });
  }

  #tellAtRest(name: TraitName, write: () => void): void {
    this.#unsaved.set(name, write);
    this.#rest.start(REST);
  }

  /**
   * The count up to which Python heard of this page. It lags behind when a connection broke and JupyterLab
   * asked for the state anew; when another page told something since, it is not known.
   */
  #heard(): number {
    const [page, count] = this.#model.get("_told") ?? [];
    if (page === undefined) return 0;
    return page === this.#page ? (count ?? 0) : Number.POSITIVE_INFINITY;
  }

  #save(): void {
    if (this.#unsaved.size === 0) return;
    // Setting a trait reports a change of it, which takes it off the list.
    const writes = [...this.#unsaved.values()];
    for (const name of this.#unsaved.keys()) this.#told.set(name, this.#count + 1);
    this.#unsaved.clear();
    this.#count += 1;
    this.#model.set("_told", [this.#page, this.#count]);
    for (const write of writes) write();
    this.#model.save_changes();
  }
}
