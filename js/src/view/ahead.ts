import type { Want } from "../protocol";
import { withAxes, type Xyz } from "./plane";
import { sampleSize } from "./samples";
import type { ShownLayer } from "./shown";
import { CACHE_BYTES } from "./tiles";
import { pixelsPerVoxel, type Viewport } from "./viewport";
import { neededTiles, type TileKey, tileKey } from "./wanted";

/** What the view will need if it goes on as it does. */
export interface AheadWants {
  /** Tiles to have beforehand, those of the nearest slice first. */
  readonly send: readonly Want[];
  /** Tiles of slices farther on, for the kernel to read and keep. */
  readonly warm: readonly Want[];
  /** So many tiles were here before they came into view, since the view was made. */
  readonly used: number;
}

export const NOTHING_AHEAD: AheadWants = { send: [], warm: [], used: 0 };

/** Slices had beforehand at an easy pace and in a hurry. */
const SLICES = 4;
const SLICES_IN_A_HURRY = 8;
/** More slices a second than this are a hurry: a key that is held down repeats 30 times. */
const HURRY = 5;
/** Slices are asked for in groups: a message costs the notebook more than the tiles it asks for. */
const GROUP = 4;
/** A longer way is a jump and says nothing about where to go next; page keys go by ten. */
const LONGEST_STEP = 16;
/** A pause this long begins a new motion, milliseconds. */
const PAUSE = 1_000;
/** So much of the page's memory for tiles may hold what is not in view yet. */
const MEMORY = (3 / 4) * CACHE_BYTES;
/** The kernel prepares what is this many seconds away: a layer of 64³ chunks takes it one or two. */
const HORIZON_SECONDS = 4;
const SHORTEST_HORIZON = 16;
const LONGEST_HORIZON = 64;
/** One slice in so many is named to be prepared: the kernel makes them 16 at a time. */
const WARM_STRIDE = 8;
/** Most tiles of each kind in a message. */
const MOST = 512;

/** Follows where a view goes, and says what it will need next. */
export class Ahead {
  #last: Viewport | null = null;
  #at = 0;
  /** Dataset slices of the last step, signed; zero while the view does not go through slices. */
  #step = 0;
  /** Slices a second. */
  #speed = 0;
  /** The last way within the plane, in voxels along x, y, z; zero while the view goes through slices. */
  #pan: Xyz = [0, 0, 0];
  /** Tiles wanted beforehand that have not been in view. */
  readonly #early = new Set<TileKey>();
  #used = 0;

