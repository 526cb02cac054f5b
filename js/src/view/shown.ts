import type { Scene, SceneLayer } from "../protocol";
import type { Limits } from "./lut";

export type Rgb = readonly [number, number, number];

/** How samples become colours. */
export type Paint =
  | {
      readonly kind: "window";
      readonly color: Rgb;
      readonly inverted: boolean;
      readonly limits: Limits | null;
    }
  | { readonly kind: "labels" };

/** One channel that is to be drawn. */
export interface ShownChannel {
  readonly channel: number;
  readonly paint: Paint;
}

/** One layer that is to be drawn, with every choice of the person applied. */
export interface ShownLayer {
  /** Index in the scene: the first number of a want. */
  readonly index: number;
  readonly layer: SceneLayer;
  /** One index per extra axis: the last numbers of a want. */
  readonly extra: readonly number[];
  readonly channels: readonly ShownChannel[];
  readonly opacity: number;
}

/** What a person changed about layers in the page; undefined where the scene's value holds. */
export interface LayerChoice {
  readonly visible?: boolean;
  readonly opacity?: number;
}

export interface ChannelChoice {
  readonly visible?: boolean;
  readonly color?: Rgb;
  readonly inverted?: boolean;
}

export interface Choices {
  /** By layer name, so that choices survive a new scene. */
  readonly layers: Readonly<Record<string, LayerChoice>>;
  /** By `channelKey`. */
  readonly channels: Readonly<Record<string, ChannelChoice>>;
  /** Index on each extra axis, by axis name: layers that share an axis move together. */
  readonly extra: Readonly<Record<string, number>>;
}

/** Per layer name, per channel: the contrast window, null while unknown. */
export type ContrastLimits = Readonly<Record<string, readonly (Limits | null)[]>>;

/** Labels let the image below through. */
export const LABEL_OPACITY = 0.4;

export function channelKey(layer: string, channel: number): string {
  return `${channel}/${layer}`;
}

/** Scene, choices and contrast → what is drawn. Images come first, labels lie over them. */
export function shownLayers(scene: Scene, choices: Choices, contrast: ContrastLimits): ShownLayer[] {
  const shown: ShownLayer[] = [];
  scene.layers.forEach((layer, index) => {
    const choice = choices.layers[layer.name];
    if (layer.problem || layer.levels.length === 0 || choice?.visible === false) return;
    const extra = layer.extra_axes.map((axis) => choices.extra[axis.name] ?? 0);
    // A shorter layer has nothing at a time it does not reach; showing its last one would be wrong.
    if (layer.extra_axes.some((axis, at) => (extra[at] ?? 0) >= axis.size)) return;
    const labels = layer.category === "segmentation";
    const channels: ShownChannel[] = [];
    layer.channels.forEach((channel, at) => {
      const own = choices.channels[channelKey(layer.name, at)];
      if (!(own?.visible ?? channel.visible)) return;
      const paint: Paint = labels
        ? { kind: "labels" }
        : {
            kind: "window",
            color: own?.color ?? channel.color,
            inverted: own?.inverted ?? channel.inverted,
            limits: contrast[layer.name]?.[at] ?? null,
          };
      channels.push({ channel: at, paint });
    });
    const opacity = choice?.opacity ?? (labels ? LABEL_OPACITY : 1);
    if (channels.length > 0) shown.push({ index, layer, extra, channels, opacity });
  });
  const isLabels = (one: ShownLayer) => Number(one.layer.category === "segmentation");
  return shown.sort((a, b) => isLabels(a) - isLabels(b) || a.index - b.index);
}
