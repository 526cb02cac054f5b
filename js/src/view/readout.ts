import type { HoveredTrait } from "../model";
import type { Scene, SceneLayer } from "../protocol";
import { sampleIndex, type Tile } from "./decode";
import { sliceAt } from "./grid";
import { segmentColor } from "./labels";
import { AXIS_NAMES, type Plane, type Xyz } from "./plane";
import { sampleText } from "./samples";
import { lengthText } from "./scalebar";
import { idBits } from "./segments";
import type { ShownLayer } from "./shown";
import type { StatedColors } from "./stated";
import { type TileKey, tileKey } from "./wanted";

/** The value of one channel at a point. */
export interface Reading {
  readonly layer: string;
  /** Number of the channel in its layer. */
  readonly at: number;
  /** Its name, empty for the only channel of a layer. */
  readonly channel: string;
  /** Exact decimal text. */
  readonly value: string;
  /** Where it was read; a value above level 0 is a coarse voxel's, not the one pointed at. */
  readonly level: number;
  /** The channel's colour, or the segment's, for CSS. */
  readonly color: string;
}

/** Values at a dataset point, each from the finest tile at hand; channels without one are left out. */
export function readings(
  layers: readonly ShownLayer[],
  plane: Plane,
  point: Xyz,
  tileSize: number,
  peek: (key: TileKey) => Tile | undefined,
): Reading[] {
  return layers.flatMap((shown) =>
    shown.channels.flatMap(({ channel, paint }): Reading[] => {
      const found = finest(shown, channel, plane, point, tileSize, peek);
      if (!found) return [];
      const { name, channels } = shown.layer;
      const own = channels.length > 1 ? (channels[channel]?.name ?? String(channel)) : "";
      const color =
        paint.kind === "labels" ? segmentCss(found.value, paint.stated) : `rgb(${paint.color.join(" ")})`;
      return [{ layer: name, at: channel, channel: own, color, ...found }];
    }),
  );
}

function finest(
  shown: ShownLayer,
  channel: number,
  plane: Plane,
  point: Xyz,
  tileSize: number,
  peek: (key: TileKey) => Tile | undefined,
): { value: string; level: number } | undefined {
  const { levels } = shown.layer;
  const first = levels[0];
  if (!first) return undefined;
  for (const [index, level] of levels.entries()) {
    const slice = sliceAt(level, first, plane, point);
    if (slice === null) continue;
    const voxel = (axis: 0 | 1 | 2) =>
      Math.floor((point[axis] - level.offset_xyz[axis]) / level.factor_xyz[axis]);
    const column = voxel(plane.column);
    const row = voxel(plane.row);
    if (column < 0 || row < 0) continue;
    if (column >= level.shape_xyz[plane.column] || row >= level.shape_xyz[plane.row]) continue;
    const want = [shown.index, index, plane.index, channel, slice];
    want.push(Math.floor(row / tileSize), Math.floor(column / tileSize), ...shown.extra);
    const tile = peek(tileKey(want));
    if (!tile) continue;
    const at = sampleIndex(tile, column % tileSize, row % tileSize);
    return { value: sampleText(tile.samples, at), level: index };
  }
  return undefined;
}

function segmentCss(id: string, stated: StatedColors | null): string {
  const bits = idBits(id);
  const color = bits ? segmentColor(bits.low, bits.high, stated) : 0;
  return color === 0 ? "transparent" : `rgb(${color & 255} ${(color >> 8) & 255} ${(color >> 16) & 255})`;
}

/** The readings of segmentations that lie on a segment, the topmost layer last. */
export function segmentsUnder(layers: readonly ShownLayer[], all: readonly Reading[]): Reading[] {
  return all.filter(
    ({ layer, value }) =>
      value !== "0" &&
      layers.some((one) => one.layer.name === layer && one.layer.category === "segmentation"),
  );
}

/** Readings as Python hears of them. */
export function hoveredTrait(
  position: Xyz,
  layers: readonly SceneLayer[],
  all: readonly Reading[],
): HoveredTrait {
  const values: Record<string, (string | null)[]> = {};
  const levels: Record<string, number> = {};
  for (const { layer, at, value, level } of all) {
    const count = layers.find(({ name }) => name === layer)?.channels.length ?? 1;
    values[layer] ??= Array.from({ length: count }, () => null);
    values[layer][at] = value;
    levels[layer] = Math.max(level, levels[layer] ?? 0);
  }
  return { position, values, levels };
}

/** The voxel that holds a point, as text: `x 12  y 7  z 3`. */
export function voxelText(point: Xyz): string {
  return AXIS_NAMES.map((name, axis) => `${name} ${Math.floor(point[axis] ?? 0)}`).join("  ");
}

/** The point in physical units, empty when the voxel size is not known. */
export function physicalText(point: Xyz, scene: Scene): string {
  if (!scene.voxel_size_known) return "";
  return scene.voxel_size_nm_xyz.map((side, axis) => lengthText(side * (point[axis] ?? 0))).join(", ");
}
