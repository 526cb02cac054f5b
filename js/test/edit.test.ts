import { describe, expect, it } from "vitest";
import { problemOf, withAxis } from "../src/form/edit";
import { runsOf } from "../src/form/order";
import { linesOf, onlyLines } from "../src/form/pasted";
import type { EditField } from "../src/form/protocol";
import { card, entry, state } from "./support/form";

const problem = { code: "x", text: "x", where: "", hint: "" };

describe("what is plainly wrong is said before the kernel looks", () => {
  const layers = [card(), card({ index: 1, name: "cells" })];
  const form = state({ entries: [entry({ layers })] });
  const said = (field: EditField, ...parts: string[]) => problemOf(field, parts, layers[0] ?? card(), form);

  it.each<[EditField, string[], string]>([
    ["name", [""], "needs a name"],
    ["name", ["a b"], "nothing else"],
    ["name", [".a"], "full stop"],
    ["name", ["cells"], "Another layer"],
    ["voxel_size", ["0", "1", "1", "nanometer"], "larger than 0"],
    ["voxel_size", ["", "1", "1", "nanometer"], "missing"],
    ["voxel_size", ["4,5", "1", "1", "nanometer"], "full stop before decimals"],
    ["voxel_size", ["1e999", "1", "1", "nanometer"], "no number"],
    ["bounding_box", ["0", "0", "0", "1", "1", "0"], "larger than 0"],
    ["contrast", ["2", "1"], "below"],
    ["largest_segment_id", ["0"], "above 0"],
    ["largest_segment_id", ["1.5"], "whole number"],
    ["axes", ["z", "y", "c"], "an x and a y"],
  ])("%s of %j", (field, parts, text) => {
    expect(said(field, ...parts)).toContain(text);
  });

  it.each<[EditField, string[]]>([
    ["name", ["em"]],
    ["name", ["raw-2.b"]],
    ["voxel_size", ["4", ".5", "1e3", "nanometer"]],
    ["bounding_box", ["-3", "0", "0", "1", "1", "1"]],
    ["contrast", ["-1", "1.5"]],
    ["largest_segment_id", ["18446744073709551615"]],
    ["axes", ["x", "y"]],
    ["color", ["#ff0000"]],
  ])("%s of %j is not", (field, parts) => {
    expect(said(field, ...parts)).toBe("");
  });
});

it("an axis that gets another's name gives it its own", () => {
  expect(withAxis(["z", "y", "x"], 0, "x")).toEqual(["x", "y", "z"]);
  expect(withAxis(["z", "y", "x"], 0, "t")).toEqual(["t", "y", "x"]);
});

it("layers stand in the dataset's order, under their address as often as needed", () => {
  const one = entry({ number: 1, layers: [card(), card({ index: 1, name: "b" })] });
  const two = entry({ number: 2, where: "https://b", layers: [card({ name: "c" })] });
  const failed = entry({ number: 3, status: "failed", problem });
  const order = [
    { entry: 1, layer: 1 },
    { entry: 2, layer: 0 },
    { entry: 1, layer: 0 },
    { entry: 9, layer: 0 },
  ];
  const runs = runsOf(state({ entries: [failed, one, two], order }));
  expect(runs.map((run) => [run.entry.number, run.layers.map(({ name }) => name), run.first])).toEqual([
    [1, ["b"], true],
    [2, ["c"], true],
    [1, ["em"], false],
    [3, [], true],
  ]);
});

it("lines are addresses, and a document is one piece", () => {
  expect(linesOf("https://a\r\n\n  https://b")).toHaveLength(2);
  expect(linesOf('{\n"id": {}\n}')).toHaveLength(1);
  expect(
    onlyLines("a\n\nb \nc", [
      { line: 1, problem },
      { line: 3, problem },
    ]),
  ).toBe("a\nb");
});
