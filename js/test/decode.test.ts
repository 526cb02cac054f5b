import { deflateRawSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import type { TileHeader } from "../src/protocol";
import { decodeTile, sampleIndex, type Tile } from "../src/view/decode";

function header(changes: Partial<TileHeader>): TileHeader {
  const want = [0, 0, 0, 0, 0, 0, 0];
  return {
    want,
    enc: "raw",
    buffer: 0,
    height: 2,
    width: 3,
    dtype: "uint16",
    value: "",
    missing: false,
    ...changes,
  };
}

const SAMPLES = Uint16Array.of(1, 2, 3, 40000, 5, 6);

describe("decoding", () => {
  it("honours where the samples begin in a shared buffer, aligned or not", () => {
    const shared = new Uint8Array(40).fill(0xee);
    shared.set(new Uint8Array(SAMPLES.buffer), 7);
    const tile = decodeTile(header({}), new DataView(shared.buffer, 7, 12)) as Tile;
    expect([...tile.samples]).toEqual([...SAMPLES]);
    shared.fill(0);
    expect(tile.samples[3]).toBe(40000);
    expect(tile.samples.buffer.byteLength).toBe(12);
  });

  it("inflates", async () => {
    const packed = Uint8Array.from(deflateRawSync(new Uint8Array(SAMPLES.buffer)));
    const tile = await decodeTile(header({ enc: "deflate-raw" }), new DataView(packed.buffer));
    expect([...tile.samples]).toEqual([...SAMPLES]);
  });

  it("keeps a constant tile as one sample", () => {
    const tile = decodeTile(
      header({ enc: "const", buffer: -1, value: "7", dtype: "uint64" }),
      undefined,
    ) as Tile;
    expect(tile.samples).toEqual(BigUint64Array.of(7n));
    expect(sampleIndex(tile, 2, 1)).toBe(0);
    expect(tile.width).toBe(3);
  });

  it("refuses what is too short, too long or not there", async () => {
    expect(() => decodeTile(header({}), new DataView(new ArrayBuffer(10)))).toThrow("10 bytes instead of 12");
    expect(() => decodeTile(header({}), undefined)).toThrow("without its samples");
    const garbage = new DataView(Uint8Array.of(255, 255, 255, 255).buffer);
    await expect(decodeTile(header({ enc: "deflate-raw" }), garbage)).rejects.toThrow();
  });
});
