import { halvesOf, type Samples } from "./samples";

/** A set of 64-bit ids that is asked for every run of every tile, so it holds two numbers and no BigInt. */
export interface Segments {
  /** The ids as they were given: equal keys mean equal sets. */
  readonly key: string;
  has(low: number, high: number): boolean;
}

/** The set of ids given as decimal text, null for none. Negative ids are sign-extended, as tiles have them. */
export function segmentsOf(ids: readonly string[]): Segments | null {
  const highsByLow = new Map<number, Set<number>>();
  for (const id of ids) {
    const bits = idBits(id);
    if (bits === null) continue;
    const highs = highsByLow.get(bits.low) ?? new Set();
    highsByLow.set(bits.low, highs.add(bits.high));
  }
  if (highsByLow.size === 0) return null;
  return { key: ids.join(), has: (low, high) => highsByLow.get(low)?.has(high) ?? false };
}

/** The two halves of an id, null for text that is no whole number. */
export function idBits(id: string): { low: number; high: number } | null {
  if (!/^-?\d+$/.test(id)) return null;
  const bits = BigInt.asUintN(64, BigInt(id));
  return { low: Number(bits & 0xffffffffn), high: Number(bits >> 32n) };
}

/** Whether some sample is one of the segments. */
export function containsAny(samples: Samples, segments: Segments): boolean {
  const { low, high, stride } = halvesOf(samples);
  let lastLow = -1;
  let lastHigh = -1;
  for (let i = 0; i < samples.length; i++) {
    const idLow = low(i * stride);
    const idHigh = high(i * stride);
    if (idLow === lastLow && idHigh === lastHigh) continue;
    if (segments.has(idLow, idHigh)) return true;
    lastLow = idLow;
    lastHigh = idHigh;
  }
  return false;
}

/** The ids after a click on one: selected when it was not, otherwise no longer. */
export function toggled(ids: readonly string[], id: string): readonly string[] {
  return ids.includes(id) ? ids.filter((one) => one !== id) : [...ids, id];
}
