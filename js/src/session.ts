import { signal } from "@preact/signals";
import type { Xyz } from "./view/plane";
import { type ChannelChoice, type Choices, channelKey, type LayerChoice } from "./view/shown";

/** State that only this view in the browser has: it is not saved and Python never hears of it. */
export class Session {
  /** The dataset point under the pointer; null when it is elsewhere. */
  readonly hover = signal<Xyz | null>(null);
  readonly choices = signal<Choices>({ layers: {}, channels: {}, extra: {} });
  /** Says how to scroll through slices, after a wheel turned over a canvas without focus. */
  readonly hint = signal(false);

  chooseLayer(layer: string, choice: LayerChoice): void {
    const old = this.choices.peek();
    this.choices.value = {
      ...old,
      layers: { ...old.layers, [layer]: { ...old.layers[layer], ...choice } },
    };
  }

  chooseChannel(layer: string, channel: number, choice: ChannelChoice): void {
    const old = this.choices.peek();
    const key = channelKey(layer, channel);
    this.choices.value = {
      ...old,
      channels: { ...old.channels, [key]: { ...old.channels[key], ...choice } },
    };
  }

  chooseExtra(axis: string, index: number): void {
    const old = this.choices.peek();
    this.choices.value = { ...old, extra: { ...old.extra, [axis]: index } };
  }
}
