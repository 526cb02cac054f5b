import { effect, type ReadonlySignal, signal, untracked } from "@preact/signals";
import { Arrived } from "./arrived";
import { Lifetime } from "./lifetime";
import { followLink, type Link, whileLinked } from "./link";
import type { Model } from "./model";
import { Pointed } from "./pointed";
import { NOTHING, type Progress, reportProgress, sameProgress } from "./progress";
import type { ErrorInfo, Scene, Want } from "./protocol";
import { TileRequests } from "./rpc";
import { Session } from "./session";
import { Snapshots } from "./snapshot";
import { Synced } from "./sync";
import { Ahead } from "./view/ahead";
import { Canvas2dRenderer } from "./view/canvas2d";
import type { Tile } from "./view/decode";
import { Fit } from "./view/fit";
import { composePicture } from "./view/picture";
import { PLANES, type Plane, XY, type Xyz } from "./view/plane";
import type { Renderer } from "./view/renderer";
import { toggled } from "./view/segments";
import { shownLayers } from "./view/shown";
import { type Box, centred, fitZoom, onSlice, panned, type Viewport, zoomedAbout } from "./view/viewport";
import { neededTiles, type TileKey, tileKey } from "./view/wanted";

/** Size of the canvas in device pixels, and device pixels per CSS pixel. */
export interface CanvasSize {
  readonly width: number;
  readonly height: number;
  readonly dpr: number;
}

/**
 * One view of the widget: binds synced state, session state, tiles, requests and renderer. Whatever changes
 * asks for a frame; a frame resolves the view, tells what is missing, and draws what is there.
 */
export class Viewer {
  readonly lifetime: Lifetime;
  readonly synced: Synced;
  readonly session = new Session();
  readonly requests: TileRequests;
  /** Whether the kernel can be reached. */
  readonly link: ReadonlySignal<Link>;
  /** What lies under the pointer. */
  readonly pointed: Pointed;
  readonly progress: ReadonlySignal<Progress>;
  /** What is on the canvas; null before its size is known. */
  readonly viewport: ReadonlySignal<Viewport | null>;
  readonly #progress = signal(NOTHING);
  readonly #viewport = signal<Viewport | null>(null);
  readonly #size = signal<CanvasSize>({ width: 0, height: 0, dpr: 1 });
  readonly #snapshots: Snapshots;
  readonly #arrived: Arrived;
  readonly #fit = new Fit();
  readonly #ahead = new Ahead();
  readonly #requestFrame: () => void;
  #canvas: HTMLCanvasElement | undefined;
  #renderer: Renderer | undefined;
  #scene: Scene | null = null;

