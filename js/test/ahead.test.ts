import { describe, expect, it } from "vitest";
import type { Want } from "../src/protocol";
import { Ahead } from "../src/view/ahead";
import type { Xyz } from "../src/view/plane";
import { neededTiles, tileKey } from "../src/view/wanted";
import { layer, pyramid, shown, viewport } from "./support/scenes";

const LAYERS = shown([layer({ levels: pyramid([4096, 4096, 512], 1) })]);
const slicesOf = (wants: readonly Want[]) => [...new Set(wants.map((want) => want[4] ?? 0))];

/** A view that goes through positions, one every `pace` milliseconds, and has the tiles of `here`. */
function walk(positions: readonly Xyz[], pace = 100, here = new Set<string>()) {
  const ahead = new Ahead();
  let result = { send: [], warm: [], used: 0 } as ReturnType<Ahead["wants"]>;
  positions.forEach((position, at) => {
    const view = viewport({ position, width: 200, height: 200 });
    const { wants } = neededTiles(view, LAYERS, 256);
    result = ahead.wants(view, LAYERS, 256, wants, (key) => !here.has(key), at * pace);
  });
  return result;
}
const through = (...slices: number[]) => slices.map((slice): Xyz => [2000, 2000, slice + 0.5]);

describe("what a view will need", () => {
  it("is nothing while it rests", () => {
    expect(walk(through(40, 40, 40))).toEqual({ send: [], warm: [], used: 0 });
  });

  it("is the next slices along the motion, and the one behind", () => {
    expect(slicesOf(walk(through(40, 41), 500).send)).toEqual([42, 43, 44, 45, 46, 47, 48, 40]);
    expect(slicesOf(walk(through(41, 40), 500).send)).toEqual([39, 38, 37, 36, 41]);
  });

  it("is more in a hurry", () => {
    const slow = slicesOf(walk(through(38, 39, 40), 500).send).length;
    const fast = slicesOf(walk(through(38, 39, 40), 40).send).length;
    expect(fast).toBeGreaterThan(slow);
  });

  it("goes on in groups, so that most steps ask for nothing", () => {
    const last = (slice: number) => Math.max(...slicesOf(walk(through(slice - 1, slice), 500).send));
    expect([41, 42, 43, 44].map(last)).toEqual([48, 48, 48, 48]);
    expect(last(45)).toBe(52);
  });

  it("has the kernel prepare slices up to seconds ahead, beyond those that are sent", () => {
    const { send, warm } = walk(through(38, 39, 40), 100);
    const sent = Math.max(...slicesOf(send));
    expect(slicesOf(warm)[0]).toBeLessThanOrEqual(sent + 8);
    expect(Math.max(...slicesOf(warm))).toBeGreaterThanOrEqual(40 + 32);
    const both = new Set([...send, ...warm].map(tileKey));
    expect(both.size).toBe(send.length + warm.length);
  });

  it("is nothing after a jump, at another zoom, and at the end of the volume", () => {
    expect(walk(through(40, 300)).send).toEqual([]);
    expect(walk(through(510, 511)).warm).toEqual([]);
  });

  it("lies beyond the border that a pan goes to", () => {
    const { send, warm } = walk([
      [2170, 2200, 40.5],
      [2200, 2200, 40.5],
    ]);
    const columns = send.map((want) => want[6] ?? 0);
    expect(new Set(columns)).toEqual(new Set([9]));
    expect(slicesOf(send)).toEqual([40]);
    expect(warm).toEqual([]);
  });

  it("leaves out what is here, and counts it once it is in view", () => {
    const next = neededTiles(
      viewport({ position: [2000, 2000, 42.5], width: 200, height: 200 }),
      LAYERS,
      256,
    );
    const here = new Set(next.wants.map(tileKey));
    expect(slicesOf(walk(through(40, 41), 500, here).send)).not.toContain(42);
    expect(walk(through(40, 41), 500, here).used).toBe(0);
    expect(walk(through(40, 41, 42), 500, here).used).toBe(next.wants.length);
  });

  it("takes no more memory than the page has for it", () => {
    const wide = shown([layer({ dtype: "uint64", levels: pyramid([4096, 4096, 512], 1) })]);
    const ahead = new Ahead();
    let sent = 0;
    for (const slice of [40, 41]) {
      const view = viewport({ position: [2000, 2000, slice + 0.5], width: 3000, height: 2000 });
      const { wants } = neededTiles(view, wide, 256);
      sent = ahead.wants(view, wide, 256, wants, () => true, 500 * slice).send.length;
    }
    expect(sent * 12 * 256 ** 2).toBeLessThan(256 * 2 ** 20);
  });
});
