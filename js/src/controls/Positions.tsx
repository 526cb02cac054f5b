import type { Scene } from "../protocol";
import { AXIS_NAMES, XY } from "../view/plane";
import { sliceRange } from "../view/viewport";
import type { Viewer } from "../viewer";
import { Planes } from "./Planes";
import { Slider } from "./Slider";

/** Sliders for the slice and for axes beyond x, y and z. */
export function Positions({ viewer }: { viewer: Viewer }) {
  const scene = viewer.synced.scene.value;
  if (!scene) return null;
  const plane = viewer.viewport.value?.plane ?? XY;
  const [first, last] = sliceRange(plane, { lower: scene.lower_xyz, upper: scene.upper_xyz });
  const position = viewer.viewport.value?.position ?? viewer.synced.position.value;
  const slice = Math.floor(position?.[plane.normal] ?? first);
  const extra = viewer.synced.extraAxes.value;
  return (
    <div class="nbr-positions">
      <Planes viewer={viewer} />
      {last > first && (
        <Slider
          label={AXIS_NAMES[plane.normal]}
          value={slice}
          min={first}
          max={last}
          onInput={(value) => viewer.toSlice(value)}
        />
      )}
      {extraAxes(scene).map(([name, size]) => (
        <Slider
          key={name}
          label={name}
          value={extra[name] ?? 0}
          min={0}
          max={size - 1}
          onInput={(index) => viewer.synced.setExtra(name, index)}
        />
      ))}
    </div>
  );
}

/** Axes of all layers by name; one slider moves all layers that share it. */
function extraAxes(scene: Scene): [string, number][] {
  const sizes = new Map<string, number>();
  for (const { extra_axes } of scene.layers) {
    for (const { name, size } of extra_axes) sizes.set(name, Math.max(size, sizes.get(name) ?? 1));
  }
  return [...sizes].filter(([, size]) => size > 1);
}
