import { describe, expect, it } from "vitest";
import type { Tile } from "../src/view/decode";
import { XY } from "../src/view/plane";
import { physicalText, readings, voxelText } from "../src/view/readout";
import { channel, layer, level, scene, shown } from "./support/scenes";

function tile(samples: Tile["samples"], width: number): Tile {
  return { width, height: samples.length / width, dtype: "", samples, missing: false };
}

describe("values under the pointer", () => {
  const levels = [level([8, 8, 2]), level([4, 4, 1], [2, 2, 2])];
  const em = layer({ levels, channels: [channel({ name: "a" }), channel({ name: "b", color: [1, 2, 3] })] });
  const cells = layer({ name: "cells", category: "segmentation", dtype: "uint64", levels });
  const tiles: Record<string, Tile> = {
    "0,0,0,0,1,1,0": tile(
      Uint8Array.from({ length: 16 }, (_, at) => at),
      4,
    ),
    "0,1,0,0,0,0,0": tile(Uint8Array.of(99), 4),
    "0,1,0,1,0,0,0": tile(
      Uint8Array.from({ length: 16 }, (_, at) => 100 + at),
      4,
    ),
    "1,0,0,0,1,1,0": tile(BigUint64Array.of(2n ** 64n - 1n), 4),
  };
  const read = (point: readonly [number, number, number]) =>
    readings(shown([em, cells]), XY, point, 4, (key) => tiles[key]);

  it("come from the finest tile at hand, exactly, and say which level", () => {
    expect(read([2.9, 5.1, 1])).toEqual([
      { layer: "em", channel: "a", value: "6", level: 0, color: "rgb(255 255 255)" },
      { layer: "em", channel: "b", value: "109", level: 1, color: "rgb(1 2 3)" },
      { layer: "cells", channel: "", value: "18446744073709551615", level: 0, color: "rgb(211 255 3)" },
    ]);
  });

  it("are none outside the data", () => {
    expect(read([-0.1, 5, 1])).toEqual([]);
    expect(read([8, 5, 1])).toEqual([]);
    expect(read([2, 5, 2])).toEqual([]);
  });
});

describe("positions", () => {
  it("are whole voxels, and lengths where the voxel size is known", () => {
    expect(voxelText([-0.5, 7.9, 3])).toBe("x -1  y 7  z 3");
    const known = scene([], { voxel_size_nm_xyz: [4, 4, 40] });
    expect(physicalText([1000, 10.5, 94], known)).toBe("4 µm, 42 nm, 3.76 µm");
    expect(physicalText([1, 1, 1], { ...known, voxel_size_known: false })).toBe("");
  });
});
