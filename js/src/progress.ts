import type { ErrorInfo } from "./protocol";
import type { Viewport } from "./view/viewport";

/** How far the current view has come. */
export interface Progress {
  readonly wanted: number;
  readonly here: number;
  readonly failed: number;
  /** True when the view needs more tiles than it may ask for. */
  readonly truncated: boolean;
  /** Target level of the first shown layer. */
  readonly level: number;
  /** The first failure in view. */
  readonly error: ErrorInfo | null;
}

export const NOTHING: Progress = {
  wanted: 0,
  here: 0,
  failed: 0,
  truncated: false,
  level: 0,
  error: null,
};

export function sameProgress(one: Progress, other: Progress): boolean {
  const names = Object.keys(one) as (keyof Progress)[];
  return names.every((name) => one[name] === other[name]);
}

/** What browser tests wait for and read. */
export function reportProgress(
  { dataset }: HTMLCanvasElement,
  { wanted, here, failed, level }: Progress,
  { plane, position, zoom }: Viewport,
  generation: number,
): void {
  dataset.tilesWanted = String(wanted);
  dataset.tilesHere = String(here);
  dataset.tilesFailed = String(failed);
  dataset.generation = String(generation);
  dataset.level = String(level);
  dataset.position = position.join();
  dataset.plane = plane.name;
  dataset.zoom = String(zoom);
  dataset.ready = here + failed === wanted ? "1" : "0";
}
