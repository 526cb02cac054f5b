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
  return enc === "raw" ? full(header, bytes.buffer) : inflate(bytes).then((raw) => full(header, raw));
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
