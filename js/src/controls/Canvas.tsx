import { useEffect, useRef } from "preact/hooks";
import type { Scene } from "../protocol";
import { listenToPointer } from "../view/pointer";
import { sliceRange, type Viewport } from "../view/viewport";
import type { CanvasSize, Viewer } from "../viewer";
import { Overlay } from "./Overlay";

/** How long the hint about scrolling stays, milliseconds. */
const HINT_TIME = 2000;

/** The canvas with what lies over it. */
export function Canvas({ viewer }: { viewer: Viewer }) {
  const ref = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    if (ref.current) connect(ref.current, viewer);
  }, [viewer]);
  const { scene, height } = viewer.synced;
  return (
    <div class="nbr-stage" style={{ height: `${height.value}px` }}>
      {/* biome-ignore lint/a11y/noInteractiveElementToNoninteractiveRole: it takes keys of its own, as this role says */}
      <canvas
        ref={ref}
        class="nbr-canvas"
        data-testid="nb-remote-canvas"
        data-ready="0"
        tabIndex={0}
        role="application"
        aria-roledescription="slice viewer"
        aria-label={description(scene.value, viewer.viewport.value)}
      />
      <Overlay viewer={viewer} />
    </div>
  );
}

function connect(canvas: HTMLCanvasElement, viewer: Viewer): void {
  const { lifetime, session } = viewer;
  viewer.attach(canvas);
  const hideHint = lifetime.timer(() => {
    session.hint.value = false;
  });
  lifetime.listen(canvas, "focus", () => {
    session.hint.value = false;
  });
  listenToPointer(
    canvas,
    {
      pan: (dx, dy) => viewer.pan(dx, dy),
      zoom: (factor, x, y) => viewer.zoom(factor, x, y),
      stepSlice: (steps) => viewer.stepSlice(steps),
      fit: () => viewer.fit(),
      turnPlane: (steps) => viewer.turnPlane(steps),
      click: (point) => viewer.selectAt(point),
      clearSelection: () => viewer.clearSelection(),
      hover: (point) => viewer.hover(point),
      unfocusedWheel: () => {
        session.hint.value = true;
        hideHint.start(HINT_TIME);
      },
    },
    lifetime,
  );
  const observer = new ResizeObserver((entries) => {
    const entry = entries.at(-1);
    if (entry) viewer.resize(measure(entry));
  });
  try {
    // Fires when the browser's zoom changes the pixels but not the layout, and is exact to the pixel.
    observer.observe(canvas, { box: "device-pixel-content-box" });
  } catch {
    observer.observe(canvas);
  }
  lifetime.onEnd(() => observer.disconnect());
}

function measure(entry: ResizeObserverEntry): CanvasSize {
  const dpr = globalThis.devicePixelRatio || 1;
  const exact = entry.devicePixelContentBoxSize?.[0];
  const pixels = (css: number, measured: number | undefined) => {
    const rounded = Math.round(css * dpr);
    // A browser that emulates another screen reports the pixels of its own.
    return measured !== undefined && Math.abs(measured - rounded) <= 1 ? measured : rounded;
  };
  return {
    width: pixels(entry.contentRect.width, exact?.inlineSize),
    height: pixels(entry.contentRect.height, exact?.blockSize),
    dpr,
  };
}

function description(scene: Scene | null, viewport: Viewport | null): string {
  if (!scene || !viewport) return "Slice view, loading";
  const { plane, position } = viewport;
  const [, last] = sliceRange(plane, { lower: scene.lower_xyz, upper: scene.upper_xyz });
  const names = scene.layers.map(({ name }) => name).join(", ");
  const slice = Math.floor(position[plane.normal]);
  return (
    `${names}: ${plane.name} plane, slice ${slice} of ${last}. ` +
    "Arrow keys move, comma and full stop change the slice, plus and minus zoom, F fits, P turns the plane, Escape clears the selection."
  );
}
