import { describe, expect, it } from "vitest";
import { chooseLevel } from "../src/view/level";
import { level, pyramid } from "./support/scenes";

const ISOTROPIC = pyramid([1024, 1024, 1024], 5);

describe("the level that is drawn", () => {
  it("is the coarsest whose voxel is no larger than a pixel", () => {
    const choose = (nm: number) => chooseLevel(ISOTROPIC, [10, 10, 10], nm);
    expect(choose(5)).toBe(0);
    expect(choose(10)).toBe(0);
    expect(choose(18)).toBe(0);
    expect(choose(20)).toBe(1);
    expect(choose(40)).toBe(2);
    expect(choose(1e6)).toBe(4);
  });

  it("tolerates ten percent, as Neuroglancer does", () => {
    expect(chooseLevel(ISOTROPIC, [10, 10, 10], 18.19)).toBe(1);
    expect(chooseLevel(ISOTROPIC, [10, 10, 10], 18.17)).toBe(0);
  });

  it("does not go finer for an axis that no level shrinks", () => {
    const flat = [level([64, 64, 8]), level([32, 32, 8], [2, 2, 1]), level([16, 16, 8], [4, 4, 1])];
    expect(chooseLevel(flat, [4, 4, 400], 16)).toBe(2);
    expect(chooseLevel(flat, [4, 4, 400], 8)).toBe(1);
  });

  it("looks at all three axes", () => {
    const levels = [level([64, 64, 64]), level([64, 64, 32], [1, 1, 2])];
    expect(chooseLevel(levels, [10, 10, 10], 10)).toBe(0);
    expect(chooseLevel(levels, [10, 10, 10], 20)).toBe(1);
  });

  it("skips a level that brings nothing", () => {
    const doubled = [level([64, 64, 64]), level([64, 64, 64]), level([32, 32, 32], [2, 2, 2])];
    expect(chooseLevel(doubled, [10, 10, 10], 1)).toBe(1);
  });

  it("is 0 where there is one", () => {
    expect(chooseLevel([level([9, 9, 9])], [1, 1, 1], 1e9)).toBe(0);
    expect(chooseLevel([], [1, 1, 1], 1)).toBe(0);
  });
});
