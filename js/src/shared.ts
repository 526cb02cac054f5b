import { type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { Lifetime } from "./lifetime";
import type { Model, TraitName, Traits } from "./model";

/** A gesture has come to rest, and is told to Python, after this many milliseconds without a change. */
export const REST = 150;

/** A trait as a signal: what Python sets shows at once; what is set here does too, and goes to Python at rest. */
export interface Shared<V> extends ReadonlySignal<V> {
  set(value: V): void;
}

/** A signal that follows a trait. `onChange` runs before the signal changes. */
export function mirror<K extends TraitName, V>(
  model: Model,
  name: K,
  parse: (value: Traits[K]) => V,
  lifetime: Lifetime,
  onChange?: () => void,
): Signal<V> {
  const mirrored = signal(parse(model.get(name)));
  const follow = () => {
    onChange?.();
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
    // What Python sets replaces what a gesture has not told yet.
    const mirrored = mirror(this.#model, name, parse, this.#lifetime, () => this.#unsaved.delete(name));
    const write = () => {
      const value = format(mirrored.peek());
      if (value !== undefined) this.#model.set(name, value);
    };
    return Object.assign(mirrored, {
      set: (value: V) => {
        mirrored.value = value;
        this.#unsaved.set(name, write);
        this.#rest.start(REST);
      },
    });
  }

  #save(): void {
    if (this.#unsaved.size === 0) return;
    // Setting a trait reports a change of it, which takes it off the list.
    const writes = [...this.#unsaved.values()];
    this.#unsaved.clear();
    for (const write of writes) write();
    this.#model.save_changes();
  }
}
