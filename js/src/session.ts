import { signal } from "@preact/signals";
import type { Xyz } from "./view/plane";

/** State that only this view in the browser has: it is not saved and Python never hears of it. */
export class Session {
  /** The dataset point under the pointer; null when it is elsewhere. */
  readonly hover = signal<Xyz | null>(null);
  /** Says how to scroll through slices, after a wheel turned over a canvas without focus. */
  readonly hint = signal(false);
}
