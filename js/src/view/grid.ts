import type { SceneLevel } from "../protocol";
import type { Plane, Xyz } from "./plane";
import { columnEdge, type Projection, rowEdge, type Viewport } from "./viewport";

/** Tiles of one level that a viewport touches. Ends are exclusive; `slice` counts in the level's own voxels. */
export interface TileRange {
  readonly slice: number;
  readonly firstColumn: number;
  readonly endColumn: number;
  readonly firstRow: number;
  readonly endRow: number;
}

/** A rectangle of device pixels. */
export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Samples of one tile: the first of them and how many, in the level's voxels. */
export interface Span {
  readonly first: number;
  readonly count: number;
}

/** Voxels of a level that tile `index` holds along one axis. */
export function tileSpan(index: number, tileSize: number, size: number): Span {
  const first = index * tileSize;
  return { first, count: Math.max(0, Math.min(tileSize, size - first)) };
}

/**
 * The level's slice that holds the dataset position, or null where it has none.
 *
 * Coarse levels are often cut short (189 slices halved are 94). The last slices of the finest level then
 * fall just behind the coarse ones; less than one coarse voxel behind counts as the last one, so that the
 * border of a dataset isn't blank when zoomed out.
 */
export function sliceAt(level: SceneLevel, finest: SceneLevel, plane: Plane, position: Xyz): number | null {
  const axis = plane.normal;
  const middle = Math.floor(position[axis]) + 0.5;
  if (!holds(finest, axis, middle) && !holds(level, axis, middle)) return null;
  const index = Math.floor((middle - level.offset_xyz[axis]) / level.factor_xyz[axis]);
  const last = level.shape_xyz[axis] - 1;
  if (index < -1 || index > last + 1) return null;
  return Math.min(last, Math.max(0, index));
}

function holds(level: SceneLevel, axis: 0 | 1 | 2, at: number): boolean {
  const index = (at - level.offset_xyz[axis]) / level.factor_xyz[axis];
  return index >= 0 && index < level.shape_xyz[axis];
}

/** The tiles of `level` that lie under the viewport, or null when there are none. */
export function visibleTiles(
  viewport: Viewport,
  projection: Projection,
  level: SceneLevel,
  finest: SceneLevel,
  tileSize: number,
): TileRange | null {
  const { plane, width, height } = viewport;
  const slice = sliceAt(level, finest, plane, viewport.position);
  if (slice === null || width <= 0 || height <= 0) return null;
  const { left, top, scaleColumn, scaleRow } = projection;
  const columns = tilesBetween(
    level,
    plane.column,
    left / scaleColumn,
    (left + width) / scaleColumn,
    tileSize,
  );
  const rows = tilesBetween(level, plane.row, top / scaleRow, (top + height) / scaleRow, tileSize);
  if (!columns || !rows) return null;
  return {
    slice,
    firstColumn: columns[0],
    endColumn: columns[1],
    firstRow: rows[0],
    endRow: rows[1],
  };
}

function tilesBetween(
  level: SceneLevel,
  axis: 0 | 1 | 2,
  from: number,
  to: number,
  tileSize: number,
): readonly [number, number] | null {
  const voxel = (at: number) => (at - level.offset_xyz[axis]) / level.factor_xyz[axis];
  const count = Math.ceil(level.shape_xyz[axis] / tileSize);
  const first = Math.max(0, Math.floor(voxel(from) / tileSize));
  const end = Math.min(count, Math.ceil(voxel(to) / tileSize));
  return first < end ? [first, end] : null;
}

/** Where samples `columns` × `rows` of a level fall on the canvas. */
export function canvasRect(
  projection: Projection,
  level: SceneLevel,
  plane: Plane,
  columns: Span,
  rows: Span,
): Rect {
  const at = (axis: 0 | 1 | 2, voxel: number) => level.offset_xyz[axis] + voxel * level.factor_xyz[axis];
  const x = columnEdge(projection, at(plane.column, columns.first));
  const y = rowEdge(projection, at(plane.row, rows.first));
  return {
    x,
    y,
    width: columnEdge(projection, at(plane.column, columns.first + columns.count)) - x,
    height: rowEdge(projection, at(plane.row, rows.first + rows.count)) - y,
  };
}
