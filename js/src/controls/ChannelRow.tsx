import type { ComponentChildren } from "preact";
import type { SceneLayer } from "../protocol";
import { setOne } from "../sync";
import type { Limits } from "../view/lut";
import { dtypeRange } from "../view/samples";
import { hexOf } from "../view/shown";
import type { Viewer } from "../viewer";
import { Icon } from "./Icon";
import { RangeSlider } from "./RangeSlider";
import { Visible } from "./Visible";

interface ChannelRowProps {
  viewer: Viewer;
  layer: SceneLayer;
  at: number;
  name: string;
  children: ComponentChildren;
}

/** One channel of an image. A layer's only channel is the layer, and its box hides the layer. */
export function ChannelRow({ viewer, layer, at, name, children }: ChannelRowProps) {
  const { synced } = viewer;
  const channel = layer.channels[at];
  if (!channel) return null;
  const count = layer.channels.length;
  const shown = synced.channels.value[layer.name]?.[at] ?? channel.visible;
  const layerShown = synced.visible.value[layer.name] ?? true;
  const visible = count === 1 ? shown && layerShown : shown;
  const inverted = synced.inverted.value[layer.name]?.[at] ?? channel.inverted;
  const limits = synced.contrast.value[layer.name]?.[at] ?? null;
  const ends = channel.contrast_range ?? dtypeRange(layer.dtype) ?? limits;
  const show = (next: boolean) => {
    if (count === 1) synced.setVisible(layer.name, next);
    // The only channel may have been hidden by itself; showing the layer has to show something.
    if (count > 1 || (next && !shown)) setOne(synced.channels, layer.name, at, count, next, true);
  };
  return (
    <div class="nbr-row" data-off={shown && layerShown ? "0" : "1"}>
      <Visible label={`Show ${name}`} checked={visible} onChange={show} />
      <input
        type="color"
        class="nbr-swatch"
        aria-label={`Colour of ${name}`}
        title={`Colour of ${name}`}
        value={synced.colors.value[layer.name]?.[at] ?? hexOf(channel.color)}
        onInput={(event) =>
          setOne(synced.colors, layer.name, at, count, event.currentTarget.value, hexOf(channel.color))
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
          onInput={(next: Limits) => synced.setLimits(layer.name, at, count, next)}
        />
      ) : (
        <span class="nbr-waiting">contrast follows with the first tiles</span>
      )}
      {children}
      <button
        type="button"
        class="nbr-toggle"
        aria-pressed={inverted}
        aria-label={`Invert ${name}`}
        title="Invert"
        onClick={() => setOne(synced.inverted, layer.name, at, count, !inverted, false)}
      >
        <Icon name="invert" />
      </button>
    </div>
  );
}
