import type { Runs } from "./decode";
import { halvesOf, type Samples } from "./samples";
import type { Segments } from "./segments";
import type { StatedColors } from "./stated";

/**
 * The colour that the metadata state for an id, else the one Neuroglancer gives it (seed 0): its 32-bit hash
 * of the two halves of the id chooses hue and saturation, so the same id has the same colour in both viewers.
 * Little-endian RGBA; 0 for what is not drawn.
 */
export function segmentColor(low: number, high: number, stated: StatedColors | null = null): number {
  // Zero is the background everywhere and stays clear.
  if (low === 0 && high === 0) return 0;
  const color = stated?.of(low, high) ?? opaqueColor(low, high);
  return color >>> 24 === 0 ? 0 : color;
}

/** As `segmentColor`, but with a colour for id 0 as well. */
export function opaqueColor(low: number, high: number): number {
  const hash = mix(mix(0, low), high);
  const hue = (hash & 255) / 255;
  const saturation = 0.5 + 0.5 * (((hash >>> 8) & 255) / 255);
  return brightColor(hue, saturation);
}

function mix(state: number, value: number): number {
  let v = Math.imul(value, 0xcc9e2d51);
  v = (v << 15) | (v >>> 17);
  v = Math.imul(v, 0x1b873593);
  let s = state ^ v;
  s = (s << 13) | (s >>> 19);
  return (Math.imul(s, 5) + 0xe6546b64) | 0;
}

/** HSV with value 1. */
function brightColor(hue: number, saturation: number): number {
  const part = (n: number) => {
    const k = (n + hue * 6) % 6;
    return roundHalfEven(255 * (1 - saturation * Math.max(0, Math.min(k, 4 - k, 1))));
  };
  return (0xff000000 | (part(1) << 16) | (part(3) << 8) | part(5)) >>> 0;
}

/** Half of all ids have a part that ends in .5; the reference colours settle it as Python's `round` does. */
function roundHalfEven(value: number): number {
  const rounded = Math.round(value);
  return value % 1 === 0.5 && rounded % 2 === 1 ? rounded - 1 : rounded;
}

/** Parts of 255 that segments keep of their opacity while others are selected. */
export const DIMMED = 64;

/** Which segments stand out; see `Paint`. */
interface Emphasis {
  readonly selected: Segments | null;
  readonly hovered: Segments | null;
  readonly stated: StatedColors | null;
}

const NO_EMPHASIS: Emphasis = { selected: null, hovered: null, stated: null };

/**
 * Colour of an id beside a selection and under a pointer. As in Neuroglancer, the segment under the pointer
 * is mixed with white: half and half when it is shown fully, a quarter of white when it is not selected,
 * and then it is as opaque as if it were. Others are dimmed, not hidden, so that they can be clicked.
 */
export function emphasizedColor(low: number, high: number, { selected, hovered, stated }: Emphasis): number {
  const color = segmentColor(low, high, stated);
  if (color === 0) return 0;
  const shown = selected?.has(low, high) ?? true;
  if (hovered?.has(low, high)) return whitened(color, shown ? 0.5 : 0.25);
  if (shown) return color;
  return ((color & 0xffffff) | (Math.round(((color >>> 24) * DIMMED) / 255) << 24)) >>> 0;
}

function whitened(color: number, white: number): number {
  const part = (shift: number) => {
    const own = (color >>> shift) & 255;
    return Math.round(own + (255 - own) * white) << shift;
  };
  return ((color & 0xff000000) | part(16) | part(8) | part(0)) >>> 0;
}

/** Colours of all ids, into `out`. Runs of the same id, which labels consist of, are hashed once. */
export function paintLabels(samples: Samples, out: Uint32Array, emphasis: Emphasis = NO_EMPHASIS): void {
  const { low, high, stride } = halvesOf(samples);
  const words = wordsOf(samples);
  let lastLow = 0;
  let lastHigh = 0;
  let color = 0;
  for (let i = 0; i < samples.length; i++) {
    // Read in place where it can be: a call for each half takes ten times as long.
    const idLow = words ? (words[2 * i] as number) : low(i * stride);
    const idHigh = words ? (words[2 * i + 1] as number) : high(i * stride);
    if (idLow !== lastLow || idHigh !== lastHigh) {
      color = emphasizedColor(idLow, idHigh, emphasis);
      lastLow = idLow;
      lastHigh = idHigh;
    }
    out[i] = color;
  }
}

/** The same for runs of samples, without looking at every one. */
export function paintRuns({ values, ends }: Runs, out: Uint32Array, emphasis: Emphasis = NO_EMPHASIS): void {
  const { low, high, stride } = halvesOf(values);
  let at = 0;
  for (let run = 0; run < ends.length; run++) {
    const color = emphasizedColor(low(run * stride), high(run * stride), emphasis);
    const end = (ends[run] as number) + 1;
    // For a few pixels the call is dearer than the work.
    if (end - at > 32) out.fill(color, at, end);
    else for (let i = at; i < end; i++) out[i] = color;
    at = end;
  }
}

function wordsOf(samples: Samples): Uint32Array | null {
  const wide = samples instanceof BigUint64Array || samples instanceof BigInt64Array;
  return wide ? new Uint32Array(samples.buffer, samples.byteOffset, samples.length * 2) : null;
}
