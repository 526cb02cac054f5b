import type { TileHeader } from "../protocol";
import { constantSamples, type Samples, sampleSize, samplesFrom } from "./samples";

/** A tile ready to be painted. */
export interface Tile {
  readonly width: number;
  readonly height: number;
  readonly dtype: string;
  /** Rows one after the other; a single sample when the tile is constant. */
  readonly samples: Samples;
  readonly missing: boolean;
}

/** The samples of a tile message. Only deflated tiles take more than one turn of the event loop. */
export function decodeTile(header: TileHeader, buffer: DataView | undefined): Tile | Promise<Tile> {
  const { enc, dtype } = header;
  if (enc === "const") return tile(header, constantSamples(dtype, header.value));
  if (!buffer) throw new Error("a tile came without its samples");
  // The copy aligns the samples and lets go of the message they came in.
  const bytes = new Uint8Array(buffer.buffer as ArrayBuffer, buffer.byteOffset, buffer.byteLength).slice();
  if (enc === "runs") return full(header, unrolled(header, bytes));
  return enc === "raw" ? full(header, bytes.buffer) : inflate(bytes).then((raw) => full(header, raw));
}

/** Each run's sample, then the index of each run's last sample → all samples. */
function unrolled({ dtype, width, height }: TileHeader, bytes: Uint8Array<ArrayBuffer>): ArrayBuffer {
  const size = sampleSize(dtype);
  const runs = Math.floor(bytes.byteLength / (size + 2));
  const ends = new Uint16Array(bytes.slice(runs * size).buffer);
  const all = new ArrayBuffer(width * height * size);
  // Samples of 64 bits are copied as two words: a BigInt takes ten times as long.
  const words = size === 8 ? 2 : 1;
  const word = size === 8 ? "uint32" : dtype;
  const values = samplesFrom(word, bytes.slice(0, runs * size).buffer) as Uint32Array;
  const out = samplesFrom(word, all) as Uint32Array;
  let at = 0;
  for (let run = 0; run < runs; run++) {
    const end = words * ((ends[run] as number) + 1);
    const low = values[words * run] as number;
    const high = values[words * run + words - 1] as number;
    if (words === 1) out.fill(low, at, end);
    else {
      for (let i = at; i < end; i += 2) {
        out[i] = low;
        out[i + 1] = high;
      }
    }
    at = end;
  }
  if (at !== out.length) throw new Error(`a tile came with ${at} samples instead of ${out.length}`);
  return all;
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
