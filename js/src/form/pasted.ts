import type { RefusedLine } from "./protocol";

/** What the kernel takes of one paste (`form/pasted.py`, `form/incoming.py`). */
export const MOST_LINES = 32;
export const MOST_CHARACTERS = 4_000_000;

/** The addresses that were pasted, one on each line; a JSON document is one piece. */
export function linesOf(text: string): readonly string[] {
  if (text.trimStart().startsWith("{")) return [text];
  return text.split(LINE_END).filter((line) => line.trim());
}

/** What is left to be mended of a text of several lines. */
export function onlyLines(text: string, refused: readonly RefusedLine[]): string {
  const lines = text.split(LINE_END);
  return refused.map(({ line }) => (lines[line - 1] ?? "").trim()).join("\n");
}

const LINE_END = /\r\n|\r|\n/;
