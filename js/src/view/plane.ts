/** A point or size in dataset order x, y, z. */
export type Xyz = readonly [number, number, number];
export type Axis = 0 | 1 | 2;

export type PlaneName = "xy" | "xz" | "yz";

/** An axis-aligned plane: which dataset axis runs to the right, which runs down, which one it is cut along. */
export interface Plane {
  /** As in a want: 0 xy, 1 xz, 2 yz. */
  readonly index: 0 | 1 | 2;
  readonly name: PlaneName;
  readonly column: Axis;
  readonly row: Axis;
  readonly normal: Axis;
}

export const AXIS_NAMES = ["x", "y", "z"] as const;

export const XY: Plane = { index: 0, name: "xy", column: 0, row: 1, normal: 2 };
export const XZ: Plane = { index: 1, name: "xz", column: 0, row: 2, normal: 1 };
/** z to the right and y down, as Neuroglancer and WEBKNOSSOS lay it beside the xy plane. */
export const YZ: Plane = { index: 2, name: "yz", column: 2, row: 1, normal: 0 };

/** In the order of their indices. */
export const PLANES: readonly Plane[] = [XY, XZ, YZ];

export function planeNamed(name: string): Plane {
  return PLANES.find((plane) => plane.name === name) ?? XY;
}

/** `point` with some of its axes replaced. */
export function withAxes(point: Xyz, changes: Partial<Record<Axis, number>>): Xyz {
  return [changes[0] ?? point[0], changes[1] ?? point[1], changes[2] ?? point[2]];
}
