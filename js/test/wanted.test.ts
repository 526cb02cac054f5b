import { describe, expect, it } from "vitest";
import { XZ, YZ } from "../src/view/plane";
import { neededTiles } from "../src/view/wanted";
import { channel, layer, level, pyramid, shown, viewport } from "./support/scenes";

const DEEP = layer({ levels: pyramid([4096, 4096, 64], 4) });

describe("wants", () => {
  it("name layer, level, plane, channel, slice, row, column and further axes", () => {
    const movie = layer({ extra_axes: [{ name: "t", size: 9 }], channels: [channel(), channel()] });
    const { wants } = neededTiles(viewport(), shown([layer(), movie], { extra: { t: 4 } }), 256);
    // The first layer has no time axis.
    expect(wants).toEqual([
      [0, 0, 0, 0, 5, 0, 0],
      [1, 0, 0, 0, 5, 0, 0, 4],
      [1, 0, 0, 1, 5, 0, 0, 4],
    ]);
  });

  it("count slices, rows and columns along the plane's axes", () => {
    const boxy = layer({ levels: [level([300, 600, 900])] });
    const at = { position: [299, 599, 899] as const, width: 2, height: 2 };
    const wants = (plane: typeof XZ) => neededTiles(viewport({ ...at, plane }), shown([boxy]), 256).wants;
    expect(wants(XZ)).toEqual([[0, 0, 1, 0, 599, 3, 1]]);
    expect(wants(YZ)).toEqual([[0, 0, 2, 0, 299, 2, 3]]);
  });

  it("begin with the coarsest level, then go from the middle to the border", () => {
    const { wants, targets } = neededTiles(
      viewport({ position: [900, 900, 8], width: 1000, height: 700 }),
      shown([DEEP]),
      256,
    );
    expect(targets).toEqual([0]);
    expect(wants[0]).toEqual([0, 3, 0, 0, 1, 0, 0]);
    expect(wants.filter(([, at]) => at === 3)).toHaveLength(1);
    expect(wants[1]).toEqual([0, 0, 0, 0, 8, 3, 3]);
    const distance = ([, , , , , row = 0, column = 0]: readonly number[]) =>
      Math.hypot((row + 0.5) * 256 - 900, (column + 0.5) * 256 - 900);
    const distances = wants.slice(1).map(distance);
    expect(distances).toEqual([...distances].sort((a, b) => a - b));
  });

  it("hold no level twice where the coarsest is the target", () => {
    const { wants } = neededTiles(viewport({ zoom: 0.01 }), shown([DEEP]), 256);
    expect(new Set(wants.map(String)).size).toBe(wants.length);
    expect(wants.every(([, at]) => at === 3)).toBe(true);
  });

  it("leave out what is hidden", () => {
    const two = layer({ channels: [channel(), channel({ visible: false })] });
    expect(neededTiles(viewport(), shown([two]), 256).wants).toHaveLength(1);
    const choices = { visible: { em: false } };
    expect(neededTiles(viewport(), shown([two], choices), 256).wants).toHaveLength(0);
  });

  it("take channels and layers of a place together", () => {
    const two = layer({ channels: [channel(), channel()], levels: [level([1024, 256, 1])] });
    const { wants } = neededTiles(
      viewport({ position: [512, 128, 0], width: 1024, height: 256 }),
      shown([two, layer({ name: "b", levels: [level([1024, 256, 1])] })]),
      256,
    );
    expect(wants).toHaveLength(12);
    // The two middle tiles are equally near; each layer's channels follow one another.
    const first = wants.slice(0, 6).map(([at, , , c, , , column]) => [at, c, column]);
    expect(first).toEqual([
      [0, 0, 1],
      [0, 1, 1],
      [0, 0, 2],
      [0, 1, 2],
      [1, 0, 1],
      [1, 0, 2],
    ]);
  });

  it("are few even without coarse levels, and say that some are left out", () => {
    const endless = layer({ levels: [level([1_000_000, 1_000_000, 1])] });
    const far = viewport({ position: [500_000, 500_000, 0], zoom: 0.001, width: 1000, height: 1000 });
    const { wants, truncated } = neededTiles(far, shown([endless]), 256);
    expect(wants).toHaveLength(512);
    expect(truncated).toBe(true);
    expect(wants[0]).toEqual([0, 0, 0, 0, 0, 1953, 1953]);
    expect(neededTiles(viewport(), shown([DEEP]), 256).truncated).toBe(false);
  });
});
