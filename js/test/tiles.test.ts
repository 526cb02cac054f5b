import { describe, expect, it } from "vitest";
import type { Tile } from "../src/view/decode";
import { TileCache, tileCost } from "../src/view/tiles";

function tile(size: number): Tile {
  return { width: size, height: 1, dtype: "uint8", samples: new Uint8Array(size), missing: false };
}

const COST = tileCost(tile(10));

function cache(tiles: number) {
  const gone: string[] = [];
  return { gone, tiles: new TileCache((key) => gone.push(key), tiles * COST) };
}

describe("tile cache", () => {
  it("drops the least recently used first and says so", () => {
    const { gone, tiles } = cache(3);
    for (const key of ["a", "b", "c"]) tiles.add(key, tile(10));
    tiles.beginFrame();
    tiles.use("a");
    tiles.add("d", tile(10));
    expect(gone).toEqual(["b"]);
    expect(tiles.bytes).toBe(3 * COST);
  });

  it("never drops what the current frame uses, even beyond its size", () => {
    const { gone, tiles } = cache(2);
    tiles.beginFrame();
    for (const key of ["a", "b", "c"]) tiles.add(key, tile(10));
    expect(gone).toEqual([]);
    tiles.beginFrame();
    tiles.use("a");
    tiles.add("d", tile(10));
    expect(gone).toEqual(["b", "c"]);
  });

  it("replaces a tile of the same name and counts it once", () => {
    const { gone, tiles } = cache(3);
    tiles.add("a", tile(10));
    tiles.add("a", tile(10));
    expect(tiles.bytes).toBe(COST);
    expect(gone).toEqual(["a"]);
    tiles.clear();
    expect([tiles.bytes, tiles.size]).toEqual([0, 0]);
  });

  it("only looks when it peeks", () => {
    const { gone, tiles } = cache(2);
    tiles.add("a", tile(10));
    tiles.add("b", tile(10));
    tiles.beginFrame();
    tiles.peek("a");
    tiles.add("c", tile(10));
    expect(gone).toEqual(["a"]);
  });
});
