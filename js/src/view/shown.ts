import type { Scene, SceneLayer } from "../protocol";
import type { Limits } from "./lut";
import { type Segments, segmentsOf } from "./segments";
import { type StatedColors, statedColors } from "./stated";

export type Rgb = readonly [number, number, number];

/** How samples become colours. */
export type Paint =
  | {
      readonly kind: "window";
      readonly color: Rgb;
      readonly inverted: boolean;
      readonly limits: Limits | null;
    }
  | {
      readonly kind: "labels";
      /** Null when nothing is selected: then all segments count as selected. */
      readonly selected: Segments | null;
      /** The one under the pointer. */
      readonly hovered: Segments | null;
      /** Colours that the metadata give; the same for all tiles of a layer. */
      readonly stated: StatedColors | null;
    };

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

type Named<V> = Readonly<Record<string, V>>;

/** Per layer name, per channel: the contrast window, null while unknown. */
export type ContrastLimits = Named<readonly (Limits | null)[]>;

/** What is chosen about layers, by their names. Python names all; where a name is missing, the scene holds. */
export interface Choices {
  readonly visible: Named<boolean>;
  readonly opacity: Named<number>;
  /** Per channel: drawn or not. */
  readonly channels: Named<readonly boolean[]>;
  /** Per channel: `#rrggbb`. */
  readonly colors: Named<readonly string[]>;
  readonly inverted: Named<readonly boolean[]>;
  /** Index on each extra axis, by axis name: layers that share an axis move together. */
  readonly extra: Named<number>;
  readonly contrast: ContrastLimits;
  /** Ids of selected segments, decimal text. */
  readonly selected: Named<readonly string[]>;
}

/** Labels let the image below through. */
export const LABEL_OPACITY = 0.4;

/** Layer name → the id under the pointer. */
export type Hovered = Named<string>;

/** Scene and choices → what is drawn. Images come first, labels lie over them. */
export function shownLayers(scene: Scene, choices: Choices, hovered: Hovered = {}): ShownLayer[] {
  const shown: ShownLayer[] = [];
  scene.layers.forEach((layer, index) => {
    const { name } = layer;
    if (layer.problem || layer.levels.length === 0 || choices.visible[name] === false) return;
    const extra = layer.extra_axes.map((axis) => choices.extra[axis.name] ?? 0);
    // A shorter layer has nothing at a time it does not reach; showing its last one would be wrong.
    if (layer.extra_axes.some((axis, at) => (extra[at] ?? 0) >= axis.size)) return;
    const labels = layer.category === "segmentation";
    const id = hovered[name];
    const segments: Paint = {
      kind: "labels",
      selected: segmentsOf(choices.selected[name] ?? []),
      hovered: id === undefined ? null : segmentsOf([id]),
      stated: statedColors(layer.segment_colors),
    };
    const channels: ShownChannel[] = [];
    layer.channels.forEach((channel, at) => {
      if (!(choices.channels[name]?.[at] ?? channel.visible)) return;
      const color = choices.colors[name]?.[at];
      const paint: Paint = labels
        ? segments
        : {
            kind: "window",
            color: color ? rgbOf(color) : channel.color,
            inverted: choices.inverted[name]?.[at] ?? channel.inverted,
            limits: choices.contrast[name]?.[at] ?? null,
          };
      channels.push({ channel: at, paint });
    });
    const opacity = choices.opacity[name] ?? (labels ? LABEL_OPACITY : 1);
    if (channels.length > 0) shown.push({ index, layer, extra, channels, opacity });
  });
  const isLabels = (one: ShownLayer) => Number(one.layer.category === "segmentation");
  return shown.sort((a, b) => isLabels(a) - isLabels(b) || a.index - b.index);
}

/** `#rrggbb` of a colour. */
export function hexOf(color: Rgb): string {
  return `#${color.map((part) => part.toString(16).padStart(2, "0")).join("")}`;
}

/** The colour of `#rrggbb`. */
export function rgbOf(text: string): Rgb {
  const part = (at: number) => Number.parseInt(text.slice(at, at + 2), 16);
  return [part(1), part(3), part(5)];
}
