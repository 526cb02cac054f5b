import type { SceneLevel } from "../protocol";
import type { Xyz } from "./plane";

/** A level counts as fine enough when its voxel is at most this many device pixels (Neuroglancer's 1.1). */
const TOLERANCE = 1.1;
/** Voxel sizes closer than one percent count as equal: stored scales are often rounded. */
const SAME = 1.01;

/**
 * How the level is chosen, as Neuroglancer does it: start at the coarsest level and go to finer ones as
 * long as a voxel is larger than a device pixel along some axis *and* a finer level would still make it
 * smaller there. All three axes count, so pyramids that shrink x and y before z work.
 *
 * Returns the index of the finest level that is needed; 0 is the finest there is.
 */
export function chooseLevel(levels: readonly SceneLevel[], voxelSize: Xyz, nmPerPixel: number): number {
  const target = nmPerPixel * TOLERANCE;
  const finest = levels[0];
  if (!finest) return 0;
  let chosen = levels.length - 1;
  for (let index = chosen; index >= 0; index--) {
    const level = levels[index];
    const previous = levels[chosen];
    if (!level || !previous) break;
    if (index !== chosen && !improves(level, previous, voxelSize, target)) continue;
    chosen = index;
    if (!canImprove(level, finest, voxelSize, target)) break;
  }
  return chosen;
}

function canImprove(level: SceneLevel, finest: SceneLevel, voxelSize: Xyz, target: number): boolean {
  return axes((axis) => {
    const size = level.factor_xyz[axis] * voxelSize[axis];
    return size > target && level.factor_xyz[axis] > SAME * finest.factor_xyz[axis];
  });
}

function improves(level: SceneLevel, previous: SceneLevel, voxelSize: Xyz, target: number): boolean {
  return axes((axis) => {
    const before = previous.factor_xyz[axis];
    return before * voxelSize[axis] > target && before > SAME * level.factor_xyz[axis];
  });
}

function axes(test: (axis: 0 | 1 | 2) => boolean): boolean {
  return test(0) || test(1) || test(2);
}
