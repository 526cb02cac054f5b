import type { Tile } from "./decode";
import type { TileKey } from "./wanted";

/** Bytes of tiles a view keeps: about 800 tiles of uint8 with their painted pixels. */
export const CACHE_BYTES = 256 * 2 ** 20;

interface Entry {
  readonly tile: Tile;
  readonly cost: number;
  /** Number of the last frame that used it. */
  usedIn: number;
}

/**
 * Decoded tiles, least recently used first out. Tiles of the current frame, the coarse ones under it
 * included, are never evicted: dropping what is on screen would only ask for it again.
 */
export class TileCache {
  // A Map keeps insertion order; using an entry moves it to the end.
  readonly #entries = new Map<TileKey, Entry>();
  readonly #limit: number;
  readonly #evicted: (key: TileKey) => void;
  #frame = 0;
  #bytes = 0;

  /** `evicted` is called for each tile that leaves, so that what was painted from it can go too. */
  constructor(evicted: (key: TileKey) => void, limit: number = CACHE_BYTES) {
    this.#evicted = evicted;
    this.#limit = limit;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get size(): number {
    return this.#entries.size;
  }

  has(key: TileKey): boolean {
    return this.#entries.has(key);
  }

  /** The tile without counting it as used. */
  peek(key: TileKey): Tile | undefined {
    return this.#entries.get(key)?.tile;
  }

  /** The tile, kept while the current frame lasts. */
  use(key: TileKey): Tile | undefined {
    const entry = this.#entries.get(key);
    if (!entry) return undefined;
    entry.usedIn = this.#frame;
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return entry.tile;
  }

  /** From here on, only tiles that are used again are safe. */
  beginFrame(): void {
    this.#frame++;
  }

  add(key: TileKey, tile: Tile): void {
    this.delete(key);
    const cost = tileCost(tile);
    this.#entries.set(key, { tile, cost, usedIn: this.#frame });
    this.#bytes += cost;
    this.#shrink();
  }

  delete(key: TileKey): void {
    const entry = this.#entries.get(key);
    if (!entry) return;
    this.#entries.delete(key);
    this.#bytes -= entry.cost;
    this.#evicted(key);
  }

  clear(): void {
    for (const key of [...this.#entries.keys()]) this.delete(key);
  }

  #shrink(): void {
    for (const [key, entry] of this.#entries) {
      if (this.#bytes <= this.#limit || entry.usedIn === this.#frame) return;
      this.delete(key);
    }
  }
}

/** Samples, and four bytes a pixel for the painted picture that goes with them. */
export function tileCost(tile: Tile): number {
  // What is unrolled of runs is what a pointer is over; the others stay as small as they came.
  if (tile.runs) {
    const { values, ends } = tile.runs;
    return values.byteLength + ends.byteLength + 4 * tile.width * tile.height;
  }
  return tile.samples.byteLength + 4 * tile.samples.length;
}
