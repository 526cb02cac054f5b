import { type ReadonlySignal, signal } from "@preact/signals";
import type { Lifetime } from "./lifetime";
import type { Model, TraitName, Traits } from "./model";
import type { ErrorInfo, Scene } from "./protocol";
import type { Limits } from "./view/lut";
import type { Xyz } from "./view/plane";
import type { ContrastLimits } from "./view/shown";

/** A gesture has come to rest, and is told to Python, after this many milliseconds without a change. */
export const REST = 150;

type Written = "position" | "zoom" | "contrast_limits";

/**
 * State shared with Python: the traits as signals. What Python sets shows at once; what gestures set shows
 * at once too, and goes to Python when they rest. All other state of a view is in `session.ts`.
 */
export class Synced {
  readonly scene: ReadonlySignal<Scene | null>;
  readonly position: ReadonlySignal<Xyz | null>;
  readonly zoom: ReadonlySignal<number | null>;
  readonly contrast: ReadonlySignal<ContrastLimits>;
  readonly height: ReadonlySignal<number>;
  readonly problem: ReadonlySignal<ErrorInfo | null>;
  readonly #position;
  readonly #zoom;
  readonly #contrast;
  readonly #model: Model;
  /** Changed here, not yet told to Python. */
  readonly #unsaved = new Set<Written>();
  readonly #rest;

  constructor(model: Model, lifetime: Lifetime) {
    this.#model = model;
    this.scene = mirror(model, "_scene", parseScene, lifetime);
    this.height = mirror(model, "height", (height) => (height > 0 ? height : 480), lifetime);
    this.problem = mirror(model, "_problem", (problem) => problem ?? null, lifetime);
    // What Python sets replaces what a gesture has not told yet.
    const settled = (name: Written) => () => this.#unsaved.delete(name);
    this.#position = mirror(model, "position", parsePosition, lifetime, settled("position"));
    this.#zoom = mirror(model, "zoom", parseZoom, lifetime, settled("zoom"));
    this.#contrast = mirror(
      model,
      "contrast_limits",
      (limits) => limits ?? {},
      lifetime,
      settled("contrast_limits"),
    );
    this.position = this.#position;
    this.zoom = this.#zoom;
    this.contrast = this.#contrast;
    this.#rest = lifetime.timer(() => this.#save());
  }

  moveTo(position: Xyz): void {
    this.#position.value = position;
    this.#changed("position");
  }

  zoomTo(zoom: number): void {
    this.#zoom.value = zoom;
    this.#changed("zoom");
  }

  setLimits(layer: string, channel: number, channels: number, limits: Limits): void {
    const old = this.#contrast.peek();
    const all = Array.from({ length: channels }, (_, at) => old[layer]?.[at] ?? null);
    all[channel] = limits;
    this.#contrast.value = { ...old, [layer]: all };
    this.#changed("contrast_limits");
  }

  #changed(name: Written): void {
    this.#unsaved.add(name);
    this.#rest.start(REST);
  }

  #save(): void {
    if (this.#unsaved.size === 0) return;
    const unsaved = [...this.#unsaved];
    this.#unsaved.clear();
    const position = this.#position.peek();
    if (unsaved.includes("position") && position) this.#model.set("position", position);
    if (unsaved.includes("zoom")) this.#model.set("zoom", this.#zoom.peek());
    if (unsaved.includes("contrast_limits")) this.#model.set("contrast_limits", this.#contrast.peek());
    this.#model.save_changes();
  }
}

/** A signal that follows a trait. `onChange` runs before the signal changes. */
function mirror<K extends TraitName, V>(
  model: Model,
  name: K,
  parse: (value: Traits[K]) => V,
  lifetime: Lifetime,
  onChange?: () => void,
) {
  const mirrored = signal(parse(model.get(name)));
  const follow = () => {
    onChange?.();
    mirrored.value = parse(model.get(name));
  };
  model.on(`change:${name}`, follow);
  lifetime.onEnd(() => model.off(`change:${name}`, follow));
  return mirrored;
}

function parseScene(value: Traits["_scene"]): Scene | null {
  if (value === null || value === undefined || value === "") return null;
  return typeof value === "string" ? (JSON.parse(value) as Scene) : value;
}

function parsePosition(value: Traits["position"]): Xyz | null {
  return Array.isArray(value) && value.length === 3 && value.every(Number.isFinite) ? value : null;
}

function parseZoom(value: Traits["zoom"]): number | null {
  return value !== null && value > 0 ? value : null;
}
