import type { TileHeader } from "../protocol";
import { constantSamples, type Samples, sampleSize, samplesFrom } from "./samples";

/** A tile ready to be painted. */
export interface Tile {
  readonly width: number;
  readonly height: number;
  readonly dtype: string;
  /** Rows one after the other; a single sample when the tile is constant. */
  readonly samples: Samples;
  /** The same where the tile came in runs, as labels do: they are painted without being unrolled. */
  readonly runs?: Runs;
  readonly missing: boolean;
}

/** Samples that repeat, row after row. */
export interface Runs {
  /** One sample per run. */
  readonly values: Samples;
  /** Index of each run's last sample. */
  readonly ends: Uint16Array;
}

/** The samples of a tile message. Only deflated tiles take more than one turn of the event loop. */
export function decodeTile(header: TileHeader, buffer: DataView | undefined): Tile | Promise<Tile> {
  const { enc, dtype } = header;
  if (enc === "const") return tile(header, constantSamples(dtype, header.value));
  if (!buffer) throw new Error("a tile came without its samples");
  // The copy aligns the samples and lets go of the message they came in.
  const bytes = new Uint8Array(buffer.buffer as ArrayBuffer, buffer.byteOffset, buffer.byteLength).slice();
  if (enc === "runs") return new TileOfRuns(header, bytes);
  return enc === "raw" ? full(header, bytes.buffer) : inflate(bytes).then((raw) => full(header, raw));
}

/** Each run's sample, then the index of each run's last sample. Unrolled when somebody asks for a sample. */
class TileOfRuns implements Tile {
  readonly width: number;
  readonly height: number;
  readonly dtype: string;
  readonly missing: boolean;
  readonly runs: Runs;
  #samples: Samples | undefined;

  constructor({ width, height, dtype, missing }: TileHeader, bytes: Uint8Array<ArrayBuffer>) {
    this.width = width;
    this.height = height;
    this.dtype = dtype;
    this.missing = missing;
    const size = sampleSize(dtype);
    const count = Math.floor(bytes.byteLength / (size + 2));
    const values = samplesFrom(dtype, bytes.slice(0, count * size).buffer);
    const ends = new Uint16Array(bytes.slice(count * size).buffer);
    this.runs = { values, ends };
    let samples = 0;
    for (let run = 0; run < count; run++) {
      const next = (ends[run] as number) + 1;
      if (next <= samples) throw new Error("a tile came with runs that do not follow each other");
      samples = next;
    }
    if (samples !== width * height) {
      throw new Error(`a tile came with ${samples} samples instead of ${width * height}`);
    }
  }

  get samples(): Samples {
    this.#samples ??= unrolled(this, this.runs);
    return this.#samples;
  }
}

function unrolled({ dtype, width, height }: Tile, { values, ends }: Runs): Samples {
  const size = sampleSize(dtype);
  const all = new ArrayBuffer(width * height * size);
  // Samples of 64 bits are copied as two words: a BigInt takes ten times as long.
  const words = size === 8 ? 2 : 1;
  const word = size === 8 ? "uint32" : dtype;
  const from = samplesFrom(word, values.buffer) as Uint32Array;
  const out = samplesFrom(word, all) as Uint32Array;
  let at = 0;
  ends.forEach((last, run) => {
    const end = words * (last + 1);
    const low = from[words * run] as number;
    const high = from[words * run + words - 1] as number;
    if (words === 1) out.fill(low, at, end);
    else {
      for (let i = at; i < end; i += 2) {
        out[i] = low;
        out[i + 1] = high;
      }
    }
    at = end;
  });
  return samplesFrom(dtype, all);
}

async function inflate(bytes: Uint8Array<ArrayBuffer>): Promise<ArrayBuffer> {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  return await new Response(stream).arrayBuffer();
}

function full(header: TileHeader, bytes: ArrayBuffer): Tile {
  const expected = header.width * header.height * sampleSize(header.dtype);
  if (bytes.byteLength !== expected) {
    throw new Error(`a tile came with ${bytes.byteLength} bytes instead of ${expected}`);
  }
  return tile(header, samplesFrom(header.dtype, bytes));
}

function tile({ width, height, dtype, missing }: TileHeader, samples: Samples): Tile {
  return { width, height, dtype, samples, missing };
}

/** Index of the sample at a column and row of the tile. */
export function sampleIndex(tile: Tile, column: number, row: number): number {
  return tile.samples.length === 1 ? 0 : row * tile.width + column;
}