  constructor(unguarded: Model, outer?: AbortSignal) {
    this.lifetime = new Lifetime(outer);
    this.link = followLink(unguarded, this.lifetime);
    const model = whileLinked(unguarded, this.link);
    this.progress = this.#progress;
    this.viewport = this.#viewport;
    this.#arrived = new Arrived((key) => this.#renderer?.forget(key), this.lifetime);
    this.synced = new Synced(model, this.lifetime);
    const name = viewName();
    this.#snapshots = new Snapshots(model, name, this.lifetime);
    this.requests = new TileRequests(model, name, this.#arrived, this.lifetime);
    this.pointed = new Pointed(this, this.lifetime);
    this.#requestFrame = this.lifetime.oncePerFrame(() => this.#frame());
    this.lifetime.onEnd(() => {
      this.#renderer?.dispose();
      this.#renderer = undefined;
    });
  }

  /** Starts drawing on a canvas. */
  attach(canvas: HTMLCanvasElement): void {
    this.#canvas = canvas;
    this.#renderer = new Canvas2dRenderer(canvas);
    const stop = effect(() => {
      this.synced.scene.value;
      this.synced.position.value;
      this.synced.zoom.value;
      this.synced.plane.value;
      this.synced.choices.value;
      this.pointed.segments.value;
      this.#size.value;
      this.#arrived.failures.value;
      this.#arrived.count.value;
      this.#requestFrame();
    });
    this.lifetime.onEnd(stop);
  }

  resize(size: CanvasSize): void {
    this.#size.value = size;
  }

  pan(dx: number, dy: number): void {
    const now = this.#now();
    if (now) this.synced.moveTo(panned(now.viewport, dx, dy, now.box));
  }

  /** Zooms about a point of the canvas, CSS pixels; about its middle when none is given. */
  zoom(factor: number, x?: number, y?: number): void {
    const now = this.#now();
    if (!now) return;
    const { width, height, dpr } = now.viewport;
    const next = zoomedAbout(now.viewport, x ?? width / dpr / 2, y ?? height / dpr / 2, factor, now.box);
    this.synced.zoomTo(next.zoom);
    this.synced.moveTo(next.position);
  }

  stepSlice(steps: number): void {
    const now = this.#now();
    if (now) this.toSlice(Math.floor(now.viewport.position[now.viewport.plane.normal]) + steps);
  }

  toSlice(slice: number): void {
    const now = this.#now();
    if (now) this.synced.moveTo(onSlice(now.viewport.plane, now.viewport.position, slice, now.box));
  }

  fit(): void {
    const now = this.#now();
    if (!now) return;
    this.synced.zoomTo(this.#fit.zoom(now.viewport, null, now.box));
    this.synced.moveTo(centred(now.viewport.plane, now.viewport.position, now.box));
  }

  setPlane(plane: Plane): void {
    this.synced.plane.set(plane);
  }

  /** The plane some steps on in the order of the planes, round and round. */
  turnPlane(steps: number): void {
    const at = this.synced.plane.peek().index + steps + PLANES.length;
    this.setPlane(PLANES[at % PLANES.length] ?? XY);
  }

  /** Remembers where the pointer is; CSS pixels of the canvas. */
  hover(point: { x: number; y: number } | null): void {
    this.session.hover.value = point;
  }

  /** Selects the topmost segment at a point of the canvas, or takes it out of the selection. */
  selectAt(point: { x: number; y: number }): void {
    this.hover(point);
    const under = this.pointed.topSegment();
    if (!under) return;
    const { layer, value } = under;
    this.synced.select(layer, toggled(this.synced.selected.peek()[layer] ?? [], value));
  }

  /** Takes all segments out of the selection; false when there were none. */
  clearSelection(): boolean {
    const selected = Object.entries(this.synced.selected.peek()).filter(([, ids]) => ids.length > 0);
    for (const [layer] of selected) this.synced.select(layer, []);
    return selected.length > 0;
  }

  /** Wants failed tiles again. */
  retry(): void {
    this.#arrived.retry();
  }

  /** A tile for reading values from; subscribes the caller to arrivals. */
  peekTile(key: TileKey): Tile | undefined {
    this.#arrived.count.value;
    return this.#arrived.tiles.peek(key);
  }

  /** The viewport as the state is now, which may be ahead of what is painted. */
  #now(): { scene: Scene; viewport: Viewport; box: Box } | null {
    return untracked(() => {
      const scene = this.synced.scene.value;
      const size = this.#size.value;
      if (!scene || size.width === 0 || size.height === 0) return null;
      const box: Box = { lower: scene.lower_xyz, upper: scene.upper_xyz };
      const base: Viewport = {
        plane: this.synced.plane.value,
        position: this.synced.position.value ?? middle(box),
        zoom: this.synced.zoom.value ?? 1,
        voxelSize: scene.voxel_size_nm_xyz,
        ...size,
      };
      if (this.synced.zoom.value !== null) return { scene, viewport: base, box };
      return { scene, viewport: { ...base, zoom: fitZoom(base, box) }, box };
    });
  }

  #frame(): void {
    const now = this.#now();
    if (!now || !this.#renderer || !this.#canvas) {
      this.requests.want([]);
      return;
    }
    const { scene } = now;
    const zoom = this.#fit.zoom(now.viewport, this.synced.zoom.peek(), now.box);
    if (zoom !== this.synced.zoom.peek()) this.synced.zoomTo(zoom);
    const viewport = { ...now.viewport, zoom };
    this.#forgetOtherScene(scene);
    const { tiles, decoding } = this.#arrived;
    tiles.beginFrame();
    const layers = shownLayers(scene, this.synced.choices.peek(), this.pointed.segments.peek());
    const needed = neededTiles(viewport, layers, scene.tile_size);
    const failures = this.#arrived.failures.peek();
    let here = 0;
    const awaited: TileKey[] = [];
    const failed: ErrorInfo[] = [];
    const missing: Want[] = [];
    for (const want of needed.wants) {
      const key = tileKey(want);
      // Using a tile keeps it: coarse ones stay at hand while they are in view, even under sharp ones.
      const failure = failures.get(key);
      if (tiles.use(key)) here++;
      else if (failure) failed.push(failure);
      else {
        awaited.push(key);
        if (!decoding.has(key)) missing.push(want);
      }
    }
    this.#arrived.await(awaited);
    const toAskFor = (key: TileKey) => !tiles.has(key) && !failures.has(key) && !decoding.has(key);
    const ahead = this.#ahead.wants(viewport, layers, scene.tile_size, needed.wants, toAskFor);
    this.requests.want(missing, ahead);
    this.#renderer.resize(viewport.width, viewport.height);
    this.#renderer.draw(
      composePicture(viewport, layers, needed.targets, scene.tile_size, {
        use: (key) => tiles.use(key),
        failed: (key) => failures.has(key),
      }),
    );
    this.#viewport.value = viewport;
    const progress: Progress = {
      wanted: needed.wants.length,
      here,
      failed: failed.length,
      truncated: needed.truncated,
      level: needed.targets[0] ?? 0,
      error: failed[0] ?? null,
    };
    // Most frames of a pan change nothing here, and then nothing is rendered for it.
    if (!sameProgress(progress, this.#progress.peek())) this.#progress.value = progress;
    reportProgress(this.#canvas, progress, viewport, this.requests.generation);
    this.#snapshots.painted(this.#canvas, { viewport, layers, progress });
  }

  /** Tiles are named by layer number, so they are worthless once the layers are others. */
  #forgetOtherScene(scene: Scene): void {
    if (this.#scene === scene) return;
    if (this.#scene && geometry(this.#scene) !== geometry(scene)) this.#arrived.forget();
    this.#scene = scene;
  }
}

/** What decides which samples a want names; names of channels, colours and ranges don't. */
function geometry({ tile_size, layers }: Scene): string {
  return JSON.stringify([
    tile_size,
    layers.map(({ name, dtype, levels, channels, extra_axes }) => [
      name,
      dtype,
      levels,
      channels.length,
      extra_axes,
    ]),
  ]);
}

function middle({ lower, upper }: Box): Xyz {
  return [(lower[0] + upper[0]) / 2, (lower[1] + upper[1]) / 2, (lower[2] + upper[2]) / 2];
}

/** Tells the views of a model apart; not a secret. `crypto.randomUUID` is missing on plain http pages. */
function viewName(): string {
  return Math.random().toString(36).slice(2, 10);
}
