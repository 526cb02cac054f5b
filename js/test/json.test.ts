import { expect, test } from "vitest";
import { jsonTokens, MOST_COLOURED } from "../src/form/json";

test("every part has its kind, and together they are the text", () => {
  const json = JSON.stringify({ name: 'a "b": <c>', size: [1, -2.5e3], on: true, off: null }, null, 2);
  const tokens = jsonTokens(json);
  expect(tokens.map(({ text }) => text).join("")).toBe(json);
  const of = (kind: string) => tokens.filter((one) => one.kind === kind).map(({ text }) => text);
  expect(of("key")).toEqual(['"name"', '"size"', '"on"', '"off"']);
  expect(of("text")).toEqual(['"a \\"b\\": <c>"']);
  expect(of("number")).toEqual(["1", "-2500"]);
  expect(of("word")).toEqual(["true", "null"]);
});

test("very long text stays in one piece", () => {
  const json = "[1]".padEnd(MOST_COLOURED + 1);
  expect(jsonTokens(json)).toEqual([{ kind: "plain", text: json }]);
});
