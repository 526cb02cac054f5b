import { computed, effect, type ReadonlySignal, signal, untracked } from "@preact/signals";
import type { Lifetime } from "./lifetime";
import type { HoveredTrait } from "./model";
import type { Scene } from "./protocol";
import type { Session } from "./session";
import type { Synced } from "./sync";
import type { Tile } from "./view/decode";
import type { Xyz } from "./view/plane";
import { hoveredTrait, type Reading, readings, segmentsUnder } from "./view/readout";
import { type Hovered, type ShownLayer, shownLayers } from "./view/shown";
import { datasetPoint, type Viewport } from "./view/viewport";
import type { TileKey } from "./view/wanted";

/** What of a view is needed to tell what lies under the pointer. */
interface Looked {
  readonly synced: Synced;
  readonly session: Session;
  readonly viewport: ReadonlySignal<Viewport | null>;
  peekTile(key: TileKey): Tile | undefined;
}

/** The voxel under the pointer, or in the middle when the pointer is elsewhere. */
export interface Point {
  readonly scene: Scene;
  readonly at: Xyz;
  readonly hovering: boolean;
  readonly values: readonly Reading[];
}

/** A pointer rests, and Python hears what is under it, after this many milliseconds. */
const POINTER_REST = 250;

/** What lies under the pointer: values for the status line, segments to highlight, and both for Python. */
export class Pointed {
  readonly point: ReadonlySignal<Point | null>;
  /** Segments to highlight. Changes only when the ids do, so that moving within one draws nothing. */
  readonly segments: ReadonlySignal<Hovered>;
  readonly #segments = signal<Hovered>({});
  readonly #layers: ReadonlySignal<readonly ShownLayer[]>;

  constructor(view: Looked, lifetime: Lifetime) {
    const { synced, session } = view;
    this.segments = this.#segments;
    this.#layers = computed(() =>
      synced.scene.value ? shownLayers(synced.scene.value, synced.choices.value) : [],
    );
    this.point = computed(() => {
      const scene = synced.scene.value;
      const viewport = view.viewport.value;
      if (!scene || !viewport) return null;
      const hover = session.hover.value;
      // A wheel step, a zoom or another plane puts another voxel under a resting pointer.
      const at = hover ? datasetPoint(viewport, hover.x, hover.y) : viewport.position;
      const values = readings(this.#layers.value, viewport.plane, at, scene.tile_size, (key) =>
        view.peekTile(key),
      );
      return { scene, at, hovering: hover !== null, values };
    });
    lifetime.onEnd(
      effect(() => {
        const next = Object.fromEntries(this.#under().map(({ layer, value }) => [layer, value]));
        if (!sameIds(next, this.#segments.peek())) this.#segments.value = next;
      }),
    );
    this.#tellPython(synced, lifetime);
  }

  /** The segment that lies on top under the pointer. */
  topSegment(): Reading | undefined {
    return untracked(() => this.#under()).at(-1);
  }

  #under(): Reading[] {
    const point = this.point.value;
    return point?.hovering ? segmentsUnder(this.#layers.value, point.values) : [];
  }

  #tellPython(synced: Synced, lifetime: Lifetime): void {
    let told: string | undefined;
    const tell = () => {
      const point = this.point.peek();
      const layers = point?.scene.layers ?? [];
      const next = point?.hovering ? hoveredTrait(point.at, layers, point.values) : null;
      const text = JSON.stringify(next);
      if (text === told || (next === null && told === undefined)) return;
      told = text;
      synced.hovered.set(next as HoveredTrait | null);
    };
    const rest = lifetime.timer(tell);
    lifetime.onEnd(
      effect(() => {
        this.point.value;
        rest.start(POINTER_REST);
      }),
    );
  }
}

function sameIds(a: Hovered, b: Hovered): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
}
