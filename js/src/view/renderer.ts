import type { Tile } from "./decode";
import type { Rect } from "./grid";
import type { Paint } from "./shown";
import type { TileKey } from "./wanted";

/** A tile and where it goes. */
export interface PlacedTile {
  readonly key: TileKey;
  readonly tile: Tile;
  readonly rect: Rect;
}

/** Tiles of one channel of one layer. A later tile replaces what earlier ones drew at its place. */
export interface Pass {
  readonly paint: Paint;
  /** `add` sums channels as light does; `over` lays labels over what is there. */
  readonly blend: "add" | "over";
  readonly opacity: number;
  readonly tiles: readonly PlacedTile[];
}

/** One picture, in device pixels. */
export interface Picture {
  /** Where the shown layers lie on this slice; elsewhere there is nothing to load. */
  readonly extents: readonly Rect[];
  readonly passes: readonly Pass[];
  /** Places of tiles that could not be read. */
  readonly failed: readonly Rect[];
}

/** Puts pictures on a canvas. Put together in memory today; a WebGL one must give the same pixels. */
export interface Renderer {
  resize(width: number, height: number): void;
  draw(picture: Picture): void;
  /** Forgets what was painted from a tile. */
  forget(key: TileKey): void;
  dispose(): void;
}
