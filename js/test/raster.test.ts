import { describe, expect, it } from "vitest";
import {
  adding,
  covering,
  drawInto,
  fillRect,
  type Mix,
  type Pixels,
  raster,
  replace,
} from "../src/view/raster";

/** Opaque or clear colours of every kind, some of which carry from one byte into the next if they may. */
function colors(count: number): Uint32Array {
  let state = 7;
  const next = () => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return state >>> 8;
  };
  return Uint32Array.from({ length: count }, (_, i) => (i % 7 === 0 ? 0 : (0xff000000 | next()) >>> 0));
}

const parts = (color: number) => [color & 255, (color >>> 8) & 255, (color >>> 16) & 255, color >>> 24];

/** The colours of mixing, reckoned part by part in floating point. */
function mixed(mix: Mix, under: Uint32Array, over: Uint32Array): number[][] {
  const to = under.slice();
  mix(to, 0, over, 0, over.length);
  return [...to].map(parts);
}

const OVER = colors(500);
const UNDER = colors(1000)
  .slice(500)
  .map((color) => (color | 0xff000000) >>> 0);

describe("mixing", () => {
  it.each([0, 0.1, 0.4, 0.5, 0.99, 1])("adds light at opacity %f and holds at white", (opacity) => {
    const got = mixed(adding(opacity), UNDER, OVER);
    OVER.forEach((color, at) => {
      const under = parts(UNDER[at] ?? 0);
      parts(color).forEach((part, which) => {
        const sum = which === 3 ? 255 : Math.min(255, (under[which] ?? 0) + part * opacity);
        expect(Math.abs((got[at]?.[which] ?? -9) - sum)).toBeLessThanOrEqual(opacity % 1 ? 1 : 0);
      });
    });
  });

  it.each([0, 0.1, 0.4, 0.5, 0.99, 1])(
    "covers at opacity %f as thickly as the colour's alpha says",
    (opacity) => {
      for (const alpha of [0, 64, 255]) {
        const over = OVER.map((color) => (color === 0 ? 0 : ((color & 0xffffff) | (alpha << 24)) >>> 0));
        const got = mixed(covering(opacity), UNDER, over);
        over.forEach((color, at) => {
          const weight = (opacity * (color >>> 24)) / 255;
          const under = parts(UNDER[at] ?? 0);
          parts(color).forEach((part, which) => {
            const wanted = which === 3 ? 255 : part * weight + (under[which] ?? 0) * (1 - weight);
            expect(Math.abs((got[at]?.[which] ?? -9) - wanted)).toBeLessThanOrEqual(1.1);
          });
        });
      }
    },
  );

  it("replaces clear colours too, and leaves what lies beside alone", () => {
    const to = Uint32Array.of(1, 2, 3, 4);
    replace(to, 1, Uint32Array.of(9, 0, 8, 7), 1, 2);
    expect([...to]).toEqual([1, 0, 8, 4]);
  });
});

describe("drawing", () => {
  const tile: Pixels = { width: 3, height: 2, colors: Uint32Array.of(1, 2, 3, 4, 5, 6) };

  function drawn(width: number, height: number, rect: [number, number, number, number]) {
    const to = raster(width, height);
    const [x, y, w, h] = rect;
    drawInto(to, tile, { x, y, width: w, height: h }, replace);
    return Array.from({ length: height }, (_, row) => [
      ...to.colors.subarray(row * width, (row + 1) * width),
    ]);
  }

  it("puts each sample where it belongs and cuts what lies outside", () => {
    expect(drawn(5, 4, [1, 1, 3, 2])).toEqual([
      [0, 0, 0, 0, 0],
      [0, 1, 2, 3, 0],
      [0, 4, 5, 6, 0],
      [0, 0, 0, 0, 0],
    ]);
    expect(drawn(2, 2, [-1, -1, 3, 2])).toEqual([
      [5, 6],
      [0, 0],
    ]);
    expect(drawn(2, 2, [5, 0, 3, 2])).toEqual([
      [0, 0],
      [0, 0],
    ]);
  });

  it("shows the sample under the middle of each pixel, however large or small the tile is drawn", () => {
    expect(drawn(6, 4, [0, 0, 6, 4])).toEqual([
      [1, 1, 2, 2, 3, 3],
      [1, 1, 2, 2, 3, 3],
      [4, 4, 5, 5, 6, 6],
      [4, 4, 5, 5, 6, 6],
    ]);
    expect(drawn(2, 1, [0, 0, 2, 1])).toEqual([[4, 6]]);
    // Zoomed in so far that one sample is larger than the canvas.
    const far = 1_000_003;
    expect(drawn(2, 1, [-far, 0, 3 * far, far])).toEqual([[2, 2]]);
    expect(drawn(2, 1, [1 - far, 0, 3 * far, far])).toEqual([[1, 2]]);
  });

  it("fills rectangles within the canvas only", () => {
    const to = raster(3, 2);
    fillRect(to, { x: -5, y: 1, width: 7, height: 9 }, 4);
    expect([...to.colors]).toEqual([0, 0, 0, 4, 4, 0]);
    fillRect(to, { x: 4, y: 0, width: 7, height: 9 }, 5);
    expect([...to.colors]).toEqual([0, 0, 0, 4, 4, 0]);
  });
});
