import { beforeEach, describe, expect, it, vi } from "vitest";
import { Canvas2dRenderer, paintKey } from "../src/view/canvas2d";
import type { Tile } from "../src/view/decode";
import { segmentColor } from "../src/view/labels";
import { composePicture } from "../src/view/picture";
import { XZ, YZ } from "../src/view/plane";
import type { Picture } from "../src/view/renderer";
import type { Samples } from "../src/view/samples";
import { segmentsOf } from "../src/view/segments";
import type { ShownLayer } from "../src/view/shown";
import { columnEdge, project, rowEdge, type Viewport } from "../src/view/viewport";
import { tileKey } from "../src/view/wanted";
import { SoftCanvas, SoftImageData } from "./support/canvas";
import { channel, layer, level, shown, viewport } from "./support/scenes";

const TILE = 4;

beforeEach(() => {
  vi.stubGlobal("ImageData", SoftImageData);
  return () => vi.unstubAllGlobals();
});

/** Every voxel of the test volume has a value of its own, so a shift, a turn or a wrong level shows. */
function value(x: number, y: number, z: number): number {
  return 1 + x + 11 * y + 77 * z;
}

const SIZE = [11, 7, 3] as const;
const VOLUME = layer({ dtype: "uint16", levels: [level(SIZE)] });

function tilesOf(
  of: (want: readonly number[], column: number, row: number) => number,
  make = Uint16Array.from,
) {
  return (want: readonly number[], width: number, height: number): Tile => {
    const samples: number[] = [];
    for (let row = 0; row < height; row++) {
      for (let column = 0; column < width; column++) samples.push(of(want, column, row));
    }
    return {
      width,
      height,
      dtype: "uint16",
      samples: make.call(Uint16Array, samples) as Samples,
      missing: false,
    };
  };
}

function draw(view: Viewport, layers: ShownLayer[], tiles: Map<string, Tile>, failed: string[] = []) {
  const canvas = new SoftCanvas(view.width, view.height);
  const renderer = new Canvas2dRenderer(canvas as unknown as HTMLCanvasElement);
  const picture = composePicture(
    view,
    layers,
    layers.map(() => 0),
    TILE,
    {
      use: (key) => tiles.get(key),
      failed: (key) => failed.includes(key),
    },
  );
  renderer.draw(picture);
  return { canvas, renderer, picture };
}

/** All tiles of a plane of the test volume. */
function planeTiles(plane: Viewport["plane"], slice: number): Map<string, Tile> {
  const tiles = new Map<string, Tile>();
  const [columns, rows] = [SIZE[plane.column], SIZE[plane.row]];
  for (let row = 0; row * TILE < rows; row++) {
    for (let column = 0; column * TILE < columns; column++) {
      const make = tilesOf((_, i, j) => {
        const at = [0, 0, 0];
        at[plane.column] = column * TILE + i;
        at[plane.row] = row * TILE + j;
        at[plane.normal] = slice;
        return value(at[0] ?? 0, at[1] ?? 0, at[2] ?? 0);
      });
      const want = [0, 0, plane.index, 0, slice, row, column];
      tiles.set(
        tileKey(want),
        make(want, Math.min(TILE, columns - column * TILE), Math.min(TILE, rows - row * TILE)),
      );
    }
  }
  return tiles;
}

