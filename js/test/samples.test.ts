import { describe, expect, it } from "vitest";
import { constantSamples, sampleSize, samplesFrom, sampleText } from "../src/view/samples";

describe("samples", () => {
  it("are read little-endian, in their own type", () => {
    const bytes = Uint8Array.of(1, 2, 0, 128).buffer;
    expect([...samplesFrom("uint16", bytes)]).toEqual([0x0201, 0x8000]);
    expect([...samplesFrom("int16", bytes)]).toEqual([0x0201, -32768]);
    expect(sampleSize("uint64")).toBe(8);
    expect(() => samplesFrom("complex64", bytes)).toThrow("complex64");
  });

  it("come from text exactly", () => {
    expect(constantSamples("uint64", "18446744073709551615")[0]).toBe(2n ** 64n - 1n);
    expect(constantSamples("int64", "-9223372036854775808")[0]).toBe(-(2n ** 63n));
    expect(constantSamples("float64", "nan")[0]).toBeNaN();
    expect(constantSamples("float32", "-inf")[0]).toBe(Number.NEGATIVE_INFINITY);
    expect(constantSamples("bool", "1")[0]).toBe(1);
  });

  it("are printed exactly and briefly", () => {
    expect(sampleText(BigUint64Array.of(2n ** 64n - 1n), 0)).toBe("18446744073709551615");
    expect(sampleText(Float32Array.of(0.1), 0)).toBe("0.1");
    expect(sampleText(Float32Array.of(16777217), 0)).toBe("16777216");
    expect(sampleText(Float32Array.of(Number.NaN), 0)).toBe("NaN");
    expect(sampleText(Float64Array.of(0.1), 0)).toBe("0.1");
    const odd = Math.fround(Math.PI);
    expect(Math.fround(Number(sampleText(Float32Array.of(odd), 0)))).toBe(odd);
  });
});
