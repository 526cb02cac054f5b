import { computed, type ReadonlySignal } from "@preact/signals";
import type { Lifetime } from "./lifetime";
import type { HoveredTrait, Model, Traits } from "./model";
import type { ErrorInfo, Scene } from "./protocol";
import { mirror, type Shared, SharedTraits } from "./shared";
import type { Limits } from "./view/lut";
import { type Plane, planeNamed, type Xyz } from "./view/plane";
import type { Choices, ContrastLimits } from "./view/shown";

type Named<V> = Readonly<Record<string, V>>;

/** State shared with Python: the traits as signals. All other state of a view is in `session.ts`. */
export class Synced {
  readonly scene: ReadonlySignal<Scene | null>;
  readonly height: ReadonlySignal<number>;
  readonly problem: ReadonlySignal<ErrorInfo | null>;
  readonly position: Shared<Xyz | null>;
  readonly zoom: Shared<number | null>;
  readonly plane: Shared<Plane>;
  readonly contrast: Shared<ContrastLimits>;
  readonly visible: Shared<Named<boolean>>;
  readonly opacity: Shared<Named<number>>;
  readonly channels: Shared<Named<readonly boolean[]>>;
  readonly colors: Shared<Named<readonly string[]>>;
  readonly inverted: Shared<Named<readonly boolean[]>>;
  readonly extraAxes: Shared<Named<number>>;
  /** Ids as decimal text: numbers lose them above 2⁵³. */
  readonly selected: Shared<Named<readonly string[]>>;
  /** Only told to Python, never heard from it. */
  readonly hovered: Shared<HoveredTrait | null>;
  /** All that is chosen about layers, for `shownLayers`. */
  readonly choices: ReadonlySignal<Choices>;

  constructor(model: Model, lifetime: Lifetime) {
    this.scene = mirror(model, "_scene", parseScene, lifetime);
    this.height = mirror(model, "height", (height) => (height > 0 ? height : 480), lifetime);
    this.problem = mirror(model, "_problem", (problem) => problem ?? null, lifetime);
    const traits = new SharedTraits(model, lifetime);
    const named = <K extends NamedTrait>(name: K) =>
      traits.share<K, Traits[K]>(
        name,
        (value) => value ?? ({} as Traits[K]),
        (value) => value,
      );
    this.position = traits.share("position", parsePosition, (position) => position ?? undefined);
    this.zoom = traits.share("zoom", parseZoom, (zoom) => zoom);
    this.plane = traits.share("plane", planeNamed, ({ name }) => name);
    this.contrast = named("contrast_limits");
    this.visible = named("visible");
    this.opacity = named("opacity");
    this.channels = named("channels");
    this.colors = named("colors");
    this.inverted = named("inverted");
    this.extraAxes = named("extra_axes");
    this.selected = named("selected_segments");
    this.hovered = traits.share<"_hovered", HoveredTrait | null>(
      "_hovered",
      () => null,
      (hovered) => hovered,
    );
    this.choices = computed(() => ({
      visible: this.visible.value,
      opacity: this.opacity.value,
      channels: this.channels.value,
      colors: this.colors.value,
      inverted: this.inverted.value,
      extra: this.extraAxes.value,
      contrast: this.contrast.value,
      selected: this.selected.value,
    }));
  }

  moveTo(position: Xyz): void {
    this.position.set(position);
  }

  zoomTo(zoom: number): void {
    this.zoom.set(zoom);
  }

  setLimits(layer: string, channel: number, channels: number, limits: Limits): void {
    setOne(this.contrast, layer, channel, channels, limits, null);
  }

  setVisible(layer: string, visible: boolean): void {
    this.visible.set({ ...this.visible.peek(), [layer]: visible });
  }

  setOpacity(layer: string, opacity: number): void {
    this.opacity.set({ ...this.opacity.peek(), [layer]: opacity });
  }

  setExtra(axis: string, index: number): void {
    this.extraAxes.set({ ...this.extraAxes.peek(), [axis]: index });
  }

  select(layer: string, ids: readonly string[]): void {
    this.selected.set({ ...this.selected.peek(), [layer]: ids });
  }
}

/** Sets the value of one channel; channels that have none yet get `missing`. */
export function setOne<V>(
  trait: Shared<Named<readonly V[]>>,
  layer: string,
  channel: number,
  channels: number,
  value: V,
  missing: V,
): void {
  const old = trait.peek();
  const all = Array.from({ length: channels }, (_, at) => old[layer]?.[at] ?? missing);
  all[channel] = value;
  trait.set({ ...old, [layer]: all });
}

type NamedTrait =
  | "contrast_limits"
  | "visible"
  | "opacity"
  | "channels"
  | "colors"
  | "inverted"
  | "extra_axes"
  | "selected_segments";

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
