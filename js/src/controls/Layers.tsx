import type { SceneLayer } from "../protocol";
import { LABEL_OPACITY } from "../view/shown";
import type { Viewer } from "../viewer";
import { ChannelRow } from "./ChannelRow";
import { Icon } from "./Icon";
import { Visible } from "./Visible";

/** One row per channel or label layer: shown or not, colour, contrast, opacity. */
export function Layers({ viewer }: { viewer: Viewer }) {
  const layers = (viewer.synced.scene.value?.layers ?? []).filter(({ problem }) => !problem);
  return (
    <div class="nbr-layers">
      {layers.map((layer) => (
        <Layer key={layer.name} viewer={viewer} layer={layer} only={layers.length === 1} />
      ))}
    </div>
  );
}

interface LayerProps {
  viewer: Viewer;
  layer: SceneLayer;
}

function Layer({ viewer, layer, only }: LayerProps & { only: boolean }) {
  if (layer.category === "segmentation") return <LabelRow viewer={viewer} layer={layer} />;
  const several = layer.channels.length > 1;
  const opacity = only ? null : <OpacityField viewer={viewer} layer={layer} />;
  return (
    <>
      {several && (
        <div class="nbr-row nbr-head">
          <LayerVisible viewer={viewer} layer={layer} />
          <span class="nbr-name" title={layer.name}>
            {layer.name}
          </span>
          {opacity}
        </div>
      )}
      {layer.channels.map((channel, at) => (
        <ChannelRow
          key={at}
          viewer={viewer}
          layer={layer}
          at={at}
          name={several ? channel.name || `channel ${at}` : layer.name}
        >
          {several ? null : opacity}
        </ChannelRow>
      ))}
    </>
  );
}

function LabelRow({ viewer, layer }: LayerProps) {
  const { name } = layer;
  const visible = viewer.synced.visible.value[name] ?? true;
  const percent = percentOf(viewer, layer);
  const count = viewer.synced.selected.value[name]?.length ?? 0;
  return (
    <div class="nbr-row" data-off={visible ? "0" : "1"}>
      <LayerVisible viewer={viewer} layer={layer} />
      <span class="nbr-swatch nbr-labels" role="img" aria-label="segmentation" />
      <span class="nbr-name" title={name}>
        {name}
      </span>
      <span class="nbr-kind">opacity</span>
      <input
        type="range"
        class="nbr-range"
        aria-label={`Opacity of ${name}`}
        min={0}
        max={100}
        step={1}
        value={percent}
        style={{ "--from": "0%", "--to": `${percent}%` }}
        onInput={(event) => viewer.synced.setOpacity(name, Number(event.currentTarget.value) / 100)}
      />
      <span class="nbr-of">{percent} %</span>
      {count > 0 && (
        <button
          type="button"
          class="nbr-chip"
          title="Clear the selection (Escape)"
          aria-label={`${count} selected in ${name}: clear`}
          onClick={() => viewer.synced.select(name, [])}
        >
          {count} selected
          <Icon name="close" />
        </button>
      )}
    </div>
  );
}

function LayerVisible({ viewer, layer: { name } }: LayerProps) {
  return (
    <Visible
      label={`Show ${name}`}
      checked={viewer.synced.visible.value[name] ?? true}
      onChange={(next) => viewer.synced.setVisible(name, next)}
    />
  );
}

/** An image among other layers: how much of its light it adds. */
function OpacityField({ viewer, layer }: LayerProps) {
  return (
    <label class="nbr-percent" title={`Opacity of ${layer.name}`}>
      <input
        type="number"
        class="nbr-number"
        aria-label={`Opacity of ${layer.name}, percent`}
        min={0}
        max={100}
        value={percentOf(viewer, layer)}
        onChange={(event) => {
          const percent = Number.parseFloat(event.currentTarget.value);
          if (percent >= 0) viewer.synced.setOpacity(layer.name, Math.min(100, percent) / 100);
        }}
      />
      <span class="nbr-kind">%</span>
    </label>
  );
}

function percentOf(viewer: Viewer, { name, category }: SceneLayer): number {
  const usual = category === "segmentation" ? LABEL_OPACITY : 1;
  return Math.round(100 * (viewer.synced.opacity.value[name] ?? usual));
}
