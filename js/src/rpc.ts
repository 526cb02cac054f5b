import { type ReadonlySignal, signal } from "@preact/signals";
import type { Lifetime } from "./lifetime";
import type { FromKernel, Model } from "./model";
import type { FailedTile, Stats, TileHeader, Want } from "./protocol";
import { type AheadWants, NOTHING_AHEAD } from "./view/ahead";
import { type TileKey, tileKey } from "./view/wanted";

/** At most twenty messages a second: what a request costs is the kernel's busy/idle pair, not its bytes. */
export const MIN_INTERVAL = 50;
/** After this long without an answer the kernel is said to be busy, milliseconds. */
export const BUSY_AFTER = 300;
/** How long a silence is before the page asks again, at first and at most, milliseconds. */
export const FIRST_SILENCE = 2_000;
export const LONGEST_SILENCE = 15_000;
/** While this many tiles are under way, tiles that only follow behind them are not announced yet. */
const ENOUGH = 256;

/** A tile the kernel is asked for. */
export interface Asked {
  readonly want: Want;
  /** In view, and not only wanted beforehand. */
  readonly visible: boolean;
}

export interface TileHandlers {
  tile(header: TileHeader, buffer: DataView | undefined): void;
  failed(tile: FailedTile): void;
}

/**
 * Asks the kernel for tiles. The whole want-list goes out at once and replaces the one before; at most one
 * message is unanswered, and none is sent while the kernel already works on exactly what is wanted.
 */
export class TileRequests {
  readonly busy: ReadonlySignal<boolean>;
  readonly stats: ReadonlySignal<Stats | null>;
  readonly #busy = signal(false);
  readonly #stats = signal<Stats | null>(null);
  readonly #model: Model;
  readonly #view: string;
  readonly #lifetime: Lifetime;
  /** What the view wants now, and then what it wants beforehand. */
  #wants: readonly Asked[] = [];
  #ahead = NOTHING_AHEAD;
  /** What the kernel was asked for and has not answered, in its order. */
  #outstanding = new Map<TileKey, Asked>();
  /** The message that is not answered yet. */
  #unanswered: number | null = null;
  #rid = 0;
  #generation = 0;
  #seen = 0;
  #lastSent = Number.NEGATIVE_INFINITY;
  #silence = FIRST_SILENCE;
  readonly #sendTimer;
  readonly #busyTimer;
  readonly #silenceTimer;

  constructor(model: Model, view: string, handlers: TileHandlers, lifetime: Lifetime) {
    this.#model = model;
    this.#view = view;
    this.#lifetime = lifetime;
    this.busy = this.#busy;
    this.stats = this.#stats;
    this.#sendTimer = lifetime.timer(() => this.#update());
    this.#busyTimer = lifetime.timer(() => {
      this.#busy.value = true;
    });
    this.#silenceTimer = lifetime.timer(() => this.#askAgain());
    const receive = (content: FromKernel, buffers: DataView[]) => this.#receive(content, buffers, handlers);
    model.on("msg:custom", receive);
    lifetime.onEnd(() => {
      model.off("msg:custom", receive);
      // A view that never asked has nothing to take back.
      if (this.#rid > 0) model.send({ kind: "close", view });
    });
  }

  get generation(): number {
    return this.#generation;
  }

  /** Tells what is wanted from now on, most urgent first, without what is at hand. */
  want(wants: readonly Want[], ahead: AheadWants = NOTHING_AHEAD): void {
    this.#wants = [
      ...wants.map((want) => ({ want, visible: true })),
      ...ahead.send.map((want) => ({ want, visible: false })),
    ];
    this.#ahead = ahead;
    this.#update();
  }

  #update(): void {
    if (this.#lifetime.ended || this.#unanswered !== null) return;
    if (!differs(this.#outstanding, this.#wants)) return;
    const wait = this.#lastSent + MIN_INTERVAL - performance.now();
    if (wait > 0) {
      if (!this.#sendTimer.running) this.#sendTimer.start(Math.ceil(wait));
      return;
    }
    this.#generation++;
    this.#send(false);
  }

  #send(again: boolean): void {
    this.#outstanding = new Map(this.#wants.map((asked) => [tileKey(asked.want), asked]));
    const visible = this.#wants.filter((asked) => asked.visible).length;
    this.#unanswered = ++this.#rid;
    this.#lastSent = performance.now();
    // Nobody waits for what is not in view.
    if (visible > 0 && !this.#busyTimer.running && !this.#busy.peek()) this.#busyTimer.start(BUSY_AFTER);
    this.#listen();
    this.#model.send({
      kind: "view",
      rid: this.#rid,
      view: this.#view,
      generation: this.#generation,
      seen: this.#seen,
      again,
      wants: this.#wants.map(({ want }) => want),
      visible,
      warm: this.#ahead.warm,
      used: this.#ahead.used,
    });
  }

  /** The message before this one, or its answer, is taken for lost: kernels restart and servers drop messages. */
  #askAgain(): void {
    this.#silence = Math.min(LONGEST_SILENCE, this.#silence * 2);
    if (differs(this.#outstanding, this.#wants)) this.#generation++;
    this.#send(true);
  }

  /** Waits for the next sign of life, if one is due. */
  #listen(): void {
    const waits = this.#unanswered !== null || [...this.#outstanding.values()].some(({ visible }) => visible);
    if (waits) this.#silenceTimer.start(this.#silence);
    else this.#silenceTimer.cancel();
  }

  #receive(content: FromKernel, buffers: DataView[], handlers: TileHandlers): void {
    // Every view of the model hears every message.
    if (content.view !== this.#view) return;
    this.#stats.value = content.stats;
    if (content.kind === "accepted") {
      // An older answer says that the kernel is alive and working through its queue, no more.
      if (content.rid === this.#unanswered) this.#unanswered = null;
    } else {
      this.#silence = FIRST_SILENCE;
      if (content.kind === "tiles") {
        this.#seen = Math.max(this.#seen, content.seq);
        this.#settle(content.tiles);
        for (const header of content.tiles) {
          handlers.tile(header, header.buffer < 0 ? undefined : buffers[header.buffer]);
        }
      } else {
        this.#settle(content.tiles);
        for (const tile of content.tiles) handlers.failed(tile);
      }
    }
    if (this.#unanswered === null) {
      this.#busyTimer.cancel();
      this.#busy.value = false;
    }
    this.#listen();
    this.#update();
  }

  /** These are answered, so neither wanted nor under way any more. */
  #settle(tiles: readonly { readonly want: Want }[]): void {
    const settled = new Set(tiles.map(({ want }) => tileKey(want)));
    for (const key of settled) this.#outstanding.delete(key);
    this.#wants = this.#wants.filter(({ want }) => !settled.has(tileKey(want)));
  }
}

/** Whether the kernel has to hear of `wants`, given what it is working on. */
export function differs(outstanding: ReadonlyMap<TileKey, Asked>, wants: readonly Asked[]): boolean {
  if (outstanding.size > wants.length) return true;
  let index = 0;
  for (const [key, asked] of outstanding) {
    const wanted = wants[index++];
    if (!wanted || tileKey(wanted.want) !== key || wanted.visible !== asked.visible) return true;
  }
  // A view with more tiles than one list holds moves up as tiles arrive; that alone can wait a little.
  return wants.length > outstanding.size && outstanding.size < ENOUGH;
}
