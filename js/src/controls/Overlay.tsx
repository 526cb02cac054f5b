import { scaleBar, voxelBar } from "../view/scalebar";
import { nmPerPixel, pixelsPerVoxel } from "../view/viewport";
import type { Viewer } from "../viewer";
import { Icon } from "./Icon";

/** Longest scale bar, CSS pixels, and as a part of the canvas's width. */
const LONGEST = 120;
const LONGEST_PART = 0.25;

/** What lies over the canvas: scale bar, zoom buttons, progress, hint. */
export function Overlay({ viewer }: { viewer: Viewer }) {
  return (
    <>
      <Progress viewer={viewer} />
      <Bar viewer={viewer} />
      <div class="nbr-zoom">
        <button type="button" title="Zoom in (+)" aria-label="Zoom in" onClick={() => viewer.zoom(1.5)}>
          <Icon name="plus" />
        </button>
        <button type="button" title="Zoom out (−)" aria-label="Zoom out" onClick={() => viewer.zoom(1 / 1.5)}>
          <Icon name="minus" />
        </button>
        <button type="button" title="Fit the data (F)" aria-label="Fit the data" onClick={() => viewer.fit()}>
          <Icon name="fit" />
        </button>
      </div>
      <div class="nbr-hint" data-shown={viewer.session.hint.value ? "1" : "0"} aria-hidden="true">
        Click the image to scroll through slices · {zoomKey()} + wheel zooms
      </div>
    </>
  );
}

function Progress({ viewer }: { viewer: Viewer }) {
  const { wanted, here, failed } = viewer.progress.value;
  const done = wanted === 0 ? 1 : (here + failed) / wanted;
  return (
    <div class="nbr-progress" data-done={done === 1 ? "1" : "0"} style={{ transform: `scaleX(${done})` }} />
  );
}

function Bar({ viewer }: { viewer: Viewer }) {
  const viewport = viewer.viewport.value;
  const scene = viewer.synced.scene.value;
  if (!viewport || !scene) return null;
  const longest = Math.min(LONGEST, (viewport.width / viewport.dpr) * LONGEST_PART);
  const bar = scene.voxel_size_known
    ? scaleBar(nmPerPixel(viewport) * viewport.dpr, longest)
    : voxelBar(viewport.dpr / pixelsPerVoxel(viewport)[0], longest);
  return (
    <div class="nbr-scale" role="img" aria-label={`Scale bar: ${bar.text}`}>
      <span>{bar.text}</span>
      <i style={{ width: `${bar.length}px` }} />
    </div>
  );
}

function zoomKey(): string {
  return /Mac|iP(hone|ad)/.test(globalThis.navigator?.platform ?? "") ? "⌘" : "Ctrl";
}
