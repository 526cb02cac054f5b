import { describe, expect, it } from "vitest";
import type { Tile } from "../src/view/decode";
import { composePicture, standIns } from "../src/view/picture";
import { layer, level, pyramid, shown, viewport } from "./support/scenes";

const TILE: Tile = { width: 1, height: 1, dtype: "uint8", samples: Uint8Array.of(1), missing: false };

function compose(have: string[], target: number, levels = pyramid([1024, 1024, 4], 4)) {
  const view = viewport({ position: [512, 512, 0.5], width: 400, height: 400 });
  const keys = new Set(have);
  const picture = composePicture(view, shown([layer({ levels })]), [target], 256, {
    use: (key) => (keys.has(key) ? TILE : undefined),
    failed: () => false,
  });
  return picture.passes[0]?.tiles.map(({ key }) => key) ?? [];
}

describe("stand-ins", () => {
  it("are coarse levels first, then up to two finer ones", () => {
    expect(standIns(0, 4)).toEqual([3, 2, 1]);
    expect(standIns(2, 4)).toEqual([3, 0, 1]);
    expect(standIns(3, 4)).toEqual([1, 2]);
    expect(standIns(0, 1)).toEqual([]);
  });

  it("lie below the target's tiles, and only while some of these are missing", () => {
    const coarse = "0,3,0,0,0,0,0";
    const sharp = ["0,0,0,0,0,1,1", "0,0,0,0,0,1,2", "0,0,0,0,0,2,1", "0,0,0,0,0,2,2"];
    expect(compose([coarse, sharp[3] ?? ""], 0)).toEqual([coarse, sharp[3]]);
    expect(compose([coarse, ...sharp], 0)).toEqual(sharp);
  });

  it("show finer tiles after zooming out", () => {
    const fine = "0,0,0,0,0,1,1";
    expect(compose([fine, "0,3,0,0,0,0,0"], 1)).toEqual(["0,3,0,0,0,0,0", fine]);
  });
});

describe("extents", () => {
  it("are where the layer lies, on slices it has", () => {
    const at = (z: number) =>
      composePicture(
        viewport({ position: [0, 0, z], zoom: 2 }),
        shown([layer({ levels: [level([10, 20, 3], [1, 1, 1], [5, -5, 2])] })]),
        [0],
        256,
        { use: () => undefined, failed: () => false },
      ).extents;
    expect(at(2)).toEqual([{ x: 110, y: 40, width: 20, height: 40 }]);
    expect(at(5)).toEqual([]);
  });
});
