import type { Tile } from "./decode";
import type { Rect } from "./grid";
import { paintLabels } from "./labels";
import { colorRamp, paintWindow, provisionalLimits, type Ramp } from "./lut";
import type { Pass, Picture, PlacedTile, Renderer } from "./renderer";
import { containsAny, type Segments } from "./segments";
import type { Paint } from "./shown";
import type { TileKey } from "./wanted";

type Context = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D;

/** A painted tile: pixels that only need to be copied while the paint stays the same. */
interface Painted {
  readonly paint: string;
  readonly bitmap: ImageBitmap | HTMLCanvasElement;
}

/** Where there is no data at all. */
export const OUTSIDE = "#1c1e21";
/** Where data lies that is not here yet. Black would look like data. */
export const WAITING = "#2b2e33";
/** Below tiles, where light of channels adds up and labels lie on nothing. */
const GROUND = "#000000";

/** A rectangle beyond this many pixels is cut to what is visible, where float32 coordinates are still exact. */
const LARGEST_RECT = 8192;

/** Draws with Canvas 2D. Without a GPU it is several times as fast as WebGL, and it looks the same anywhere. */
export class Canvas2dRenderer implements Renderer {
  readonly #canvas: HTMLCanvasElement;
  readonly #context: CanvasRenderingContext2D;
  /** Where one channel is put together before it is blended: stand-ins must not shine through. */
  #layer: HTMLCanvasElement | undefined;
  /** Where one tile is painted; its picture is handed on each time. */
  #easel: OffscreenCanvas | undefined;
  readonly #painted = new Map<TileKey, Painted>();
  readonly #ramps = new Map<string, Ramp>();
  /** Per tile the segments that were looked for last, and whether it has them. */
  readonly #looked = new WeakMap<Tile, { key: string; found: boolean }>();

  constructor(canvas: HTMLCanvasElement) {
    this.#canvas = canvas;
    this.#context = context2d(canvas, { alpha: false });
  }

