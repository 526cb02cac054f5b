import { describe, expect, it } from "vitest";
import { DIMMED, paintLabels, paintRuns, segmentColor } from "../src/view/labels";
import { XY } from "../src/view/plane";
import { readings } from "../src/view/readout";
import { segmentsOf } from "../src/view/segments";
import { statedColors } from "../src/view/stated";
import { layer, level, shown } from "./support/scenes";

const BIG = 2n ** 63n + 1n;
const ENTRIES = [
  ["3", "#ff8000ff"],
  [String(BIG), "#00ff0080"],
  ["7", "#12345600"],
  ["-1", "#010203ff"],
] as const;
const stated = statedColors(ENTRIES);

function painted(ids: readonly bigint[], selected: readonly string[] = [], hovered: readonly string[] = []) {
  const out = new Uint32Array(ids.length);
  const emphasis = { selected: segmentsOf(selected), hovered: segmentsOf(hovered), stated };
  paintLabels(BigInt64Array.from(ids), out, emphasis);
  const runs = new Uint32Array(ids.length);
  const ends = Uint16Array.from(ids.keys());
  paintRuns({ values: BigInt64Array.from(ids), ends }, runs, emphasis);
  expect([...runs]).toEqual([...out]);
  return [...out];
}

describe("colours that the metadata state", () => {
  it("are used for their ids, to the last bit, and Neuroglancer's for all others", () => {
    expect(painted([3n, 4n, BIG, BIG + 1n, -1n])).toEqual([
      0xff0080ff,
      segmentColor(4, 0),
      0x8000ff00,
      segmentColor(2, 0x80000000),
      0xff030201,
    ]);
  });

  it("are as thick as stated: clear ones are not drawn, not even under the pointer", () => {
    expect(painted([7n, 7n])).toEqual([0, 0]);
    expect(painted([7n], ["7"], ["7"])).toEqual([0]);
    const alphas = painted([3n, BIG], ["5"]).map((color) => color >>> 24);
    expect(alphas).toEqual([DIMMED, Math.round((128 * DIMMED) / 255)]);
  });

  it("are whitened under the pointer", () => {
    expect(painted([3n], [], ["3"])).toEqual([0xff80c0ff]);
    expect(painted([BIG], [], [String(BIG)]).map((color) => color >>> 24)).toEqual([0x80]);
  });

  it("leave the background clear", () => {
    const all = { selected: null, hovered: null, stated: statedColors([["0", "#ff0000ff"]]) };
    const out = new Uint32Array(1);
    paintLabels(Uint8Array.of(0), out, all);
    expect(out[0]).toBe(0);
  });

  it("come from the scene, as one table per layer", () => {
    const levels = [level([1, 1, 1])];
    const one = layer({ category: "segmentation", levels, segment_colors: ENTRIES });
    const paint = shown([one])[0]?.channels[0]?.paint;
    expect(paint?.kind === "labels" && paint.stated).toBe(stated);
    const plain = shown([layer({ category: "segmentation", levels })])[0]?.channels[0]?.paint;
    expect(plain?.kind === "labels" && plain.stated).toBeNull();
    const samples = Uint8Array.of(3);
    const tile = { width: 1, height: 1, dtype: "", samples, missing: false };
    const [read] = readings(shown([one]), XY, [0.5, 0.5, 0.5], 4, () => tile);
    expect(read?.color).toBe("rgb(255 128 0)");
  });
});
