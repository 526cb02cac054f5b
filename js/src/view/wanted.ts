import type { SceneLevel, Want } from "../protocol";
import { type TileRange, visibleTiles } from "./grid";
import { chooseLevel } from "./level";
import type { ShownLayer } from "./shown";
import { nmPerPixel, project, type Viewport } from "./viewport";

/** A tile's name as text: what caches and sets are keyed by. */
export type TileKey = string;

export function tileKey(want: Want): TileKey {
  return want.join();
}

/** One level of one layer that takes part in the view. */
export interface NeededLevel {
  readonly shown: ShownLayer;
  readonly level: number;
  readonly range: TileRange;
}

export interface Needed {
  /** Every tile the view needs, most urgent first, those at hand included. */
  readonly wants: readonly Want[];
  /** True when the view needs more tiles than may be asked for: the farthest from the middle are left out. */
  readonly truncated: boolean;
  /** The target level of each shown layer, in the order of the layers. */
  readonly targets: readonly number[];
}

/**
 * Most tiles one view asks for. A canvas of 3200 × 2000 device pixels touches 126 tiles of a level; this
 * leaves room for four channels. Only images without coarse levels, seen from afar, need more.
 */
export const MAX_NEEDED = 512;

interface Candidate {
  readonly want: Want;
  /** Coarse levels go before all targets, so that something is seen at once. */
  readonly pass: 0 | 1;
  readonly distance: number;
}

/** Viewport and layers → the tiles to have, in the order they are worth having. */
export function neededTiles(
  viewport: Viewport,
  layers: readonly ShownLayer[],
  tileSize: number,
  limit: number = MAX_NEEDED,
): Needed {
  const projection = project(viewport);
  const candidates: Candidate[] = [];
  const targets: number[] = [];
  let truncated = false;
  for (const shown of layers) {
    const { levels } = shown.layer;
    const finest = levels[0];
    if (!finest) continue;
    const coarsest = levels.length - 1;
    const target = chooseLevel(levels, viewport.voxelSize, nmPerPixel(viewport));
    targets.push(target);
    for (const index of target === coarsest ? [target] : [coarsest, target]) {
      const level = levels[index];
      const range = level && visibleTiles(viewport, projection, level, finest, tileSize);
      if (!level || !range) continue;
      const near = nearest(range, middleTile(viewport, level, tileSize), limit);
      truncated ||= near.cut;
      const pass = index === target ? 1 : 0;
      for (const { row, column, distance } of near.tiles) {
        for (const { channel } of shown.channels) {
          candidates.push({
            want: wantOf(shown, index, viewport, channel, range.slice, row, column),
            pass,
            // In dataset voxels, so that layers with different levels are comparable.
            distance: distance * level.factor_xyz[viewport.plane.column],
          });
        }
      }
    }
  }
  // The sort is stable: at the same distance, layers and channels keep their order.
  candidates.sort((a, b) => a.pass - b.pass || a.distance - b.distance);
  truncated ||= candidates.length > limit;
  return { wants: candidates.slice(0, limit).map(({ want }) => want), truncated, targets };
}

/** The want that names a tile of a shown layer. */
export function wantOf(
  shown: ShownLayer,
  level: number,
  viewport: Viewport,
  channel: number,
  slice: number,
  row: number,
  column: number,
): Want {
  return [shown.index, level, viewport.plane.index, channel, slice, row, column, ...shown.extra];
}

/** The fractional tile index under the middle of the canvas. */
function middleTile(viewport: Viewport, level: SceneLevel, tileSize: number): readonly [number, number] {
  const { plane, position } = viewport;
  const at = (axis: 0 | 1 | 2) =>
    (position[axis] - level.offset_xyz[axis]) / (level.factor_xyz[axis] * tileSize) - 0.5;
  return [at(plane.column), at(plane.row)];
}

/** Tiles of a range with their distance from the middle; a huge range is first cut to a square around it. */
function nearest(range: TileRange, [middleColumn, middleRow]: readonly [number, number], limit: number) {
  const columns = cut(range.firstColumn, range.endColumn, middleColumn, limit);
  const rows = cut(range.firstRow, range.endRow, middleRow, limit);
  const tiles: { row: number; column: number; distance: number }[] = [];
  for (let row = rows.first; row < rows.end; row++) {
    for (let column = columns.first; column < columns.end; column++) {
      tiles.push({ row, column, distance: Math.hypot(column - middleColumn, row - middleRow) });
    }
  }
  return { tiles, cut: columns.cut || rows.cut };
}

function cut(first: number, end: number, middle: number, limit: number) {
  // Wider than any screen of tiles, narrow enough that a plane of a million tiles is never listed.
  const side = Math.ceil(4 * Math.sqrt(limit));
  if (end - first <= side) return { first, end, cut: false };
  const from = Math.min(Math.max(first, Math.round(middle - side / 2)), end - side);
  return { first: from, end: from + side, cut: true };
}
