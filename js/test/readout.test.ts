import { describe, expect, it } from "vitest";
import type { Tile } from "../src/view/decode";
import { XY, type Xyz, XZ, YZ } from "../src/view/plane";
import { hoveredTrait, physicalText, readings, segmentsUnder, voxelText } from "../src/view/readout";
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
      { layer: "em", at: 0, channel: "a", value: "6", level: 0, color: "rgb(255 255 255)" },
      { layer: "em", at: 1, channel: "b", value: "109", level: 1, color: "rgb(1 2 3)" },
      {
        layer: "cells",
        at: 0,
        channel: "",
        value: "18446744073709551615",
        level: 0,
        color: "rgb(211 255 3)",
      },
    ]);
  });

  it("are none outside the data", () => {
    expect(read([-0.1, 5, 1])).toEqual([]);
    expect(read([8, 5, 1])).toEqual([]);
    expect(read([2, 5, 2])).toEqual([]);
  });
});

describe("planes", () => {
  it.each([
    [XY, "12"],
    [XZ, "12"],
    [YZ, "12"],
  ] as const)("give the same value at the same point", (plane, value) => {
    // One voxel, x 5 y 6 z 1 of a volume whose voxels differ from it everywhere else.
    const size = [8, 7, 3] as const;
    const point = [5.5, 6.5, 1.5] as const;
    const bytes = new Int8Array(size[plane.column] * size[plane.row]).fill(-3);
    bytes[Math.floor(point[plane.row]) * size[plane.column] + Math.floor(point[plane.column])] = 12;
    const key = `0,0,${plane.index},0,${Math.floor(point[plane.normal])},0,0`;
    const peek = (asked: string) => (asked === key ? tile(bytes, size[plane.column]) : undefined);
    const small = shown([layer({ dtype: "int8", levels: [level(size)] })]);
    const at = (where: Xyz) => readings(small, plane, where, 8, peek).map((one) => one.value);
    expect(at(point)).toEqual([value]);
    expect(at([4.9, 5.9, 1.5])).toEqual(plane === XY ? ["-3"] : []);
    expect(at([8, 6.5, 1.5])).toEqual([]);
    expect(at([5.5, 6.5, 3])).toEqual([]);
  });
});

describe("segments under the pointer", () => {
  const cells = layer({
    name: "cells",
    category: "segmentation",
    dtype: "int64",
    levels: [level([4, 4, 1])],
  });
  const parts = layer({
    name: "parts",
    category: "segmentation",
    dtype: "uint64",
    levels: [level([4, 4, 1])],
  });
  const all = shown([cells, layer({ name: "em", levels: [level([4, 4, 1])] }), parts]);
  const values = (ids: readonly string[]) =>
    ["em", "cells", "parts"].map((name, at) => ({
      layer: name,
      at: 0,
      channel: "",
      value: ids[at] ?? "",
      level: at,
      color: "",
    }));

  it("are those of segmentations, zero excepted, the topmost last", () => {
    const ids = (texts: readonly string[]) => segmentsUnder(all, values(texts)).map(({ value }) => value);
    expect(ids(["9", "-1", "18446744073709551615"])).toEqual(["-1", "18446744073709551615"]);
    expect(ids(["9", "0", "4"])).toEqual(["4"]);
    expect(ids(["9", "0", "0"])).toEqual([]);
  });

  it("go to Python as text, channel by channel", () => {
    const two = layer({ name: "em", channels: [channel(), channel()] });
    const [reading] = values(["9"]);
    if (!reading) throw new Error("no reading");
    expect(hoveredTrait([1, 2, 3], [two, cells], [{ ...reading, at: 1, level: 2 }])).toEqual({
      position: [1, 2, 3],
      values: { em: [null, "9"] },
      levels: { em: 2 },
    });
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
