import { describe, expect, it } from "vitest";
import { colorRamp, intensity, paintWindow, provisionalLimits } from "../src/view/lut";
import { constantSamples, type Samples } from "../src/view/samples";

const GREY = colorRamp([255, 255, 255], false);

function greys(samples: Samples, limits: readonly [number, number], ramp = GREY): number[] {
  const out = new Uint32Array(samples.length);
  paintWindow(samples, limits, ramp, out);
  for (const color of out) expect(color >>> 24).toBe(255);
  return [...out].map((color) => color & 255);
}

describe("contrast", () => {
  it("maps the window to 0 … 255, rounded, and holds what lies outside", () => {
    expect(greys(Uint8Array.of(0, 1, 128, 254, 255), [0, 255])).toEqual([0, 1, 128, 254, 255]);
    expect(greys(Uint16Array.of(99, 100, 150, 200, 65535), [100, 200])).toEqual([0, 0, 128, 255, 255]);
    expect(greys(Int16Array.of(-300, -200, 0, 200), [-200, 200])).toEqual([0, 0, 128, 255]);
    expect(greys(Int8Array.of(-128, 0, 127), [-128, 127])).toEqual([0, 128, 255]);
    expect(greys(Float64Array.of(-1, 0.25, 0.5, 2), [0, 1])).toEqual([0, 64, 128, 255]);
  });

  it("takes wide integers as numbers", () => {
    expect(greys(BigUint64Array.of(0n, 2n ** 63n, 2n ** 64n - 1n), [0, 2 ** 64])).toEqual([0, 128, 255]);
    expect(greys(BigInt64Array.of(-100n, -50n, 0n, 2n ** 40n), [-100, 0])).toEqual([0, 128, 255, 255]);
    expect(greys(Uint32Array.of(0, 2 ** 31, 2 ** 32 - 1), [0, 2 ** 32])).toEqual([0, 128, 255]);
  });

  it("draws what is no number black, even inverted", () => {
    const odd = Float32Array.of(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY);
    expect(greys(odd, [0, 1])).toEqual([0, 0, 0]);
    expect(greys(odd, [0, 1], colorRamp([255, 255, 255], true))).toEqual([0, 0, 0]);
  });

  it("is a threshold when empty, and reversed when turned round", () => {
    expect([4, 5, 6].map((sample) => intensity(sample, [5, 5]))).toEqual([0, 255, 255]);
    expect([0, 100].map((sample) => intensity(sample, [100, 0]))).toEqual([255, 0]);
  });
});

describe("colours", () => {
  it("scale with the intensity and keep their parts apart", () => {
    const ramp = colorRamp([255, 128, 0], false);
    const parts = (color = 0) => [color & 255, (color >> 8) & 255, (color >> 16) & 255];
    expect(parts(ramp[0])).toEqual([0, 0, 0]);
    expect(parts(ramp[100])).toEqual([100, 50, 0]);
    expect(parts(ramp[255])).toEqual([255, 128, 0]);
    expect(parts(colorRamp([255, 128, 0], true)[0])).toEqual([255, 128, 0]);
  });
});

describe("the window before one is known", () => {
  it("is the range of small types and the tile's own range of wide ones", () => {
    expect(provisionalLimits("uint8", Uint8Array.of(3))).toEqual([0, 255]);
    expect(provisionalLimits("int16", Int16Array.of(3))).toEqual([-32768, 32767]);
    expect(provisionalLimits("float32", Float32Array.of(Number.NaN, 2, -7))).toEqual([-7, 2]);
    expect(provisionalLimits("uint64", BigUint64Array.of(5n, 9n))).toEqual([5, 9]);
    expect(provisionalLimits("float32", constantSamples("float32", "nan"))).toEqual([0, 1]);
    const flat = constantSamples("float32", "7");
    expect(greys(flat, provisionalLimits("float32", flat))).toEqual([0]);
  });
});
