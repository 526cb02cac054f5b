import { describe, expect, it } from "vitest";
import { channelKey } from "../src/view/shown";
import { channel, layer, shown } from "./support/scenes";

const ERROR = { code: "x", text: "x", where: "", hint: "" };

describe("what is shown", () => {
  it("lays labels over images, whatever their order in the dataset", () => {
    const cells = layer({ name: "cells", category: "segmentation", dtype: "uint64" });
    const all = shown([cells, layer({ name: "em" })]);
    expect(all.map((one) => [one.index, one.layer.name, one.opacity])).toEqual([
      [1, "em", 1],
      [0, "cells", 0.4],
    ]);
    expect(all[1]?.channels[0]?.paint).toEqual({ kind: "labels" });
  });

  it("leaves out layers with a problem, and those without the chosen time", () => {
    const short = layer({ name: "short", extra_axes: [{ name: "t", size: 2 }] });
    const long = layer({ name: "long", extra_axes: [{ name: "t", size: 9 }] });
    const names = shown([layer({ problem: ERROR, levels: [] }), short, long], { extra: { t: 5 } }).map(
      (one) => one.layer.name,
    );
    expect(names).toEqual(["long"]);
  });

  it("prefers a person's choices to the scene, and the trait's contrast to nothing", () => {
    const two = layer({ channels: [channel(), channel({ color: [0, 255, 0], visible: false })] });
    const choices = { channels: { [channelKey("em", 1)]: { visible: true, inverted: true } } };
    const [only] = shown([two], choices, { em: [null, [3, 9]] });
    expect(only?.channels.map(({ paint }) => paint)).toEqual([
      { kind: "window", color: [255, 255, 255], inverted: false, limits: null },
      { kind: "window", color: [0, 255, 0], inverted: true, limits: [3, 9] },
    ]);
  });
});