  resize(width: number, height: number): void {
    sized(this.#canvas, { width, height });
    if (this.#layer) sized(this.#layer, { width, height });
  }

  draw({ extents, passes, failed }: Picture): void {
    const context = this.#context;
    const { width, height } = this.#canvas;
    reset(context);
    context.fillStyle = OUTSIDE;
    context.fillRect(0, 0, width, height);
    context.fillStyle = WAITING;
    for (const rect of extents) fill(context, rect, width, height);
    context.fillStyle = GROUND;
    const shown = passes.filter(({ tiles }) => tiles.length > 0);
    const [first] = shown;
    // Image tiles are opaque, so the first channel needs neither a ground nor a canvas of its own.
    const opaque = first?.blend === "add" && first.opacity === 1 ? first : null;
    const covered = new Set(opaque?.tiles.map(({ rect }) => numbers(rect).join()));
    for (const { tiles } of shown) {
      for (const { rect } of tiles)
        if (!covered.has(numbers(rect).join())) fill(context, rect, width, height);
    }
    for (const pass of shown) {
      if (pass === opaque) this.#drawTiles(context, pass, false);
      else this.#blend(pass);
    }
    for (const rect of failed) hatch(context, rect);
  }

  forget(key: TileKey): void {
    const painted = this.#painted.get(key);
    if (!painted) return;
    this.#painted.delete(key);
    release(painted.bitmap);
  }

  dispose(): void {
    for (const key of [...this.#painted.keys()]) this.forget(key);
    this.#ramps.clear();
    // Some browsers keep a canvas's memory until it is collected, unless it is empty.
    this.#canvas.width = this.#canvas.height = 0;
    if (this.#layer) this.#layer.width = this.#layer.height = 0;
    this.#layer = undefined;
    this.#easel = undefined;
  }

  #blend(pass: Pass): void {
    if (!overlap(pass.tiles)) {
      blendInto(this.#context, pass);
      this.#drawTiles(this.#context, pass, false);
      reset(this.#context);
      return;
    }
    if (!this.#layer) {
      this.#layer = sized(document.createElement("canvas"), this.#canvas);
    }
    const layer = context2d(this.#layer);
    reset(layer);
    layer.clearRect(0, 0, this.#layer.width, this.#layer.height);
    this.#drawTiles(layer, pass, pass.paint.kind === "labels");
    blendInto(this.#context, pass);
    this.#context.drawImage(this.#layer, 0, 0);
    reset(this.#context);
  }

  #drawTiles(context: Context, pass: Pass, clear: boolean): void {
    const { width, height } = this.#canvas;
    for (const placed of pass.tiles) {
      const { rect } = placed;
      if (rect.width <= 0 || rect.height <= 0) continue;
      const bitmap = this.#bitmap(placed, pass.paint);
      const { source, target } = clip(bitmap, rect, width, height);
      if (source.width <= 0 || source.height <= 0) continue;
      if (clear) context.clearRect(target.x, target.y, target.width, target.height);
      context.drawImage(bitmap, ...numbers(source), ...numbers(target));
    }
  }

  #bitmap({ key, tile }: PlacedTile, paint: Paint): ImageBitmap | HTMLCanvasElement {
    const name = paintKey(paint, paint.kind === "labels" && this.#holds(tile, paint.hovered));
    const known = this.#painted.get(key);
    if (known?.paint === name) return known.bitmap;
    if (known) release(known.bitmap);
    const bitmap = this.#toBitmap(this.#pixels(tile, paint));
    this.#painted.set(key, { paint: name, bitmap });
    return bitmap;
  }

  /** A pointer that moves over segments repaints only the tiles that hold them. */
  #holds(tile: Tile, segments: Segments | null): boolean {
    if (!segments) return false;
    const last = this.#looked.get(tile);
    if (last?.key === segments.key) return last.found;
    const found = containsAny(tile.samples, segments);
    this.#looked.set(tile, { key: segments.key, found });
    return found;
  }

  #pixels(tile: Tile, paint: Paint): ImageData {
    const constant = tile.samples.length === 1;
    const pixels = new ImageData(constant ? 1 : tile.width, constant ? 1 : tile.height);
    const out = new Uint32Array(pixels.data.buffer);
    if (paint.kind === "labels") {
      paintLabels(tile.samples, out, paint);
    } else {
      const limits = paint.limits ?? provisionalLimits(tile.dtype, tile.samples);
      paintWindow(tile.samples, limits, this.#ramp(paint.color, paint.inverted), out);
    }
    return pixels;
  }

  #toBitmap(pixels: ImageData): ImageBitmap | HTMLCanvasElement {
    if (typeof OffscreenCanvas === "undefined") {
      const canvas = sized(document.createElement("canvas"), pixels);
      context2d(canvas).putImageData(pixels, 0, 0);
      return canvas;
    }
    this.#easel ??= new OffscreenCanvas(pixels.width, pixels.height);
    const context = sized(this.#easel, pixels).getContext("2d");
    if (!context) throw new Error("this browser gives no 2D canvas");
    context.putImageData(pixels, 0, 0);
    // Unlike `createImageBitmap` this is done at once, so a tile is painted in the frame that needs it.
    return this.#easel.transferToImageBitmap();
  }

  #ramp(color: readonly [number, number, number], inverted: boolean): Ramp {
    const name = `${color}/${inverted}`;
    const known = this.#ramps.get(name);
    if (known) return known;
    // Dragging through a colour picker must not keep every colour it passed.
    if (this.#ramps.size > 64) this.#ramps.clear();
    const ramp = colorRamp(color, inverted);
    this.#ramps.set(name, ramp);
    return ramp;
  }
}

/** Equal keys mean equal pixels of a tile; `touched` when the tile holds the segment under the pointer. */
export function paintKey(paint: Paint, touched: boolean): string {
  if (paint.kind === "window") return `${paint.color}/${paint.inverted}/${paint.limits}`;
  return `labels/${paint.selected?.key ?? ""}/${(touched && paint.hovered?.key) || ""}`;
}

/** The part of a bitmap, in whole samples, that is visible when it fills `rect`, and where that part goes. */
export function clip(
  bitmap: { readonly width: number; readonly height: number },
  rect: Rect,
  width: number,
  height: number,
): { source: Rect; target: Rect } {
  const whole = { source: { x: 0, y: 0, width: bitmap.width, height: bitmap.height }, target: rect };
  if (rect.width <= LARGEST_RECT && rect.height <= LARGEST_RECT) return whole;
  const across = clipAxis(bitmap.width, rect.x, rect.width, width);
  const down = clipAxis(bitmap.height, rect.y, rect.height, height);
  return {
    source: { x: across.from, y: down.from, width: across.count, height: down.count },
    target: { x: across.at, y: down.at, width: across.size, height: down.size },
  };
}

function clipAxis(samples: number, at: number, size: number, end: number) {
  const scale = size / samples;
  const from = Math.max(0, Math.floor(-at / scale));
  const to = Math.min(samples, Math.ceil((end - at) / scale));
  const start = Math.round(at + from * scale);
  return { from, count: to - from, at: start, size: Math.round(at + to * scale) - start };
}

function context2d(canvas: HTMLCanvasElement, settings?: CanvasRenderingContext2DSettings) {
  const context = canvas.getContext("2d", settings);
  if (!context) throw new Error("this browser gives no 2D canvas");
  return context;
}

/** Setting a canvas's size clears it, so that is only done when the size differs. */
function sized<C extends { width: number; height: number }>(
  canvas: C,
  { width, height }: { readonly width: number; readonly height: number },
): C {
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  return canvas;
}

function reset(context: Context): void {
  context.globalAlpha = 1;
  context.globalCompositeOperation = "source-over";
  // Samples are shown as they are; a smoothed picture would show values that are not in the data.
  context.imageSmoothingEnabled = false;
}

function blendInto(context: Context, { blend, opacity }: Pass): void {
  context.globalAlpha = opacity;
  context.globalCompositeOperation = blend === "add" ? "lighter" : "source-over";
}

/** Whether tiles lie over each other, as stand-ins do. Tiles of one level never do. */
function overlap(tiles: readonly PlacedTile[]): boolean {
  if (tiles.length > 128) return true;
  return tiles.some(({ rect: a }, at) =>
    tiles
      .slice(0, at)
      .some(
        ({ rect: b }) =>
          a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height,
      ),
  );
}

function release(bitmap: ImageBitmap | HTMLCanvasElement): void {
  if ("close" in bitmap) bitmap.close();
  else bitmap.width = bitmap.height = 0;
}

function numbers({ x, y, width, height }: Rect): [number, number, number, number] {
  return [x, y, width, height];
}

function fill(context: Context, rect: Rect, width: number, height: number): void {
  const x = Math.max(0, rect.x);
  const y = Math.max(0, rect.y);
  const right = Math.min(width, rect.x + rect.width);
  const bottom = Math.min(height, rect.y + rect.height);
  if (right > x && bottom > y) context.fillRect(x, y, right - x, bottom - y);
}

/** Diagonal lines that keep their place in the picture, so that a failed tile never looks like data. */
function hatch(context: CanvasRenderingContext2D, rect: Rect): void {
  const { width, height } = context.canvas;
  const left = Math.max(0, rect.x);
  const top = Math.max(0, rect.y);
  const right = Math.min(width, rect.x + rect.width);
  const bottom = Math.min(height, rect.y + rect.height);
  if (right <= left || bottom <= top) return;
  context.save();
  context.beginPath();
  context.rect(left, top, right - left, bottom - top);
  context.clip();
  context.fillStyle = "rgba(120, 30, 30, 0.35)";
  context.fillRect(left, top, right - left, bottom - top);
  context.strokeStyle = "rgba(255, 120, 110, 0.6)";
  context.lineWidth = 1.5;
  context.beginPath();
  const gap = 14;
  const phase = rect.x + rect.y;
  for (let sum = phase + Math.ceil((left + top - phase) / gap) * gap; sum < right + bottom; sum += gap) {
    context.moveTo(sum - top, top);
    context.lineTo(sum - bottom, bottom);
  }
  context.stroke();
  context.restore();
}
