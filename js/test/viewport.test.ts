import { describe, expect, it } from "vitest";
import { Fit } from "../src/view/fit";
import { type Plane, XY, type Xyz, XZ, YZ } from "../src/view/plane";
import {
  type Box,
  centred,
  columnEdge,
  datasetPoint,
  fitZoom,
  nmPerPixel,
  onSlice,
  panned,
  pixelsPerVoxel,
  project,
  rowEdge,
  sliceRange,
  zoomedAbout,
} from "../src/view/viewport";
import { viewport } from "./support/scenes";

const BOX = { lower: [0, 0, 0], upper: [100, 80, 10] } as const;

describe("scale", () => {
  it("counts CSS pixels per smallest voxel side, and keeps the physical aspect", () => {
    const view = viewport({ zoom: 2, voxelSize: [4, 8, 40], dpr: 1.5 });
    expect(pixelsPerVoxel(view)).toEqual([3, 6]);
    expect(nmPerPixel(view)).toBeCloseTo(4 / 3);
    expect(pixelsPerVoxel({ ...view, plane: XZ })).toEqual([3, 30]);
    expect(pixelsPerVoxel({ ...view, plane: YZ })).toEqual([30, 6]);
  });
});

describe("projection", () => {
  it("puts the position in the middle of the canvas", () => {
    const at = project(viewport({ zoom: 4 }));
    expect(columnEdge(at, 50)).toBe(100);
    expect(rowEdge(at, 40)).toBe(50);
    expect(columnEdge(at, 51) - columnEdge(at, 50)).toBe(4);
  });

  it("moves the picture by whole pixels when the position moves by parts of a voxel", () => {
    const steps = [0, 0.1, 0.2, 0.35].map((part) => {
      const at = project(viewport({ zoom: 3.7, position: [50 + part, 40, 5] }));
      return [0, 10, 20, 30].map((x) => columnEdge(at, x) - columnEdge(at, 0));
    });
    // However the view is shifted, edges keep their distances.
    for (const step of steps) expect(step).toEqual(steps[0]);
  });

  it("finds the voxel back under every device pixel of it", () => {
    const view = viewport({ zoom: 5, dpr: 2, position: [50.3, 40.8, 5.5] });
    const at = project(view);
    for (let x = columnEdge(at, 47); x < columnEdge(at, 48); x++) {
      const point = datasetPoint(view, x / 2, rowEdge(at, 40) / 2);
      expect(point.map(Math.floor)).toEqual([47, 40, 5]);
    }
  });

  it("stays exact far out in a huge dataset", () => {
    const view = viewport({ zoom: 32, position: [99_999.5, 99_998.5, 5.5], width: 640, height: 640 });
    expect(datasetPoint(view, 320, 320).map(Math.floor)).toEqual([99_999, 99_998, 5]);
    expect(datasetPoint(view, 320 - 32, 320 + 32).map(Math.floor)).toEqual([99_998, 99_999, 5]);
  });
});

describe("moving", () => {
  it("pans against the drag, at the physical aspect, and stays inside", () => {
    const view = viewport({ zoom: 2, voxelSize: [1, 2, 1] });
    expect(panned(view, 10, -8, BOX)).toEqual([45, 42, 5.5]);
    expect(panned(view, 1000, 1000, BOX)).toEqual([0, 0, 5.5]);
    expect(panned(view, -1000, -1000, BOX)).toEqual([100, 80, 5.5]);
  });

  it("zooms about a point that stays where it is", () => {
    const view = viewport({ zoom: 2, voxelSize: [1, 2, 1], dpr: 2 });
    const before = datasetPoint(view, 30, 20);
    const after = datasetPoint({ ...view, ...zoomedAbout(view, 30, 20, 4, BOX) }, 30, 20);
    expect(after[0]).toBeCloseTo(before[0], 0);
    expect(after[1]).toBeCloseTo(before[1], 0);
  });

  it("keeps zoom between a dataset of an eighth of the canvas and a few voxels that fill it", () => {
    const view = viewport();
    expect(zoomedAbout(view, 0, 0, 1e9, BOX).zoom).toBe(256);
    expect(zoomedAbout(view, 0, 0, 1e-9, BOX).zoom).toBeCloseTo(fitZoom(view, BOX) / 8);
  });

  it("fits the box with a margin, whatever the aspect", () => {
    expect(fitZoom(viewport(), BOX)).toBeCloseTo(0.96 * (100 / 80));
    expect(fitZoom(viewport({ width: 50 }), BOX)).toBeCloseTo(0.96 * (50 / 100));
    expect(fitZoom(viewport({ voxelSize: [4, 1, 1] }), BOX)).toBeCloseTo(0.96 * (200 / 400));
    expect(fitZoom(viewport({ dpr: 2, width: 400, height: 200 }), BOX)).toBeCloseTo(1.2);
    expect(centred(viewport().plane, [1, 2, 3.5], BOX)).toEqual([50, 40, 3.5]);
  });
});

describe("slices", () => {
  it("steps by whole slices and keeps the fraction", () => {
    const { plane } = viewport();
    expect(onSlice(plane, [1, 2, 5.25], 6, BOX)).toEqual([1, 2, 6.25]);
    expect(onSlice(plane, [1, 2, 5.25], 99, BOX)).toEqual([1, 2, 9.25]);
    expect(onSlice(plane, [1, 2, 5.25], -3, BOX)).toEqual([1, 2, 0.25]);
  });

  it("counts from the box's first slice, which a voxel offset may make negative", () => {
    const box = { lower: [0, 0, -20], upper: [10, 10, -5] } as const;
    expect(sliceRange(viewport().plane, box)).toEqual([-20, -6]);
    expect(sliceRange(viewport().plane, { lower: [0, 0, 0.5], upper: [1, 1, 4.5] })).toEqual([0, 4]);
  });
});

describe("fitting", () => {
  const flat: Box = { lower: [0, 0, 0], upper: [100, 80, 40] };
  const around = (plane: Plane, position: Xyz = [50, 40, 20]) => viewport({ plane, position, height: 200 });

  it("goes on while the plane changes, and all of the data stays in view", () => {
    const fit = new Fit();
    const first = fit.zoom(around(XY), null, flat);
    expect(first).toBeCloseTo(0.96 * 2);
    expect(fit.zoom(around(XY), first, flat)).toBe(first);
    const turned = fit.zoom(around(YZ, [50, 40, 0]), first, flat);
    expect(turned).toBeCloseTo(0.96 * (200 / 80));
    expect(fit.zoom(around(XZ, [90, 40, 0]), turned, flat)).toBeCloseTo(0.96 * (200 / 180));
  });

  it("ends when a person zooms", () => {
    const fit = new Fit();
    fit.zoom(around(XY), null, flat);
    expect(fit.zoom(around(XY), 7, flat)).toBe(7);
    expect(fit.zoom(around(XZ), 7, flat)).toBe(7);
    expect(fit.zoom(around(XZ), null, flat)).not.toBe(7);
  });
});
