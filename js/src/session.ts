import { signal } from "@preact/signals";

/** State that only this view in the browser has: it is not saved and Python never hears of it. */
export class Session {
  /** Where the pointer is on the canvas, CSS pixels; null when it is elsewhere. */
  readonly hover = signal<{ readonly x: number; readonly y: number } | null>(null);
  /** Says how to scroll through slices, after a wheel turned over a canvas without focus. */
  readonly hint = signal(false);
}
