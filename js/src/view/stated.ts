import { idBits } from "./segments";

/** Colours that the metadata give to single segments; little-endian RGBA. */
export interface StatedColors {
  /** The colour of an id, undefined where the metadata give none. */
  of(low: number, high: number): number | undefined;
}

const known = new WeakMap<readonly Stated[], StatedColors>();

/** An id as decimal text, and its colour as `#rrggbbaa`. */
type Stated = readonly [string, string];

/** The table of a layer, made once; null where the metadata give no colours at all. */
export function statedColors(entries: readonly Stated[]): StatedColors | null {
  if (entries.length === 0) return null;
  const table = known.get(entries) ?? tableOf(entries);
  known.set(entries, table);
  return table;
}

function tableOf(entries: readonly Stated[]): StatedColors {
  // Asked for every run of every tile, so it holds numbers and no BigInt.
  const highsByLow = new Map<number, Map<number, number>>();
  for (const [id, text] of entries) {
    const bits = idBits(id);
    if (bits === null) continue;
    const highs = highsByLow.get(bits.low) ?? new Map<number, number>();
    highsByLow.set(bits.low, highs.set(bits.high, rgbaOf(text)));
  }
  return { of: (low, high) => highsByLow.get(low)?.get(high) };
}

/** Bytes of `#rrggbbaa` in the order they lie in memory. */
function rgbaOf(text: string): number {
  const [red, green, blue, alpha] = [1, 3, 5, 7].map((at) => Number.parseInt(text.slice(at, at + 2), 16));
  return (((alpha ?? 0) << 24) | ((blue ?? 0) << 16) | ((green ?? 0) << 8) | (red ?? 0)) >>> 0;
}
