import type { Viewer } from "../viewer";
import { Canvas } from "./Canvas";
import { Layers } from "./Layers";
import { Positions } from "./Positions";
import { Problems } from "./Problems";
import { StatusLine } from "./StatusLine";

/** The whole widget: the canvas, and below it what steers and explains it. */
export function App({ viewer }: { viewer: Viewer }) {
  return (
    <>
      <Canvas viewer={viewer} />
      <Problems viewer={viewer} />
      <div class="nbr-panel">
        <Positions viewer={viewer} />
        <Layers viewer={viewer} />
      </div>
      <StatusLine viewer={viewer} />
    </>
  );
}
