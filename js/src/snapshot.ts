import { effect } from "@preact/signals";
import type { Lifetime, Timer } from "./lifetime";
import type { Model } from "./model";
import type { Progress } from "./progress";
import { MAX_SNAPSHOT_BYTES } from "./protocol";
import type { ShownLayer } from "./view/shown";
import type { Viewport } from "./view/viewport";
import type { Viewer } from "./viewer";

/** A picture is taken when the canvas has not changed for this long, milliseconds. */
export const REST = 2000;
/** Each picture marks the notebook as changed and is written into it; milliseconds between two. */
export const INTERVAL = 10_000;
/** A canvas of noise needs two. */
const ATTEMPTS = 6;

/** What is on the canvas, as the caption tells it. */
export interface Painted {
  readonly viewport: Viewport;
  readonly layers: readonly ShownLayer[];
  readonly progress: Progress;
}

/** Sends pictures of the canvas at rest, for the saved notebook: what is there to see without a kernel. */
export class Snapshots {
  readonly #model: Model;
  readonly #view: string;
  readonly #lifetime: Lifetime;
  readonly #rest: Timer;
  #canvas: HTMLCanvasElement | undefined;
  #painted: Painted | undefined;
  #last: Blob | undefined;
  #lastTaken = Number.NEGATIVE_INFINITY;

  constructor(model: Model, view: string, lifetime: Lifetime) {
    this.#model = model;
    this.#view = view;
    this.#lifetime = lifetime;
    this.#rest = lifetime.timer(() => void this.#take());
  }

  /** To be called after each frame: a picture is due when no other frame follows for a while. */
  painted(canvas: HTMLCanvasElement, painted: Painted): void {
    if (!this.#model.get("_snapshots_kept")) return;
    this.#canvas = canvas;
    this.#painted = painted;
    const { wanted, here, failed } = painted.progress;
    if (here === 0 || here + failed < wanted) this.#rest.cancel();
    else this.#rest.start(Math.max(REST, this.#lastTaken + INTERVAL - performance.now()));
  }

  async #take(): Promise<void> {
    if (!this.#canvas || !this.#painted) return;
    const { viewport, layers, progress } = this.#painted;
    this.#lastTaken = performance.now();
    const picture = await pngBelow(this.#canvas, MAX_SNAPSHOT_BYTES);
    const bytes = await picture?.arrayBuffer();
    if (!picture || !bytes || this.#lifetime.ended) return;
    const same = this.#last?.size === picture.size && equal(await this.#last.arrayBuffer(), bytes);
    if (same || this.#lifetime.ended) return;
    this.#last = picture;
    this.#model.send(
      {
        kind: "snapshot",
        view: this.#view,
        position: viewport.position,
        plane: viewport.plane.name,
        layers: layers.map(({ index }) => index),
        failed: progress.failed,
        width: Math.round(viewport.width / viewport.dpr),
      },
      undefined,
      [bytes],
    );
  }
}

/** The canvas as a PNG of at most `most` bytes, scaled down as far as that takes; null when that can't be. */
export async function pngBelow(canvas: HTMLCanvasElement, most: number): Promise<Blob | null> {
  // What is painted meanwhile does not belong into this picture.
  const still = scaled(canvas, 1);
  let scale = 1;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const drawn = scale === 1 ? still : scaled(still, scale);
    const png = await new Promise<Blob | null>((resolve) => drawn.toBlob(resolve, "image/png"));
    if (!png || png.size <= most) return png;
    scale *= 0.9 * Math.sqrt(most / png.size);
  }
  return null;
}

function scaled(canvas: HTMLCanvasElement, scale: number): HTMLCanvasElement {
  const copy = canvas.ownerDocument.createElement("canvas");
  copy.width = Math.max(1, Math.round(canvas.width * scale));
  copy.height = Math.max(1, Math.round(canvas.height * scale));
  const context = copy.getContext("2d", { alpha: false });
  if (context) {
    context.imageSmoothingQuality = "high";
    context.drawImage(canvas, 0, 0, copy.width, copy.height);
  }
  return copy;
}

function equal(one: ArrayBuffer, other: ArrayBuffer): boolean {
  const [a, b] = [new Uint8Array(one), new Uint8Array(other)];
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}

/**
 * Hides the saved pictures of this view while the view is live, which is when the kernel has answered. Then
 * and only then: a view restored without a kernel shows nothing, and its picture has to stand in.
 */
export function hideSnapshots(host: HTMLElement, model: Model, { requests, lifetime }: Viewer): void {
  const style = host.ownerDocument.createElement("style");
  const stop = effect(() => {
    const id = model.get("_comm_id");
    if (!requests.stats.value || style.isConnected || !/^[\w-]+$/.test(id)) return;
    // JupyterLab keeps a margin around empty outputs.
    style.textContent = `.nbr-of-${id}, .jp-OutputArea-child:has(.nbr-of-${id}) { display: none; }`;
    host.append(style);
  });
  lifetime.onEnd(() => {
    stop();
    style.remove();
  });
}
