import { type ReadonlySignal, signal } from "@preact/signals";
import type { Lifetime } from "./lifetime";
import type { ErrorInfo, FailedTile, TileHeader } from "./protocol";
import { decodeTile, type Tile } from "./view/decode";
import { TileCache } from "./view/tiles";
import { type TileKey, tileKey } from "./view/wanted";

/** Failures kept for retry; a person who wanders through a broken volume must not fill the memory. */
const MAX_FAILURES = 4096;

/**
 * While tiles of a view are still on their way, those that came are drawn after this many milliseconds: each
 * drawing is as dear as ten tiles (without a GPU). The last one is drawn at once.
 */
const BETWEEN_ARRIVALS = 60;

/** What the kernel has sent: tiles, decoded or being so, and failures. */
export class Arrived {
  readonly tiles: TileCache;
  /** Received but still being inflated. */
  readonly decoding = new Set<TileKey>();
  readonly failures: ReadonlySignal<ReadonlyMap<TileKey, ErrorInfo>>;
  /** Counts tiles that came, for what is shown of them outside the canvas. */
  readonly count: ReadonlySignal<number>;
  readonly #failures = signal<ReadonlyMap<TileKey, ErrorInfo>>(new Map());
  readonly #count = signal(0);
  readonly #lifetime: Lifetime;
  /** Tiles that the view needs as it is now and that are not here. */
  #awaited = new Set<TileKey>();
  #told = Number.NEGATIVE_INFINITY;
  readonly #tellTimer;

  constructor(evicted: (key: TileKey) => void, lifetime: Lifetime) {
    this.tiles = new TileCache(evicted);
    this.failures = this.#failures;
    this.count = this.#count;
    this.#lifetime = lifetime;
    this.#tellTimer = lifetime.timer(() => this.#tell());
    lifetime.onEnd(() => this.tiles.clear());
  }

  /** Says which tiles a frame lacked; others change nothing on the canvas when they come. */
  await(keys: Iterable<TileKey>): void {
    this.#awaited = new Set(keys);
  }

  tile(header: TileHeader, buffer: DataView | undefined): void {
    const key = tileKey(header.want);
    const broken = (reason: unknown) => {
      const text = reason instanceof Error ? reason.message : String(reason);
      this.failed({ want: header.want, error: { code: "bad-tile", text, where: "", hint: "" } });
    };
    try {
      const tile = decodeTile(header, buffer);
      if (!(tile instanceof Promise)) {
        this.#store(key, tile);
        return;
      }
      this.decoding.add(key);
      tile.then((done) => this.#store(key, done), broken).finally(() => this.decoding.delete(key));
    } catch (reason) {
      broken(reason);
    }
  }

  failed({ want, error }: FailedTile): void {
    if (this.#lifetime.ended) return;
    const failures = new Map(this.#failures.peek());
    const oldest = failures.keys().next();
    if (failures.size >= MAX_FAILURES && !oldest.done) failures.delete(oldest.value);
    failures.set(tileKey(want), error);
    this.#failures.value = failures;
  }

  retry(): void {
    this.#failures.value = new Map();
  }

  /** Drops everything: the layers are others now. */
  forget(): void {
    this.tiles.clear();
    this.retry();
  }

  #store(key: TileKey, tile: Tile): void {
    if (this.#lifetime.ended) return;
    this.decoding.delete(key);
    this.tiles.add(key, tile);
    if (!this.#awaited.delete(key)) return;
    const wait = this.#told + BETWEEN_ARRIVALS - performance.now();
    if (this.#awaited.size === 0 || wait <= 0) this.#tell();
    else if (!this.#tellTimer.running) this.#tellTimer.start(wait);
  }

  #tell(): void {
    this.#tellTimer.cancel();
    this.#told = performance.now();
    this.#count.value++;
  }
}
