import { describe, expect, it } from "vitest";
import { canvasRect, sliceAt, tileSpan, visibleTiles } from "../src/view/grid";
import { XY, XZ, YZ } from "../src/view/plane";
import { project } from "../src/view/viewport";
import { level, pyramid, viewport } from "./support/scenes";

describe("slices of levels", () => {
  const levels = pyramid([100, 100, 189], 3);
  const [finest, half] = levels as [ReturnType<typeof level>, ReturnType<typeof level>];

  it("follow factor and offset", () => {
    expect(sliceAt(finest, finest, XY, [0, 0, 94.9])).toBe(94);
    expect(sliceAt(half, finest, XY, [0, 0, 95])).toBe(47);
    const shifted = level([10, 10, 10], [1, 1, 1], [0, 0, -20]);
    expect(sliceAt(shifted, shifted, XY, [0, 0, -20])).toBe(0);
    expect(sliceAt(shifted, shifted, XY, [0, 0, -10])).toBeNull();
  });

  it("end where the finest level ends, although a halved one has a slice less", () => {
    expect(half.shape_xyz[2]).toBe(94);
    expect(sliceAt(half, finest, XY, [0, 0, 188])).toBe(93);
    expect(sliceAt(half, finest, XY, [0, 0, 189])).toBeNull();
    expect(sliceAt(half, finest, XY, [0, 0, -1])).toBeNull();
  });

  it("are cut along the plane's normal", () => {
    const boxy = level([10, 20, 30]);
    expect(sliceAt(boxy, boxy, XZ, [9, 19, 29])).toBe(19);
    expect(sliceAt(boxy, boxy, YZ, [9, 19, 29])).toBe(9);
  });
});

describe("visible tiles", () => {
  const big = level([1000, 600, 10]);

  it("are those the canvas touches", () => {
    const view = viewport({ position: [512, 256, 0], width: 100, height: 100 });
    expect(visibleTiles(view, project(view), big, big, 256)).toEqual({
      slice: 0,
      firstColumn: 1,
      endColumn: 3,
      firstRow: 0,
      endRow: 2,
    });
  });

  it("stop at the data", () => {
    const view = viewport({ position: [0, 0, 0], zoom: 0.1, width: 400, height: 400 });
    expect(visibleTiles(view, project(view), big, big, 256)).toMatchObject({ endColumn: 4, endRow: 3 });
    const beside = viewport({ position: [-500, 0, 0] });
    expect(visibleTiles(beside, project(beside), big, big, 256)).toBeNull();
  });

  it("are none on a canvas without size", () => {
    const view = viewport({ width: 0 });
    expect(visibleTiles(view, project(view), big, big, 256)).toBeNull();
  });
});

describe("places on the canvas", () => {
  it("meet without gap or overlap at any zoom", () => {
    for (const zoom of [0.13, 0.77, 1, 1.9, 7.3]) {
      const view = viewport({ zoom, position: [300.7, 200.3, 0] });
      const at = project(view);
      const rect = (column: number) =>
        canvasRect(
          at,
          level([1000, 600, 10], [2, 2, 2]),
          XY,
          tileSpan(column, 256, 1000),
          tileSpan(0, 256, 600),
        );
      expect(rect(0).x + rect(0).width).toBe(rect(1).x);
      expect(rect(1).x + rect(1).width).toBe(rect(2).x);
    }
  });

  it("shorten the last tile to what the level holds", () => {
    expect(tileSpan(3, 256, 1000)).toEqual({ first: 768, count: 232 });
    expect(tileSpan(4, 256, 1000)).toEqual({ first: 1024, count: 0 });
  });
});
