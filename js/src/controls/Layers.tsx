import type { SceneChannel, SceneLayer } from "../protocol";
import type { Limits } from "../view/lut";
import { dtypeRange } from "../view/samples";
import { channelKey, LABEL_OPACITY, type Rgb } from "../view/shown";
import type { Viewer } from "../viewer";
import { Icon } from "./Icon";
import { RangeSlider } from "./RangeSlider";

/** One row per channel or label layer: shown or not, colour, contrast or opacity. */
export function Layers({ viewer }: { viewer: Viewer }) {
  const layers = viewer.synced.scene.value?.layers ?? [];
  return (
    <div class="nbr-layers">
      {layers.map((layer) =>
        layer.problem ? null : <Layer key={layer.name} viewer={viewer} layer={layer} />,
      )}
    </div>
  );
}

function Layer({ viewer, layer }: { viewer: Viewer; layer: SceneLayer }) {
  if (layer.category === "segmentation") return <LabelRow viewer={viewer} layer={layer} />;
  const several = layer.channels.length > 1;
  return (
    <>
      {several && <LayerHead viewer={viewer} layer={layer} />}
      {layer.channels.map((channel, at) => (
        <ChannelRow
          key={at}
          viewer={viewer}
          layer={layer}
          channel={channel}
          at={at}
          name={several ? channel.name || `channel ${at}` : layer.name}
        />
      ))}
    </>
  );
}

function LayerHead({ viewer, layer }: { viewer: Viewer; layer: SceneLayer }) {
  const visible = viewer.session.choices.value.layers[layer.name]?.visible ?? true;
  return (
    <div class="nbr-row nbr-head">
      <Visible
        label={`Show ${layer.name}`}
        checked={visible}
        onChange={(next) => viewer.session.chooseLayer(layer.name, { visible: next })}
      />
      <span class="nbr-name" title={layer.name}>
        {layer.name}
      </span>
    </div>
  );
}

interface ChannelRowProps {
  viewer: Viewer;
  layer: SceneLayer;
  channel: SceneChannel;
  at: number;
  name: string;
}

function ChannelRow({ viewer, layer, channel, at, name }: ChannelRowProps) {
  const choices = viewer.session.choices.value;
  const own = choices.channels[channelKey(layer.name, at)];
  const visible = own?.visible ?? channel.visible;
  const inverted = own?.inverted ?? channel.inverted;
  const limits = viewer.synced.contrast.value[layer.name]?.[at] ?? null;
  const ends = channel.contrast_range ?? dtypeRange(layer.dtype) ?? limits;
  const hidden = !visible || choices.layers[layer.name]?.visible === false;
  return (
    <div class="nbr-row" data-off={hidden ? "1" : "0"}>
      <Visible
        label={`Show ${name}`}
        checked={visible}
        onChange={(next) => viewer.session.chooseChannel(layer.name, at, { visible: next })}
      />
      <input
        type="color"
        class="nbr-swatch"
        aria-label={`Colour of ${name}`}
        title={`Colour of ${name}`}
        value={hex(own?.color ?? channel.color)}
        onInput={(event) =>
          viewer.session.chooseChannel(layer.name, at, { color: rgb(event.currentTarget.value) })
        }
      />
      <span class="nbr-name" title={name}>
        {name}
      </span>
      {ends ? (
        <RangeSlider
          label={`Contrast of ${name}`}
          value={limits ?? ends}
          ends={ends}
          whole={!layer.dtype.startsWith("float")}
          onInput={(next: Limits) => viewer.synced.setLimits(layer.name, at, layer.channels.length, next)}
        />
      ) : (
        <span class="nbr-waiting">contrast follows with the first tiles</span>
      )}
      <button
        type="button"
        class="nbr-toggle"
        aria-pressed={inverted}
        aria-label={`Invert ${name}`}
        title="Invert"
        onClick={() => viewer.session.chooseChannel(layer.name, at, { inverted: !inverted })}
      >
        <Icon name="invert" />
      </button>
    </div>
  );
}

function LabelRow({ viewer, layer }: { viewer: Viewer; layer: SceneLayer }) {
  const choice = viewer.session.choices.value.layers[layer.name];
  const visible = choice?.visible ?? true;
  const percent = Math.round(100 * (choice?.opacity ?? LABEL_OPACITY));
  return (
    <div class="nbr-row" data-off={visible ? "0" : "1"}>
      <Visible
        label={`Show ${layer.name}`}
        checked={visible}
        onChange={(next) => viewer.session.chooseLayer(layer.name, { visible: next })}
      />
      <span class="nbr-swatch nbr-labels" role="img" aria-label="segmentation" />
      <span class="nbr-name" title={layer.name}>
        {layer.name}
      </span>
      <span class="nbr-kind">opacity</span>
      <input
        type="range"
        class="nbr-range"
        aria-label={`Opacity of ${layer.name}`}
        min={0}
        max={100}
        step={1}
        value={percent}
        style={{ "--from": "0%", "--to": `${percent}%` }}
        onInput={(event) =>
          viewer.session.chooseLayer(layer.name, { opacity: Number(event.currentTarget.value) / 100 })
        }
      />
      <span class="nbr-of">{percent} %</span>
    </div>
  );
}

interface VisibleProps {
  label: string;
  checked: boolean;
  onChange: (checked: boolean) => void;
}

function Visible({ label, checked, onChange }: VisibleProps) {
  return (
    <input
      type="checkbox"
      class="nbr-check"
      aria-label={label}
      title={label}
      checked={checked}
      onChange={(event) => onChange(event.currentTarget.checked)}
    />
  );
}

function hex(color: Rgb): string {
  return `#${color.map((part) => part.toString(16).padStart(2, "0")).join("")}`;
}

function rgb(text: string): Rgb {
  const part = (at: number) => Number.parseInt(text.slice(at, at + 2), 16);
  return [part(1), part(3), part(5)];
}
