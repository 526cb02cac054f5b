import { describe, expect, it } from "vitest";
import { opaqueColor, paintLabels, segmentColor } from "../src/view/labels";

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
