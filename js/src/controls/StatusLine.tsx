import { bytesText, countText } from "../view/numbers";
import { physicalText, type Reading, readings, voxelText } from "../view/readout";
import { shownLayers } from "../view/shown";
import type { Viewer } from "../viewer";

/** Where the pointer is and what lies there; how far loading has come and what it has cost. */
export function StatusLine({ viewer }: { viewer: Viewer }) {
  return (
    <div class="nbr-status">
      <Readout viewer={viewer} />
      <Loading viewer={viewer} />
    </div>
  );
}

function Readout({ viewer }: { viewer: Viewer }) {
  const scene = viewer.synced.scene.value;
  const viewport = viewer.viewport.value;
  if (!scene || !viewport) return <div class="nbr-readout" />;
  const hover = viewer.session.hover.value;
  // Along the normal the point follows the view: a wheel step changes the slice under a resting pointer.
  const { plane, position } = viewport;
  const at = hover ? hover.map((v, axis) => (axis === plane.normal ? position[axis] : v)) : position;
  const point = [at[0] ?? 0, at[1] ?? 0, at[2] ?? 0] as const;
  const layers = shownLayers(scene, viewer.session.choices.value, viewer.synced.contrast.value);
  const values = readings(layers, plane, point, scene.tile_size, (key) => viewer.peekTile(key));
  const level = commonLevel(values);
  return (
    <div class="nbr-readout" data-testid="nb-remote-readout">
      <span title={hover ? "Voxel under the pointer" : "Voxel in the middle"}>{voxelText(point)}</span>
      <span class="nbr-quiet">{physicalText(point, scene)}</span>
      {values.map(({ layer, channel, value, level: own, color }) => (
        <span key={`${layer}/${channel}`} class="nbr-value" data-layer={layer}>
          <i style={{ background: color }} />
          {channel || layer} <b>{value}</b>
          {own !== level && <Level level={own} />}
        </span>
      ))}
      {values.length > 0 && <Level level={level} />}
    </div>
  );
}

/** A value of a coarse voxel says so: it is not the value of the voxel pointed at. */
function Level({ level }: { level: number }) {
  if (level === 0) return null;
  return (
    <span class="nbr-quiet" title="A finer level holds the exact voxel; zoom in to load it">
      {" "}
      at level {level}
    </span>
  );
}

/** The level of all values, 0 when they differ. */
function commonLevel(values: readonly Reading[]): number {
  const first = values[0]?.level ?? 0;
  return values.every(({ level }) => level === first) ? first : 0;
}

function Loading({ viewer }: { viewer: Viewer }) {
  const { wanted, here, failed, truncated } = viewer.progress.value;
  const stats = viewer.requests.stats.value;
  const busy = viewer.requests.busy.value;
  return (
    <div class="nbr-loading" role="status" data-testid="nb-remote-status">
      {busy && <span class="nbr-busy">kernel busy</span>}
      {truncated && (
        <span class="nbr-busy" title="This image has no coarser level for a view this wide.">
          zoom in to load all
        </span>
      )}
      <span title="Tiles of this view: here of wanted">
        {here} / {wanted} tiles
      </span>
      {failed > 0 && <span class="nbr-bad">{failed} failed</span>}
      {stats && (
        <>
          <span title="Received from the remote store since the widget was made">
            {bytesText(stats.bytes)}
          </span>
          <span title={`${stats.in_flight} under way`}>
            {countText(stats.requests)} {stats.requests === 1 ? "request" : "requests"}
          </span>
          {stats.missing_chunks > 0 && (
            <span title="Chunks that do not exist are shown as fill value">
              {countText(stats.missing_chunks)} missing {stats.missing_chunks === 1 ? "chunk" : "chunks"}
            </span>
          )}
        </>
      )}
    </div>
  );
}
