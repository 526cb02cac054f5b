import { describe, expect, it } from "vitest";
import { bytesText, countText, limitText } from "../src/view/numbers";
import { lengthText, scaleBar, voxelBar } from "../src/view/scalebar";

describe("scale bar", () => {
  it("takes the longest round step that fits", () => {
    expect(scaleBar(1, 100)).toEqual({ length: 100, text: "100 nm" });
    expect(scaleBar(1, 99)).toEqual({ length: 75, text: "75 nm" });
    expect(scaleBar(4, 100)).toEqual({ length: 75, text: "300 nm" });
    expect(scaleBar(40, 100).text).toBe("3 µm");
    expect(scaleBar(1e6, 120).text).toBe("100 mm");
    expect(scaleBar(0.01, 100).text).toBe("1 nm");
  });

  it("uses only 1, 1.5, 2, 3, 5 and 7.5, and never more than there is room for", () => {
    for (let nm = 0.001; nm < 1e7; nm *= 1.07) {
      const { length } = scaleBar(nm, 100);
      const step = (length * nm) / 10 ** Math.floor(Math.log10(length * nm) + 1e-9);
      expect([1, 1.5, 2, 3, 5, 7.5].some((one) => Math.abs(one - step) < 1e-6)).toBe(true);
      expect(length).toBeLessThanOrEqual(100.001);
      expect(length).toBeGreaterThan(60);
    }
  });

  it("counts voxels when their size is not known", () => {
    expect(voxelBar(1, 100).text).toBe("100 voxels");
    expect(voxelBar(0.02, 100)).toEqual({ length: 100, text: "2 voxels" });
    expect(voxelBar(1 / 200, 100)).toEqual({ length: 200, text: "1 voxel" });
  });
});

describe("numbers for people", () => {
  it("carry units and no noise", () => {
    expect(lengthText(0)).toBe("0 nm");
    expect(lengthText(-1500)).toBe("-1.5 µm");
    expect(lengthText(0.5)).toBe("500 pm");
    expect([0, 999, 1000, 24_310, 2_080_000, 7.2e9].map(bytesText)).toEqual([
      "0 B",
      "999 B",
      "1 kB",
      "24.3 kB",
      "2.08 MB",
      "7.2 GB",
    ]);
    expect(countText(1234567)).toBe("1\u2009234\u2009567");
    expect([3, 0.123456789, 65535].map(limitText)).toEqual(["3", "0.12346", "65535"]);
  });
});
