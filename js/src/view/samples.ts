/** Samples of a tile as the kernel sent them, never converted. */
export type Samples =
  | Uint8Array<ArrayBuffer>
  | Uint16Array<ArrayBuffer>
  | Uint32Array<ArrayBuffer>
  | BigUint64Array<ArrayBuffer>
  | Int8Array<ArrayBuffer>
  | Int16Array<ArrayBuffer>
  | Int32Array<ArrayBuffer>
  | BigInt64Array<ArrayBuffer>
  | Float32Array<ArrayBuffer>
  | Float64Array<ArrayBuffer>;

type Limits = readonly [number, number];

interface SampleType {
  readonly size: number;
  /** Reads little-endian bytes; every machine a browser runs on is little-endian. */
  readonly view: (bytes: ArrayBuffer) => Samples;
  /** The one value of a constant tile. */
  readonly of: (text: string) => Samples;
  /** Smallest and largest value where a window of that size shows anything; null for wide types. */
  readonly range: Limits | null;
}

const TYPES: Readonly<Record<string, SampleType>> = {
  uint8: { size: 1, view: (b) => new Uint8Array(b), of: (t) => Uint8Array.of(Number(t)), range: [0, 255] },
  int8: { size: 1, view: (b) => new Int8Array(b), of: (t) => Int8Array.of(Number(t)), range: [-128, 127] },
  uint16: {
    size: 2,
    view: (b) => new Uint16Array(b),
    of: (t) => Uint16Array.of(Number(t)),
    range: [0, 65535],
  },
  int16: {
    size: 2,
    view: (b) => new Int16Array(b),
    of: (t) => Int16Array.of(Number(t)),
    range: [-32768, 32767],
  },
  uint32: { size: 4, view: (b) => new Uint32Array(b), of: (t) => Uint32Array.of(Number(t)), range: null },
  int32: { size: 4, view: (b) => new Int32Array(b), of: (t) => Int32Array.of(Number(t)), range: null },
  uint64: {
    size: 8,
    view: (b) => new BigUint64Array(b),
    of: (t) => BigUint64Array.of(BigInt(t)),
    range: null,
  },
  int64: { size: 8, view: (b) => new BigInt64Array(b), of: (t) => BigInt64Array.of(BigInt(t)), range: null },
  float32: { size: 4, view: (b) => new Float32Array(b), of: (t) => Float32Array.of(float(t)), range: null },
  float64: { size: 8, view: (b) => new Float64Array(b), of: (t) => Float64Array.of(float(t)), range: null },
};

function float(text: string): number {
  if (text === "inf") return Number.POSITIVE_INFINITY;
  if (text === "-inf") return Number.NEGATIVE_INFINITY;
  return Number(text);
}

function typeOf(dtype: string): SampleType {
  const type = TYPES[dtype === "bool" ? "uint8" : dtype];
  if (!type) throw new Error(`the page does not know the data type ${dtype}`);
  return type;
}

/** Bytes of one sample. */
export function sampleSize(dtype: string): number {
  return typeOf(dtype).size;
}

export function samplesFrom(dtype: string, bytes: ArrayBuffer): Samples {
  return typeOf(dtype).view(bytes);
}

export function constantSamples(dtype: string, text: string): Samples {
  return typeOf(dtype).of(text);
}

/** All values of an 8 or 16 bit type; null for types whose range says nothing about the data. */
export function dtypeRange(dtype: string): Limits | null {
  return TYPES[dtype === "bool" ? "uint8" : dtype]?.range ?? null;
}

/** One sample as exact decimal text, the shortest that reads back as the same value. */
export function sampleText(samples: Samples, index: number): string {
  const value = samples[index];
  if (value === undefined) return "";
  return samples instanceof Float32Array ? float32Text(Number(value)) : String(value);
}

/** `String` would print the 17 digits of the nearest float64; a float32 needs nine at most. */
function float32Text(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  for (let digits = 1; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return String(short);
  }
  return String(Number(value.toPrecision(9)));
}

/**
 * How to read the two unsigned 32-bit halves of sample `i` (given `i · stride`). Negative ids are
 * sign-extended.
 */
export function halvesOf(samples: Samples): {
  readonly stride: 1 | 2;
  readonly low: (at: number) => number;
  readonly high: (at: number) => number;
} {
  if (samples instanceof BigUint64Array || samples instanceof BigInt64Array) {
    const words = new Uint32Array(samples.buffer, samples.byteOffset, samples.length * 2);
    return { stride: 2, low: (at) => words[at] as number, high: (at) => words[at + 1] as number };
  }
  return {
    stride: 1,
    low: (at) => (samples[at] as number) >>> 0,
    high: (at) => ((samples[at] as number) < 0 ? 0xffffffff : 0),
  };
}
