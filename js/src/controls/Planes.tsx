import { useId } from "preact/hooks";
import { AXIS_NAMES, PLANES, XY } from "../view/plane";
import type { Viewer } from "../viewer";

/** Which plane is shown: radio buttons drawn as one control, so arrow keys and screen readers know them. */
export function Planes({ viewer }: { viewer: Viewer }) {
  const group = useId();
  const shown = viewer.synced.plane.value;
  const scene = viewer.synced.scene.value;
  // A picture has one slice, and the other planes would be lines.
  if (shown === XY && scene && scene.upper_xyz[2] - scene.lower_xyz[2] <= 1) return null;
  return (
    <div class="nbr-planes" role="radiogroup" aria-label="Plane">
      {PLANES.map((plane) => (
        <label
          key={plane.name}
          title={`${plane.name} plane, slices along ${AXIS_NAMES[plane.normal]} (P turns)`}
        >
          <input
            type="radio"
            name={group}
            value={plane.name}
            checked={plane === shown}
            onChange={() => viewer.setPlane(plane)}
          />
          <span>{plane.name}</span>
        </label>
      ))}
    </div>
  );
}
