import type { Scene, SceneLevel, TileHeader, Want } from "../src/protocol";

/** A made-up tissue: cells of a jittered grid, their walls, their nuclei, and which cell a voxel is in. */
const SIZE = [1500, 1000, 160] as const;
const CELL = 84;
const TILE = 256;
const FACTORS = [1, 2, 4, 8];

export function scene(options: { voxelSizeKnown?: boolean; problem?: boolean } = {}): Scene {
  const levels: SceneLevel[] = FACTORS.map((factor) => ({
    shape_xyz: [Math.ceil(SIZE[0] / factor), Math.ceil(SIZE[1] / factor), SIZE[2]],
    factor_xyz: [factor, factor, 1],
    offset_xyz: [0, 0, 0],
  }));
  const channel = { visible: true, inverted: false, contrast_range: [0, 4095] as const };
  return {
    protocol: 1,
    tile_size: TILE,
    voxel_size_nm_xyz: [320, 320, 1200],
    voxel_size_known: options.voxelSizeKnown ?? true,
    lower_xyz: [0, 0, 0],
    upper_xyz: [...SIZE],
    layers: [
      {
        name: "tissue",
        category: "color",
        dtype: "uint16",
        levels,
        channels: [
          { ...channel, name: "membrane", color: [60, 255, 140] },
          { ...channel, name: "nuclei", color: [190, 90, 255] },
        ],
        extra_axes: [],
        segment_colors: [],
        problem: null,
      },
      {
        name: "cells",
        category: "segmentation",
        dtype: "uint64",
        levels,
        channels: [
          { name: "", color: [255, 255, 255], visible: true, inverted: false, contrast_range: null },
        ],
        extra_axes: [],
        segment_colors: [],
        problem: null,
      },
      ...(options.problem
        ? [
            {
              name: "synapses",
              category: "color" as const,
              dtype: "uint8",
              levels: [],
              channels: [],
              extra_axes: [],
              segment_colors: [],
              problem: {
                code: "unsupported-codec",
                text: "Chunks are stored with a codec that is not supported: jpegxl",
                where: "https://example.org/volumes/synapses.zarr/0",
                hint: "Install the package imagecodecs and restart the kernel.",
              },
            },
          ]
        : []),
    ],
  };
}

/** The tile a want names, as the kernel would send it. */
export function tile(want: Want, buffer: number): { header: TileHeader; bytes: DataView } {
  const [layer = 0, level = 0, , channel = 0, slice = 0, row = 0, column = 0] = want;
  const factor = FACTORS[level] ?? 1;
  const width = Math.min(TILE, Math.ceil(SIZE[0] / factor) - column * TILE);
  const height = Math.min(TILE, Math.ceil(SIZE[1] / factor) - row * TILE);
  const samples = layer === 1 ? new BigUint64Array(width * height) : new Uint16Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = [(column * TILE + x + 0.5) * factor, (row * TILE + y + 0.5) * factor, slice * 3.75] as const;
      samples[y * width + x] = layer === 1 ? label(at) : intensity(at, channel);
    }
  }
  const header: TileHeader = {
    want,
    enc: "raw",
    buffer,
    height,
    width,
    dtype: layer === 1 ? "uint64" : "uint16",
    value: "",
    missing: false,
  };
  return { header, bytes: new DataView(samples.buffer) };
}

type Point = readonly [number, number, number];

function intensity(at: Point, channel: number): number {
  const { nearest, second } = cells(at);
  const grain = 0.75 + 0.5 * noise(Math.floor(at[0] / 3), Math.floor(at[1] / 3), Math.floor(at[2]) + channel);
  if (!inTissue(at)) return 60 * grain;
  if (channel === 0) return 180 + 3000 * grain * Math.exp(-((second - nearest) ** 2) / 60);
  return 120 + 3400 * grain * Math.exp(-((nearest / 21) ** 6));
}

function label(at: Point): bigint {
  const { nearest, second, id } = cells(at);
  return inTissue(at) && second - nearest > 5 ? 9_007_199_254_740_993n + BigInt(id) : 0n;
}

/** An outline without symmetry, so that a mirrored or turned picture is seen at once. */
function inTissue([x, y, z]: Point): boolean {
  const u = x / SIZE[0] - 0.5;
  const v = y / SIZE[1] - 0.52;
  const edge = 0.4 + 0.07 * Math.sin(3 * Math.atan2(v, u) + 0.7) + 0.05 * u - z / 9000;
  const notch = Math.hypot(u - 0.33, v + 0.3) > 0.13;
  return Math.hypot(u, v) < edge && notch;
}

function cells(at: Point): { nearest: number; second: number; id: number } {
  let nearest = Number.POSITIVE_INFINITY;
  let second = Number.POSITIVE_INFINITY;
  let id = 0;
  const [i, j, k] = at.map((value) => Math.floor(value / CELL)) as [number, number, number];
  for (let a = i - 1; a <= i + 1; a++) {
    for (let b = j - 1; b <= j + 1; b++) {
      for (let c = k - 1; c <= k + 1; c++) {
        const x = (a + noise(a, b, c)) * CELL - at[0];
        const y = (b + noise(b, c, a + 7)) * CELL - at[1];
        const z = (c + noise(c, a, b + 13)) * CELL - at[2];
        const distance = Math.sqrt(x * x + y * y + z * z);
        if (distance < nearest) {
          second = nearest;
          nearest = distance;
          id = (a * 64 + b) * 64 + c;
        } else if (distance < second) {
          second = distance;
        }
      }
    }
  }
  return { nearest, second, id };
}

function noise(a: number, b: number, c: number): number {
  let h = Math.imul(a, 0x27d4eb2d) ^ Math.imul(b, 0x165667b1) ^ Math.imul(c, 0x9e3779b1);
  h = Math.imul(h ^ (h >>> 15), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return ((h ^ (h >>> 16)) >>> 0) / 2 ** 32;
}