describe("pixels", () => {
  const cases = [
    { name: "xy", plane: viewport().plane, position: [5, 3, 1.2], voxelSize: [1, 1, 1] },
    { name: "xy, tall voxels", plane: viewport().plane, position: [5, 3, 2.9], voxelSize: [1, 2, 5] },
    { name: "xz", plane: XZ, position: [4, 5.5, 1], voxelSize: [1, 1, 2] },
    { name: "yz", plane: YZ, position: [8.1, 3, 2], voxelSize: [2, 1, 3] },
  ] as const;

  it.each(cases)("are the voxels of the $name plane, at their places", ({ plane, position, voxelSize }) => {
    const view = viewport({ plane, position, voxelSize, zoom: 6, width: 150, height: 120 });
    const slice = Math.floor(position[plane.normal]);
    // The window maps each value to itself.
    const { canvas } = draw(
      view,
      shown([VOLUME], { contrast: { em: [[0, 255]] } }),
      planeTiles(plane, slice),
    );
    const at = project(view);
    let seen = 0;
    for (let row = 0; row < SIZE[plane.row]; row++) {
      for (let column = 0; column < SIZE[plane.column]; column++) {
        const x = Math.floor((columnEdge(at, column) + columnEdge(at, column + 1)) / 2);
        const y = Math.floor((rowEdge(at, row) + rowEdge(at, row + 1)) / 2);
        if (x < 0 || y < 0 || x >= view.width || y >= view.height) continue;
        const voxel = [0, 0, 0];
        voxel[plane.column] = column;
        voxel[plane.row] = row;
        voxel[plane.normal] = slice;
        const grey = Math.min(255, value(voxel[0] ?? 0, voxel[1] ?? 0, voxel[2] ?? 0));
        expect(canvas.rgb(x, y)).toEqual([grey, grey, grey]);
        seen++;
      }
    }
    expect(seen).toBeGreaterThan(10);
  });

  it("tell data, waiting data and nothing apart", () => {
    const view = viewport({ position: [0, 3, 0], zoom: 4, width: 40, height: 40 });
    const tiles = new Map([["0,0,0,0,0,0,0", tilesOf(() => 0)([], 4, 4)]]);
    const { canvas } = draw(view, shown([VOLUME]), tiles);
    expect(canvas.rgb(5, 20)).toEqual([0x1c, 0x1e, 0x21]);
    expect(canvas.rgb(22, 15)).toEqual([0, 0, 0]);
    expect(canvas.rgb(38, 15)).toEqual([0x2b, 0x2e, 0x33]);
  });
});

describe("blending", () => {
  const view = viewport({ position: [2, 2, 0], zoom: 1, width: 4, height: 4 });
  const constant = (samples: Samples): Tile => ({
    width: 4,
    height: 4,
    dtype: "uint8",
    samples,
    missing: false,
  });

  it("adds channels as light, and holds at white", () => {
    const colors = [
      [255, 0, 0],
      [0, 255, 0],
      [128, 0, 255],
    ] as const;
    const three = layer({ levels: [level([4, 4, 1])], channels: colors.map((color) => channel({ color })) });
    const tiles = new Map([200, 100, 255].map((v, c) => [`0,0,0,${c},0,0,0`, constant(Uint8Array.of(v))]));
    const { canvas } = draw(view, shown([three]), tiles);
    expect(canvas.rgb(1, 1)).toEqual([255, 100, 255]);
  });

  it("lays labels over the image at their opacity; id 0 lets all of it through", () => {
    const em = layer({ levels: [level([4, 4, 1])] });
    const cells = layer({
      name: "cells",
      category: "segmentation",
      dtype: "uint64",
      levels: [level([4, 4, 1])],
    });
    const ids = new BigUint64Array(16).map((_, at) => (at % 4 < 2 ? 0n : 12345n));
    const tiles = new Map([
      ["0,0,0,0,0,0,0", constant(Uint8Array.of(100))],
      ["1,0,0,0,0,0,0", constant(ids)],
    ]);
    const { canvas } = draw(view, shown([em, cells]), tiles);
    const color = segmentColor(12345, 0);
    const over = (part: number) => Math.round(0.4 * ((color >> part) & 255) + 0.6 * 100);
    expect(canvas.rgb(0, 0)).toEqual([100, 100, 100]);
    expect(canvas.rgb(3, 3)).toEqual([over(0), over(8), over(16)]);
  });

  it("lets no coarse tile shine through a sharp one", () => {
    const levels = [level([4, 4, 1]), level([2, 2, 1], [2, 2, 1])];
    const cells = layer({ category: "segmentation", dtype: "uint8", levels });
    const grey = layer({ name: "b", levels, channels: [channel(), channel({ color: [0, 0, 255] })] });
    const tiles = new Map([
      ["0,1,0,0,0,0,0", constant(Uint8Array.of(7))],
      ["0,0,0,0,0,0,0", constant(Uint8Array.of(0))],
      ["1,1,0,0,0,0,0", constant(Uint8Array.of(90))],
      ["1,0,0,0,0,0,0", constant(Uint8Array.of(30))],
      ["1,1,0,1,0,0,0", constant(Uint8Array.of(50))],
    ]);
    // Sharp: labels say background, the first channel 30; only the second channel still stands in.
    const { canvas } = draw(view, shown([cells, grey]), tiles);
    expect(canvas.rgb(2, 2)).toEqual([30, 30, 80]);
  });
});

