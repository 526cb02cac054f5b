/** A scale bar: its length on the screen and what it stands for. */
export interface ScaleBar {
  /** CSS pixels. */
  readonly length: number;
  readonly text: string;
}

/** Neuroglancer's steps: always close to the longest bar that fits. */
const STEPS = [7.5, 5, 3, 2, 1.5, 1];
const UNITS: readonly (readonly [string, number])[] = [
  ["m", 1e9],
  ["mm", 1e6],
  ["µm", 1e3],
  ["nm", 1],
  ["pm", 1e-3],
];

/** The longest bar of a round length within `longest` CSS pixels. */
export function scaleBar(nmPerCssPixel: number, longest: number): ScaleBar {
  const nm = roundDown(nmPerCssPixel * longest);
  return { length: nm / nmPerCssPixel, text: lengthText(nm) };
}

/** The same in voxels, for data whose voxel size nobody knows. */
export function voxelBar(voxelsPerCssPixel: number, longest: number): ScaleBar {
  // Half a voxel is no length; zoomed in that far, one voxel is.
  const voxels = Math.max(1, roundDown(voxelsPerCssPixel * longest));
  return { length: voxels / voxelsPerCssPixel, text: voxels === 1 ? "1 voxel" : `${trim(voxels)} voxels` };
}

/** A length with its SI unit, four digits at most. */
export function lengthText(nm: number): string {
  const size = Math.abs(nm);
  const [unit, factor] =
    UNITS.find(([, from]) => size >= from * 0.9995) ?? (size === 0 ? ["nm", 1] : ["pm", 1e-3]);
  return `${trim(nm / factor)} ${unit}`;
}

function roundDown(length: number): number {
  const power = 10 ** Math.floor(Math.log10(length) + 1e-9);
  const step = STEPS.find((one) => one * power <= length * (1 + 1e-9)) ?? 1;
  return step * power;
}

function trim(value: number): string {
  return String(Number(value.toPrecision(4)));
}
