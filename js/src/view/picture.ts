import type { SceneLevel } from "../protocol";
import type { Tile } from "./decode";
import { canvasRect, type Rect, type Span, sliceAt, tileSpan, visibleTiles } from "./grid";
import type { Pass, Picture, PlacedTile } from "./renderer";
import type { ShownLayer } from "./shown";
import { type Projection, project, type Viewport } from "./viewport";
import { type TileKey, tileKey, wantOf } from "./wanted";

export interface TileSource {
  use(key: TileKey): Tile | undefined;
  failed(key: TileKey): boolean;
}

/** How many levels finer than the target still stand in for it, after zooming out. */
const FINER_STAND_INS = 2;
/** Looking up more places than this in one level costs more than a stand-in is worth. */
const MAX_PLACES = 2048;

/**
 * Viewport, layers and the tiles at hand → what to draw. Where a tile of the target level is not here yet,
 * tiles of coarser levels, then of finer ones, stand in for it.
 */
export function composePicture(
  viewport: Viewport,
  layers: readonly ShownLayer[],
  targets: readonly number[],
  tileSize: number,
  source: TileSource,
): Picture {
  const projection = project(viewport);
  const passes: Pass[] = [];
  const extents: Rect[] = [];
  // Channels fail together; their places are hatched once.
  const failed = new Map<string, Rect>();
  layers.forEach((shown, at) => {
    const target = targets[at] ?? 0;
    const extent = layerRect(viewport, projection, shown);
    if (extent) extents.push(extent);
    for (const { channel, paint } of shown.channels) {
      const place = (level: number) =>
        placeTiles(viewport, projection, shown, level, channel, tileSize, source);
      const sharp = place(target);
      for (const rect of sharp.failed) failed.set(Object.values(rect).join(), rect);
      const tiles: PlacedTile[] = [];
      if (!sharp.complete) {
        for (const level of standIns(target, shown.layer.levels.length)) tiles.push(...place(level).tiles);
      }
      tiles.push(...sharp.tiles);
      const blend = paint.kind === "labels" ? "over" : "add";
      passes.push({ paint, blend, opacity: shown.opacity, tiles });
    }
  });
  return { extents, passes, failed: [...failed.values()] };
}

/** Levels that stand in for the target, the best last: coarse to fine up to the target, finer ones over them. */
export function standIns(target: number, count: number): number[] {
  const levels: number[] = [];
  for (let level = count - 1; level > target; level--) levels.push(level);
  for (let level = Math.max(0, target - FINER_STAND_INS); level < target; level++) levels.push(level);
  return levels;
}

/** The tiles of one level that are at hand; `complete` when none of those in view is missing. */
function placeTiles(
  viewport: Viewport,
  projection: Projection,
  shown: ShownLayer,
  index: number,
  channel: number,
  tileSize: number,
  source: TileSource,
): { tiles: PlacedTile[]; failed: Rect[]; complete: boolean } {
  const { levels } = shown.layer;
  const level = levels[index];
  const finest = levels[0];
  const result = { tiles: [] as PlacedTile[], failed: [] as Rect[], complete: true };
  if (!level || !finest) return result;
  const range = visibleTiles(viewport, projection, level, finest, tileSize);
  if (!range) return result;
  const { firstRow, endRow, firstColumn, endColumn, slice } = range;
  if ((endRow - firstRow) * (endColumn - firstColumn) > MAX_PLACES) return { ...result, complete: false };
  for (let row = firstRow; row < endRow; row++) {
    for (let column = firstColumn; column < endColumn; column++) {
      const key = tileKey(wantOf(shown, index, viewport, channel, slice, row, column));
      const tile = source.use(key);
      if (tile) {
        const rect = tileRect(viewport, projection, level, row, column, tileSize);
        result.tiles.push({ key, tile, rect });
      } else {
        result.complete = false;
        if (source.failed(key)) {
          result.failed.push(tileRect(viewport, projection, level, row, column, tileSize));
        }
      }
    }
  }
  return result;
}

function tileRect(
  viewport: Viewport,
  projection: Projection,
  level: SceneLevel,
  row: number,
  column: number,
  tileSize: number,
): Rect {
  const { plane } = viewport;
  const columns = tileSpan(column, tileSize, level.shape_xyz[plane.column]);
  const rows = tileSpan(row, tileSize, level.shape_xyz[plane.row]);
  return canvasRect(projection, level, plane, columns, rows);
}

/** The finest level's place on this slice; null where the layer has no such slice. */
function layerRect(viewport: Viewport, projection: Projection, { layer }: ShownLayer): Rect | null {
  const { plane, position } = viewport;
  const finest = layer.levels[0];
  if (!finest || sliceAt(finest, finest, plane, position) === null) return null;
  const all = (axis: 0 | 1 | 2): Span => ({ first: 0, count: finest.shape_xyz[axis] });
  return canvasRect(projection, finest, plane, all(plane.column), all(plane.row));
}
