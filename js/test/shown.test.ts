import { describe, expect, it } from "vitest";
import { hexOf, rgbOf } from "../src/view/shown";
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
    expect(all[1]?.channels[0]?.paint).toEqual({
      kind: "labels",
      selected: null,
      hovered: null,
      stated: null,
    });
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
    const [only] = shown([two], {
      channels: { em: [true, true] },
      inverted: { em: [false, true] },
      colors: { em: ["#ffffff", "#0080ff"] },
      contrast: { em: [null, [3, 9]] },
    });
    expect(only?.channels.map(({ paint }) => paint)).toEqual([
      { kind: "window", color: [255, 255, 255], inverted: false, limits: null },
      { kind: "window", color: [0, 128, 255], inverted: true, limits: [3, 9] },
    ]);
  });

  it("says which segments are selected and which one lies under the pointer", () => {
    const cells = layer({ name: "cells", category: "segmentation", dtype: "uint64" });
    const [only] = shown([cells], { selected: { cells: ["5", "7"] } }, { cells: "7" });
    const paint = only?.channels[0]?.paint;
    if (paint?.kind !== "labels") throw new Error("no labels");
    expect([5, 6, 7].map((id) => paint.selected?.has(id, 0))).toEqual([true, false, true]);
    expect([5, 6, 7].map((id) => paint.hovered?.has(id, 0))).toEqual([false, false, true]);
  });
});

describe("colours", () => {
  it("are written and read as #rrggbb", () => {
    expect(hexOf([1, 160, 255])).toBe("#01a0ff");
    expect(rgbOf("#01a0ff")).toEqual([1, 160, 255]);
  });
});
