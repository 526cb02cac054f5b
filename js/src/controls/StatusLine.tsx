import { bytesText, countText } from "../view/numbers";
import { physicalText, type Reading, voxelText } from "../view/readout";
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
  const pointed = viewer.pointed.point.value;
  if (!pointed) return <div class="nbr-readout" />;
  const { at, scene, hovering, values } = pointed;
  const level = commonLevel(values);
  return (
    <div class="nbr-readout" data-testid="nb-remote-readout">
      <span title={hovering ? "Voxel under the pointer" : "Voxel in the middle"}>{voxelText(at)}</span>
      <span class="nbr-quiet">{physicalText(at, scene)}</span>
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
  const link = viewer.link.value;
  return (
    <div class="nbr-loading" role="status" data-testid="nb-remote-status">
      {link === "broken" && <span class="nbr-busy">no connection to the kernel</span>}
      {busy && link === "live" && <span class="nbr-busy">kernel busy</span>}
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
