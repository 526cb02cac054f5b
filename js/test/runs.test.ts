import { describe, expect, it } from "vitest";
import type { TileHeader } from "../src/protocol";
import { decodeTile, type Tile } from "../src/view/decode";
import { paintLabels, paintRuns } from "../src/view/labels";
import { sampleText } from "../src/view/samples";
import { segmentsOf } from "../src/view/segments";

const header = (dtype: string, width: number, height: number): TileHeader => ({
  want: [],
  enc: "runs",
  buffer: 0,
  height,
  width,
  dtype,
  value: "",
  missing: false,
});

/** Values of runs and the index of the last sample of each, as the kernel packs them; at an odd offset. */
function packed(values: ArrayBuffer, ends: number[]): DataView {
  const bytes = new Uint8Array(1 + values.byteLength + 2 * ends.length);
  bytes.set(new Uint8Array(values), 1);
  bytes.set(new Uint8Array(Uint16Array.from(ends).buffer), 1 + values.byteLength);
  return new DataView(bytes.buffer, 1);
}

describe("runs", () => {
  it("become samples again, to the last bit of 64", () => {
    const values = BigUint64Array.of(2n ** 64n - 1n, 0n, 2n ** 53n + 1n);
    const tile = decodeTile(header("uint64", 3, 2), packed(values.buffer, [0, 3, 5])) as Tile;
    expect([...tile.samples]).toEqual([2n ** 64n - 1n, 0n, 0n, 0n, 2n ** 53n + 1n, 2n ** 53n + 1n]);
  });

  it.each(["uint8", "int16", "uint32", "int64", "float32"])("hold %s", (dtype) => {
    const size = { uint8: 1, int16: 2, uint32: 4, int64: 8, float32: 4 }[dtype] ?? 1;
    const values = new Uint8Array(2 * size).fill(1, size);
    const tile = decodeTile(header(dtype, 4, 1), packed(values.buffer, [2, 3])) as Tile;
    expect(tile.samples).toHaveLength(4);
    expect(tile.samples[2]).toEqual(tile.samples[0]);
    expect(tile.samples[3]).not.toEqual(tile.samples[0]);
  });

  it("that fill more or less than the tile are an error", () => {
    const values = Uint8Array.of(1, 2).buffer;
    expect(() => decodeTile(header("uint8", 4, 1), packed(values, [1, 2]))).toThrow("3 samples instead of 4");
    expect(() => decodeTile(header("uint8", 4, 1), packed(values, [1, 9]))).toThrow("samples instead of 4");
  });

  it("that do not follow each other are an error", () => {
    const values = Uint8Array.of(1, 2, 3).buffer;
    expect(() => decodeTile(header("uint8", 4, 1), packed(values, [2, 1, 3]))).toThrow("do not follow");
    expect(() => decodeTile(header("uint8", 4, 1), packed(values, [0, 0, 3]))).toThrow("do not follow");
  });

  it.each(["uint8", "uint16", "uint32", "uint64", "int64"])(
    "of %s are painted as their samples are",
    (dtype) => {
      const size = { uint8: 1, uint16: 2, uint32: 4, uint64: 8, int64: 8 }[dtype] ?? 1;
      const values = Uint8Array.from({ length: 7 * size }, (_, at) => (at < size ? 0 : (at * 89) % 256));
      const ends = [0, 5, 6, 70, 71, 180, 199];
      const tile = decodeTile(header(dtype, 20, 10), packed(values.buffer, ends)) as Tile;
      if (!tile.runs) throw new Error("the tile did not keep its runs");
      const third = sampleText(tile.runs.values, 3);
      for (const selected of [null, segmentsOf([third])]) {
        for (const hovered of [null, segmentsOf([third])]) {
          const [one, other] = [new Uint32Array(200), new Uint32Array(200)];
          paintRuns(tile.runs, one, { selected, hovered, stated: null });
          paintLabels(tile.samples, other, { selected, hovered, stated: null });
          expect(one).toEqual(other);
          expect(new Set(one).size).toBeGreaterThan(3);
        }
      }
    },
  );
});