  /**
   * `shown` is what the view needs now; `missing` tells whether a tile still has to be asked for.
   */
  wants(
    viewport: Viewport,
    layers: readonly ShownLayer[],
    tileSize: number,
    shown: readonly Want[],
    missing: (key: TileKey) => boolean,
    now: number = performance.now(),
  ): AheadWants {
    this.#follow(viewport, now);
    const known = new Set<TileKey>();
    for (const want of shown) {
      const key = tileKey(want);
      known.add(key);
      if (this.#early.delete(key) && !missing(key)) this.#used++;
    }
    const send: Want[] = [];
    const warm: Want[] = [];
    const collect = (position: Xyz, wants: Want[], keep: (key: TileKey) => boolean) => {
      for (const want of neededTiles({ ...viewport, position }, layers, tileSize).wants) {
        const key = tileKey(want);
        if (known.has(key) || wants.length >= MOST) continue;
        known.add(key);
        if (keep(key)) wants.push(want);
      }
    };
    const toSend = (key: TileKey) => {
      this.#early.add(key);
      return missing(key);
    };
    for (const position of this.#next(viewport, layers, tileSize, shown)) collect(position, send, toSend);
    for (const position of this.#farther(viewport, layers, tileSize, shown))
      collect(position, warm, () => true);
    // Tiles that never come into view are never taken out; what is kept is small, but not endless.
    if (this.#early.size > 8 * MOST) this.#early.clear();
    return { send, warm, used: this.#used };
  }

  #follow(viewport: Viewport, now: number): void {
    const last = this.#last;
    this.#last = viewport;
    if (!last || last.plane !== viewport.plane || last.zoom !== viewport.zoom) {
      this.#step = this.#speed = 0;
      this.#pan = [0, 0, 0];
      return;
    }
    const { normal } = viewport.plane;
    const step = Math.floor(viewport.position[normal]) - Math.floor(last.position[normal]);
    const [x, y, z] = viewport.position.map((value, axis) => value - (last.position[axis] ?? 0)) as [
      number,
      number,
      number,
    ];
    if (step !== 0) {
      const seconds = (now - this.#at) / 1000;
      const speed = Math.abs(step) / Math.max(0.02, Math.min(seconds, PAUSE / 1000));
      const goesOn = Math.sign(step) === Math.sign(this.#step) && now - this.#at < PAUSE;
      this.#speed = goesOn ? (2 * this.#speed + speed) / 3 : speed;
      this.#step = Math.abs(step) <= LONGEST_STEP ? step : 0;
      this.#pan = [0, 0, 0];
      this.#at = now;
    } else if (x !== 0 || y !== 0 || z !== 0) {
      this.#step = 0;
      this.#pan = withAxes([x, y, z], { [normal]: 0 });
    }
  }

  /** Where the view will be soon, and the slice it came from. */
  #next(viewport: Viewport, layers: readonly ShownLayer[], tileSize: number, shown: readonly Want[]): Xyz[] {
    if (this.#step !== 0) {
      const count = this.#slices(viewport, layers, tileSize, shown);
      const ways = Array.from({ length: count }, (_, at) => at + 1);
      return [...ways, -1].map((way) => this.#beyond(viewport, way * this.#step));
    }
    const [dx, dy, dz] = this.#pan;
    const length = Math.hypot(dx, dy, dz);
    if (length === 0) return [];
    // Half a canvas on: what comes into view within the next moments of a drag.
    const scale = Math.min(viewport.width, viewport.height) / 2 / pixelsPerVoxel(viewport)[0] / length;
    const [x, y, z] = viewport.position;
    return [[x + dx * scale, y + dy * scale, z + dz * scale]];
  }

  /** What the kernel should have ready. */
  #farther(
    viewport: Viewport,
    layers: readonly ShownLayer[],
    tileSize: number,
    shown: readonly Want[],
  ): Xyz[] {
    if (this.#step === 0) return [];
    const stride = Math.max(WARM_STRIDE, Math.abs(this.#step));
    const horizon = Math.min(LONGEST_HORIZON, Math.max(SHORTEST_HORIZON, HORIZON_SECONDS * this.#speed));
    const positions: Xyz[] = [];
    const first = Math.abs(this.#step) * this.#slices(viewport, layers, tileSize, shown);
    for (let way = first; way <= Math.max(horizon, first + stride); way += stride) {
      positions.push(this.#beyond(viewport, Math.sign(this.#step) * way));
    }
    return positions;
  }

  #slices(
    viewport: Viewport,
    layers: readonly ShownLayer[],
    tileSize: number,
    shown: readonly Want[],
  ): number {
    const bytes = shown.reduce((sum, [layer]) => {
      const dtype = layers.find(({ index }) => index === layer)?.layer.dtype ?? "uint8";
      return sum + (sampleSize(dtype) + 4) * tileSize ** 2;
    }, 1);
    // One is for the slice behind.
    const most = Math.floor(MEMORY / bytes) - 1;
    const wish = Math.min(this.#speed > HURRY ? SLICES_IN_A_HURRY : SLICES, most - GROUP + 1);
    if (wish < 1) return Math.max(0, most);
    // Up to the end of a group, so that only one step in four has something to ask for.
    const at = Math.round(Math.floor(viewport.position[viewport.plane.normal]) / this.#step);
    return Math.ceil((at + wish) / GROUP) * GROUP - at;
  }

  #beyond({ position, plane }: Viewport, way: number): Xyz {
    return withAxes(position, { [plane.normal]: position[plane.normal] + way });
  }
}
