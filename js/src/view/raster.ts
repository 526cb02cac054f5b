import type { Rect } from "./grid";

/** Pixels in rows, little-endian RGBA. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly colors: Uint32Array;
}

/** Lays `count` colours of `from` over those of `to`, in place. */
export type Mix = (to: Uint32Array, toAt: number, from: Uint32Array, fromAt: number, count: number) => void;

/** Red and blue, then green and alpha: two bytes with room above each, so that both are reckoned at once. */
const EVEN = 0x00ff00ff;
const CARRY = 0x01000100;
const HALF = 0x00800080;

export function raster(width: number, height: number): Pixels {
  return { width, height, colors: new Uint32Array(width * height) };
}

/** What is there is replaced, clear colours included. */
export const replace: Mix = (to, toAt, from, fromAt, count) => {
  to.set(from.subarray(fromAt, fromAt + count), toAt);
};

/** Adds opaque colours as light does, and holds at white. */
export function adding(opacity: number): Mix {
  const weight = Math.round(256 * opacity);
  return (to, toAt, from, fromAt, count) => {
    for (let i = 0; i < count; i++) {
      const color = from[fromAt + i] as number;
      // Stand-ins are put together on a clear ground.
      if (color === 0) continue;
      const under = to[toAt + i] as number;
      let even = color & EVEN;
      let odd = (color >>> 8) & EVEN;
      if (weight !== 256) {
        even = ((Math.imul(even, weight) + HALF) >>> 8) & EVEN;
        odd = ((Math.imul(odd, weight) + HALF) >>> 8) & EVEN;
      }
      even += under & EVEN;
      odd += (under >>> 8) & EVEN;
      const evenOver = even & CARRY;
      const oddOver = odd & CARRY;
      even = (even | (evenOver - (evenOver >>> 8))) & EVEN;
      odd = (odd | (oddOver - (oddOver >>> 8))) & EVEN;
      to[toAt + i] = even | (odd << 8);
    }
  };
}

/** Lays colours over opaque ones, as thick as their own alpha and `opacity` say. */
export function covering(opacity: number): Mix {
  const weights = Uint16Array.from({ length: 256 }, (_, alpha) => Math.round((256 * alpha * opacity) / 255));
  return (to, toAt, from, fromAt, count) => {
    let last = 0;
    let rest = 256;
    // The colour's own part of the sum: neighbours mostly have the same one.
    let even = 0;
    let odd = 0;
    for (let i = 0; i < count; i++) {
      const color = from[fromAt + i] as number;
      if (color === 0) continue;
      if (color !== last) {
        last = color;
        const weight = weights[color >>> 24] as number;
        rest = 256 - weight;
        even = Math.imul(color & EVEN, weight) + HALF;
        odd = Math.imul((color >>> 8) & 255, weight) + 128;
      }
      const under = to[toAt + i] as number;
      // Weights sum up to 256, so no part runs over into its neighbour; the sum is right modulo 2³².
      const mixed = ((even + Math.imul(under & EVEN, rest)) >>> 8) & EVEN;
      const green = (odd + Math.imul((under >>> 8) & 255, rest)) & 0xff00;
      to[toAt + i] = 0xff000000 | mixed | green;
    }
  };
}

export function fillRect(to: Pixels, rect: Rect, color: number): void {
  const { left, right, top, bottom } = visible(to, rect);
  if (right <= left) return;
  for (let y = top; y < bottom; y++) to.colors.fill(color, y * to.width + left, y * to.width + right);
}

/**
 * Draws `from` so that it fills `rect`. Each pixel shows the sample under its middle, as it is: a smoothed
 * picture would show values that are not in the data.
 */
export function drawInto(to: Pixels, from: Pixels, rect: Rect, mix: Mix): void {
  const { left, right, top, bottom } = visible(to, rect);
  const count = right - left;
  if (count <= 0) return;
  const rowAt = (y: number) => sampleAt(y - rect.y, rect.height, from.height) * from.width;
  if (from.width === rect.width) {
    for (let y = top; y < bottom; y++) {
      mix(to.colors, y * to.width + left, from.colors, rowAt(y) + left - rect.x, count);
    }
    return;
  }
  const columns = Int32Array.from({ length: count }, (_, i) =>
    sampleAt(left + i - rect.x, rect.width, from.width),
  );
  const row = new Uint32Array(count);
  let last = -1;
  for (let y = top; y < bottom; y++) {
    const at = rowAt(y);
    if (at !== last)
      for (let i = 0; i < count; i++) row[i] = from.colors[at + (columns[i] as number)] as number;
    last = at;
    mix(to.colors, y * to.width + left, row, 0, count);
  }
}

function sampleAt(pixel: number, pixels: number, samples: number): number {
  return Math.floor(((pixel + 0.5) * samples) / pixels);
}

/** The part of `rect` on the canvas. */
function visible({ width, height }: Pixels, rect: Rect) {
  return {
    left: Math.max(0, rect.x),
    right: Math.min(width, rect.x + rect.width),
    top: Math.max(0, rect.y),
    bottom: Math.min(height, rect.y + rect.height),
  };
}
