import { describe, expect, it } from "vitest";
import { DIMMED, opaqueColor, paintLabels, segmentColor } from "../src/view/labels";
import { containsAny, segmentsOf, toggled } from "../src/view/segments";

/** Computed from Neuroglancer's own hash and colour conversion, seed 0. */
const REFERENCE: readonly (readonly [bigint, string])[] = [
  [0n, "#42ff46"],
  [1n, "#5e80ff"],
  [2n, "#ff3578"],
  [3n, "#9bff0c"],
  [10n, "#4eff46"],
  [12345n, "#ff3dfd"],
  [2n ** 32n, "#6ef0ff"],
  [2n ** 32n + 1n, "#ff12ae"],
  [2n ** 63n, "#7dffa4"],
  [2n ** 64n - 1n, "#d3ff03"],
];

function hex(color: number): string {
  const part = (shift: number) => ((color >>> shift) & 255).toString(16).padStart(2, "0");
  return `#${part(0)}${part(8)}${part(16)}`;
}

describe("segment colours", () => {
  it.each(REFERENCE)("are Neuroglancer's for id %s", (id, expected) => {
    const color = opaqueColor(Number(id & 0xffffffffn), Number(id >> 32n));
    expect(hex(color)).toBe(expected);
    expect(color >>> 24).toBe(255);
  });

  it("leave id 0 clear", () => {
    expect(segmentColor(0, 0)).toBe(0);
  });

  it("are the same for the same id in every type", () => {
    const paint = (samples: Parameters<typeof paintLabels>[0]) => {
      const out = new Uint32Array(samples.length);
      paintLabels(samples, out);
      return [...out];
    };
    const expected = [0, segmentColor(3, 0), segmentColor(3, 0), segmentColor(200, 0), 0];
    expect(paint(Uint8Array.of(0, 3, 3, 200, 0))).toEqual(expected);
    expect(paint(Uint32Array.of(0, 3, 3, 200, 0))).toEqual(expected);
    expect(paint(BigUint64Array.of(0n, 3n, 3n, 200n, 0n))).toEqual(expected);
    expect(paint(Int32Array.of(0, 3, 3, 200, 0))).toEqual(expected);
    expect(paint(Int16Array.of(-1))).toEqual(paint(BigInt64Array.of(-1n)));
  });

  it("tell ids apart that a float64 could not", () => {
    const out = new Uint32Array(2);
    paintLabels(BigUint64Array.of(2n ** 53n, 2n ** 53n + 1n), out);
    expect(out[0]).not.toBe(out[1]);
  });
});

describe("segments that stand out", () => {
  const BIG = 2n ** 53n;
  const paint = (selected: readonly string[], hovered: readonly string[] = []) => {
    const out = new Uint32Array(4);
    const emphasis = { selected: segmentsOf(selected), hovered: segmentsOf(hovered), stated: null };
    paintLabels(BigUint64Array.of(0n, BIG, BIG + 1n, 2n ** 64n - 1n), out, emphasis);
    return [...out];
  };
  const alphas = (colors: readonly number[]) => colors.map((color) => color >>> 24);
  const plain = paint([]);

  it("dim the others, to the last bit of the id", () => {
    expect(alphas(plain)).toEqual([0, 255, 255, 255]);
    const one = paint([String(BIG + 1n)]);
    expect(alphas(one)).toEqual([0, DIMMED, 255, DIMMED]);
    expect(one.map((color) => color & 0xffffff)).toEqual(plain.map((color) => color & 0xffffff));
    expect(alphas(paint([String(2n ** 64n - 1n), String(BIG)]))).toEqual([0, 255, DIMMED, 255]);
  });

  it("are whitened under the pointer: by half, by a quarter when not selected", () => {
    const half = paint([], [String(BIG)]);
    expect(half.map((color, at) => color === plain[at])).toEqual([true, false, true, true]);
    const quarter = paint(["5"], [String(BIG)]);
    expect(alphas(quarter)).toEqual([0, 255, DIMMED, DIMMED]);
    const part = (color: number | undefined, shift: number) => ((color ?? 0) >>> shift) & 255;
    for (const shift of [0, 8, 16]) {
      const own = part(plain[1], shift);
      expect(part(half[1], shift)).toBe(Math.round(own + (255 - own) / 2));
      expect(part(quarter[1], shift)).toBe(Math.round(own + (255 - own) / 4));
    }
  });

  it("never include zero", () => {
    expect(paint(["0"], ["0"])[0]).toBe(0);
  });

  it("are found in tiles of every type, negative ids too", () => {
    const minusOne = segmentsOf(["-1"]);
    if (!minusOne) throw new Error("no segments");
    expect(containsAny(Int16Array.of(3, -1), minusOne)).toBe(true);
    expect(containsAny(BigInt64Array.of(3n, -1n), minusOne)).toBe(true);
    expect(containsAny(Uint16Array.of(3, 65535), minusOne)).toBe(false);
    expect(segmentsOf(["nan", ""])).toBeNull();
  });

  it("are toggled one by one", () => {
    expect(toggled(toggled(["7"], "9007199254740993"), "7")).toEqual(["9007199254740993"]);
  });
});