describe("painted tiles", () => {
  const view = viewport({ position: [5, 3, 1.2], zoom: 2, width: 60, height: 40 });

  it("are painted once per contrast, and anew once they were forgotten", () => {
    const tiles = planeTiles(view.plane, 1);
    const { canvas, renderer, picture } = draw(
      view,
      shown([VOLUME], { contrast: { em: [[0, 255]] } }),
      tiles,
    );
    const before = canvas.rgb(30, 20);
    // Samples never change; that these do shows which tiles are painted again.
    for (const tile of tiles.values()) (tile.samples as Uint16Array).fill(50);
    renderer.draw(picture);
    expect(canvas.rgb(30, 20)).toEqual(before);
    const brighter: Picture = {
      ...picture,
      passes: picture.passes.map((pass) => ({
        ...pass,
        paint: { ...pass.paint, limits: [0, 100] } as never,
      })),
    };
    renderer.draw(brighter);
    expect(canvas.rgb(30, 20)).toEqual([128, 128, 128]);
    for (const tile of tiles.values()) (tile.samples as Uint16Array).fill(100);
    renderer.draw(brighter);
    expect(canvas.rgb(30, 20)).toEqual([128, 128, 128]);
    for (const key of tiles.keys()) renderer.forget(key);
    renderer.draw(brighter);
    expect(canvas.rgb(30, 20)).toEqual([255, 255, 255]);
    renderer.dispose();
    expect([canvas.width, canvas.height]).toEqual([0, 0]);
  });

  it("have equal keys only for equal pixels", () => {
    const paint = { kind: "window", color: [1, 2, 3], inverted: false, limits: [0, 1] } as const;
    const labels = {
      kind: "labels",
      selected: segmentsOf(["3"]),
      hovered: segmentsOf(["5"]),
      stated: null,
    } as const;
    expect(paintKey(paint, false)).not.toBe(paintKey({ ...paint, limits: [0, 2] }, false));
    expect(paintKey(paint, false)).not.toBe(paintKey({ ...paint, inverted: true }, false));
    expect(paintKey({ ...paint, limits: null }, false)).not.toBe(paintKey(labels, false));
    expect(paintKey(labels, false)).not.toBe(paintKey({ ...labels, selected: null }, false));
    expect(paintKey(labels, true)).not.toBe(paintKey(labels, false));
    expect(paintKey(labels, false)).toBe(paintKey({ ...labels, hovered: null }, false));
  });

  it("are painted anew under a moving pointer only where the segment is", () => {
    const cells = layer({ category: "segmentation", dtype: "uint64", levels: [level([8, 4, 1])] });
    const ids = (id: bigint) => tileOf64(Array.from({ length: 16 }, () => id));
    const tiles = new Map([
      ["0,0,0,0,0,0,0", ids(2n ** 53n + 1n)],
      ["0,0,0,0,0,0,1", ids(2n ** 53n)],
    ]);
    const where = viewport({ position: [4, 2, 0], zoom: 4, width: 32, height: 16 });
    const { canvas, renderer } = draw(where, shown([cells], { opacity: { em: 1 } }), tiles);
    const plain = [canvas.rgb(8, 8), canvas.rgb(24, 8)];
    // The second tile is not painted again: its samples would show as another segment.
    for (const [key, { samples }] of tiles) if (key.endsWith(",1")) (samples as BigUint64Array).fill(9n);
    const lit = shown([cells], { opacity: { em: 1 } }, { em: String(2n ** 53n + 1n) });
    renderer.draw(
      composePicture(where, lit, [0], TILE, { use: (key) => tiles.get(key), failed: () => false }),
    );
    expect(canvas.rgb(8, 8)).not.toEqual(plain[0]);
    expect(canvas.rgb(24, 8)).toEqual(plain[1]);
  });
});

function tileOf64(samples: bigint[]): Tile {
  return { width: 4, height: 4, dtype: "uint64", samples: BigUint64Array.from(samples), missing: false };
}

describe("failed tiles", () => {
  it("are hatched once per place, over what stands in", () => {
    const two = layer({ levels: [level([8, 4, 1])], channels: [channel(), channel()] });
    const view = viewport({ position: [4, 2, 0], zoom: 4, width: 32, height: 16 });
    const failed = ["0,0,0,0,0,0,1", "0,0,0,1,0,0,1"];
    const { canvas, picture } = draw(view, shown([two]), new Map(), failed);
    expect(picture.failed).toEqual([{ x: 16, y: 0, width: 16, height: 16 }]);
    expect(canvas.getContext().strokes).toBe(1);
    expect(canvas.rgb(24, 8)).not.toEqual(canvas.rgb(8, 8));
  });
});
