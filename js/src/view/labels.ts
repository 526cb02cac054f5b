import type { Samples } from "./samples";

/**
 * The colours Neuroglancer gives segments (seed 0): its 32-bit hash of the two halves of the id chooses hue
 * and saturation. The same id has the same colour in both viewers. Little-endian RGBA.
 */
export function segmentColor(low: number, high: number): number {
  // Zero is the background everywhere and stays clear.
  if (low === 0 && high === 0) return 0;
  return opaqueColor(low, high);
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

/** Colours of all ids, into `out`. Runs of the same id, which labels consist of, are hashed once. */
export function paintLabels(samples: Samples, out: Uint32Array): void {
  const { low, high, stride } = halves(samples);
  let lastLow = 0;
  let lastHigh = 0;
  let color = 0;
  for (let i = 0; i < samples.length; i++) {
    const idLow = low(i * stride) >>> 0;
    const idHigh = high(i * stride) >>> 0;
    if (idLow !== lastLow || idHigh !== lastHigh) {
      color = segmentColor(idLow, idHigh);
      lastLow = idLow;
      lastHigh = idHigh;
    }
    out[i] = color;
  }
}

/** How to read the two 32-bit halves of sample `i` (given `i · stride`). Negative ids are sign-extended. */
function halves(samples: Samples) {
  if (samples instanceof BigUint64Array || samples instanceof BigInt64Array) {
    const words = new Uint32Array(samples.buffer, samples.byteOffset, samples.length * 2);
    return { stride: 2, low: (i: number) => words[i] as number, high: (i: number) => words[i + 1] as number };
  }
  return {
    stride: 1,
    low: (i: number) => samples[i] as number,
    high: (i: number) => ((samples[i] as number) < 0 ? 0xffffffff : 0),
  };
}
