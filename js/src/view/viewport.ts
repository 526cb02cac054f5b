import { type Plane, withAxes, type Xyz } from "./plane";

/**
 * What part of the dataset a canvas shows. Positions are dataset voxels, corner based; *CSS pixels* are
 * the page's, *device pixels* the canvas's own.
 */
export interface Viewport {
  readonly plane: Plane;
  /** The point in the middle of the canvas; the floor along the normal is the slice. */
  readonly position: Xyz;
  /** CSS pixels per dataset voxel along the axis with the smallest voxel side. */
  readonly zoom: number;
  /** Voxel size, nanometres. Only the ratios matter here. */
  readonly voxelSize: Xyz;
  /** Size of the canvas in device pixels. */
  readonly width: number;
  readonly height: number;
  /** Device pixels per CSS pixel. */
  readonly dpr: number;
}

export interface Box {
  readonly lower: Xyz;
  readonly upper: Xyz;
}

/** CSS pixels per voxel that still make sense: a few voxels fill the canvas. */
const MAX_ZOOM = 256;
/** How much smaller than "all fits" a person may zoom out. */
const MIN_ZOOM_OF_FIT = 1 / 8;
/** Part of the canvas that the bounding box takes up when it is fitted, so that its border is seen. */
const FIT_MARGIN = 0.96;

/** Device pixels per dataset voxel to the right and down. They differ when the voxel sides do. */
export function pixelsPerVoxel({ plane, zoom, voxelSize, dpr }: Viewport): readonly [number, number] {
  const perNm = (zoom * dpr) / Math.min(...voxelSize);
  return [perNm * voxelSize[plane.column], perNm * voxelSize[plane.row]];
}

/** Nanometres one device pixel covers, the same in both directions. */
export function nmPerPixel({ zoom, voxelSize, dpr }: Viewport): number {
  return Math.min(...voxelSize) / (zoom * dpr);
}

/**
 * Where dataset coordinates fall on the canvas. The corner is a whole device pixel and edges are rounded
 * before it is subtracted: tiles meet without seams, and panning shifts the picture without changing it.
 */
export interface Projection {
  readonly scaleColumn: number;
  readonly scaleRow: number;
  /** Device pixels from dataset coordinate 0 to the left and the top border of the canvas. */
  readonly left: number;
  readonly top: number;
}

export function project(viewport: Viewport): Projection {
  const { plane, position, width, height } = viewport;
  const [scaleColumn, scaleRow] = pixelsPerVoxel(viewport);
  return {
    scaleColumn,
    scaleRow,
    left: Math.round(position[plane.column] * scaleColumn - width / 2),
    top: Math.round(position[plane.row] * scaleRow - height / 2),
  };
}

/** Device pixel at which the dataset coordinate `column` lies. */
export function columnEdge({ scaleColumn, left }: Projection, column: number): number {
  return Math.round(column * scaleColumn) - left;
}

export function rowEdge({ scaleRow, top }: Projection, row: number): number {
  return Math.round(row * scaleRow) - top;
}

/** The dataset point under the device pixel that holds the CSS point (`x`, `y`). */
export function datasetPoint(viewport: Viewport, x: number, y: number): Xyz {
  const { plane, position, dpr } = viewport;
  const { scaleColumn, scaleRow, left, top } = project(viewport);
  return withAxes(position, {
    [plane.column]: (Math.floor(x * dpr) + 0.5 + left) / scaleColumn,
    [plane.row]: (Math.floor(y * dpr) + 0.5 + top) / scaleRow,
  });
}

/** The position after the picture was dragged by CSS pixels; its middle stays within `box`. */
export function panned(viewport: Viewport, dx: number, dy: number, box: Box): Xyz {
  const { plane, position, dpr } = viewport;
  const [scaleColumn, scaleRow] = pixelsPerVoxel(viewport);
  return withAxes(position, {
    [plane.column]: within(box, plane.column, position[plane.column] - (dx * dpr) / scaleColumn),
    [plane.row]: within(box, plane.row, position[plane.row] - (dy * dpr) / scaleRow),
  });
}

/** Position and zoom after zooming by `factor`, so that the point under the CSS point (`x`, `y`) stays there. */
export function zoomedAbout(
  viewport: Viewport,
  x: number,
  y: number,
  factor: number,
  box: Box,
): { position: Xyz; zoom: number } {
  const { plane, position, dpr, width, height } = viewport;
  const zoom = clampZoom(viewport, viewport.zoom * factor, box);
  const [oldColumn, oldRow] = pixelsPerVoxel(viewport);
  const [newColumn, newRow] = pixelsPerVoxel({ ...viewport, zoom });
  const dx = x * dpr - width / 2;
  const dy = y * dpr - height / 2;
  return {
    zoom,
    position: withAxes(position, {
      [plane.column]: position[plane.column] + dx / oldColumn - dx / newColumn,
      [plane.row]: position[plane.row] + dy / oldRow - dy / newRow,
    }),
  };
}

/** The zoom at which the whole `box` is seen. */
export function fitZoom(viewport: Viewport, box: Box): number {
  const { plane, width, height, dpr } = viewport;
  const [column, row] = pixelsPerVoxel({ ...viewport, zoom: 1 });
  const boxWidth = Math.max(1, box.upper[plane.column] - box.lower[plane.column]) * column;
  const boxHeight = Math.max(1, box.upper[plane.row] - box.lower[plane.row]) * row;
  const fit = FIT_MARGIN * Math.min(width / boxWidth, height / boxHeight) || 1 / dpr;
  return Math.min(fit, MAX_ZOOM);
}

/** As `fitZoom`, with the position where it is: more room on one side of it helps nothing on the other. */
export function fitZoomAround(viewport: Viewport, { lower, upper }: Box): number {
  const { position } = viewport;
  const reach = (axis: 0 | 1 | 2) => Math.max(upper[axis] - position[axis], position[axis] - lower[axis]);
  const around: Box = {
    lower: [position[0] - reach(0), position[1] - reach(1), position[2] - reach(2)],
    upper: [position[0] + reach(0), position[1] + reach(1), position[2] + reach(2)],
  };
  return fitZoom(viewport, around);
}

/** The position with the middle of `box` in the plane and the slice as it was. */
export function centred(plane: Plane, position: Xyz, box: Box): Xyz {
  const middle = (axis: 0 | 1 | 2) => (box.lower[axis] + box.upper[axis]) / 2;
  return withAxes(position, { [plane.column]: middle(plane.column), [plane.row]: middle(plane.row) });
}

/** First and last slice of `box` along the plane's normal, dataset voxels. */
export function sliceRange(plane: Plane, box: Box): readonly [number, number] {
  const first = Math.floor(box.lower[plane.normal]);
  return [first, Math.max(first, Math.ceil(box.upper[plane.normal]) - 1)];
}

/** The position on another slice, held inside `box`. */
export function onSlice(plane: Plane, position: Xyz, slice: number, box: Box): Xyz {
  const [first, last] = sliceRange(plane, box);
  const old = position[plane.normal];
  // The fraction is kept, so that stepping forth and back leaves the trait as the person set it.
  return withAxes(position, {
    [plane.normal]: Math.min(last, Math.max(first, slice)) + (old - Math.floor(old)),
  });
}

function clampZoom(viewport: Viewport, zoom: number, box: Box): number {
  const lowest = fitZoom(viewport, box) * MIN_ZOOM_OF_FIT;
  return Math.min(MAX_ZOOM, Math.max(lowest, zoom));
}

function within(box: Box, axis: 0 | 1 | 2, value: number): number {
  return Math.min(box.upper[axis], Math.max(box.lower[axis], value));
}
