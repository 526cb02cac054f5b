import { dtypeRange, type Samples } from "./samples";
import type { Rgb } from "./shown";

/** Contrast window: `low` is drawn black, `high` in the full colour (the other way round when inverted). */
export type Limits = readonly [number, number];

/** Opaque colours for the intensities 0 … 255, as little-endian RGBA. */
export type Ramp = Uint32Array;

const OPAQUE = 0xff000000;

/**
 * Colour of an intensity `i`: each part is round(i · part / 255). The intensity of a sample is
 * round(255 · (sample − low) / (high − low)), held within 0 … 255; NaN and ±∞ are drawn black.
 */
export function colorRamp([red, green, blue]: Rgb, inverted: boolean): Ramp {
  const ramp = new Uint32Array(256);
  for (let i = 0; i < 256; i++) {
    const intensity = inverted ? 255 - i : i;
    const part = (full: number) => Math.round((intensity * full) / 255);
    ramp[i] = (OPAQUE | (part(blue) << 16) | (part(green) << 8) | part(red)) >>> 0;
  }
  return ramp;
}

/** 0 … 255 for a finite sample. An empty window is a threshold: what reaches it is bright. */
export function intensity(sample: number, [low, high]: Limits): number {
  if (high === low) return sample >= low ? 255 : 0;
  const scaled = Math.round((255 * (sample - low)) / (high - low));
  return Math.max(0, Math.min(255, scaled));
}

/** Colours of all samples, into `out`. */
export function paintWindow(samples: Samples, limits: Limits, ramp: Ramp, out: Uint32Array): void {
  if (samples instanceof Uint8Array) paintTable(samples, 0, table(256, 0, limits, ramp), out);
  else if (samples instanceof Int8Array) paintTable(samples, -128, table(256, -128, limits, ramp), out);
  else if (samples instanceof BigUint64Array || samples instanceof BigInt64Array) {
    paintWide(samples, limits, ramp, out);
  } else {
    for (let i = 0; i < samples.length; i++) {
      const sample = samples[i] as number;
      out[i] = Number.isFinite(sample) ? (ramp[intensity(sample, limits)] as number) : OPAQUE;
    }
  }
}

/** The window to draw with until the kernel has sampled one: the data type's, or the tile's own range. */
export function provisionalLimits(dtype: string, samples: Samples): Limits {
  const range = dtypeRange(dtype);
  if (range) return range;
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const sample of samples) {
    const value = Number(sample);
    if (!Number.isFinite(value)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (low > high) return [0, 1];
  // A tile of one value is mostly background: black until more is known.
  return [low, low === high ? Number.POSITIVE_INFINITY : high];
}

function table(size: number, first: number, limits: Limits, ramp: Ramp): Uint32Array {
  const colors = new Uint32Array(size);
  for (let i = 0; i < size; i++) colors[i] = ramp[intensity(first + i, limits)] as number;
  return colors;
}

function paintTable(samples: Uint8Array | Int8Array, first: number, colors: Uint32Array, out: Uint32Array) {
  for (let i = 0; i < samples.length; i++) out[i] = colors[(samples[i] as number) - first] as number;
}

/** 64-bit integers as numbers: a picture does not need the last bits, and BigInt arithmetic is slow. */
function paintWide(samples: BigUint64Array | BigInt64Array, limits: Limits, ramp: Ramp, out: Uint32Array) {
  const low = new Uint32Array(samples.buffer, samples.byteOffset, samples.length * 2);
  const high =
    samples instanceof BigInt64Array
      ? new Int32Array(samples.buffer, samples.byteOffset, samples.length * 2)
      : low;
  for (let i = 0; i < samples.length; i++) {
    const value = (high[2 * i + 1] as number) * 2 ** 32 + (low[2 * i] as number);
    out[i] = ramp[intensity(value, limits)] as number;
  }
}
