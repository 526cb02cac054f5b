import type { Tile } from "./decode";
import type { Rect } from "./grid";
import { paintLabels, paintRuns } from "./labels";
import { colorRamp, paintWindow, provisionalLimits, type Ramp } from "./lut";
import { adding, covering, drawInto, fillRect, type Mix, type Pixels, raster, replace } from "./raster";
import type { Pass, Picture, PlacedTile, Renderer } from "./renderer";
import { containsAny, type Segments } from "./segments";
import type { Paint } from "./shown";
import type { TileKey } from "./wanted";

/** A painted tile: pixels that only need to be laid down while the paint stays the same. */
interface Painted {
  readonly paint: string;
  readonly pixels: Pixels;
}

/** Where there is no data at all: #1c1e21, as little-endian RGBA. */
const OUTSIDE = 0xff211e1c;
/** Where data lies that is not here yet: #2b2e33. Black would look like data. */
const WAITING = 0xff332e2b;
/** Below tiles, where light of channels adds up and labels lie on nothing. */
const GROUND = 0xff000000;

/** Pixel buffers of tiles that left, kept for those that come: 16 MiB. */
const SPARE_BUFFERS = 64;

/**
 * Puts the picture together in memory and hands it to the canvas in one piece. Without a GPU that costs a
 * fraction of drawing tile by tile, and the pixels are the same in every browser.
 */
export class Canvas2dRenderer implements Renderer {
  readonly #canvas: HTMLCanvasElement;
  readonly #context: CanvasRenderingContext2D;
  #picture: Pixels = raster(0, 0);
  #image: ImageData | undefined;
  /** Where one channel is put together before it is blended: stand-ins must not shine through. */
  #layer: Pixels | undefined;
  readonly #painted = new Map<TileKey, Painted>();
  readonly #spare: Uint32Array[] = [];
  readonly #ramps = new Map<string, Ramp>();
  /** Per tile the segments that were looked for last, and whether it has them. */
  readonly #looked = new WeakMap<Tile, { key: string; found: boolean }>();

  constructor(canvas: HTMLCanvasElement) {
    const context = canvas.getContext("2d", { alpha: false });
    if (!context) throw new Error("this browser gives no 2D canvas");
    this.#canvas = canvas;
    this.#context = context;
  }

  resize(width: number, height: number): void {
    // Setting a canvas's size clears it, so that is only done when the size differs.
    if (this.#canvas.width !== width) this.#canvas.width = width;
    if (this.#canvas.height !== height) this.#canvas.height = height;
  }

  draw({ extents, passes, failed }: Picture): void {
    const { width, height } = this.#canvas;
    if (width === 0 || height === 0) return;
    const image = this.#fit(width, height);
    const picture = this.#picture;
    picture.colors.fill(OUTSIDE);
    for (const rect of extents) fillRect(picture, rect, WAITING);
    const shown = passes.filter(({ tiles }) => tiles.length > 0);
    const [first] = shown;
    // Image tiles are opaque, so the first channel needs neither a ground nor a buffer of its own.
    const opaque = first?.blend === "add" && first.opacity === 1 ? first : null;
    const covered = new Set(opaque?.tiles.map(({ rect }) => place(rect)));
    for (const { tiles } of shown) {
      for (const { rect } of tiles) if (!covered.has(place(rect))) fillRect(picture, rect, GROUND);
    }
    for (const pass of shown) {
      if (pass === opaque) this.#drawTiles(picture, pass, replace);
      else this.#blend(picture, pass);
    }
    this.#context.putImageData(image, 0, 0);
    for (const rect of failed) hatch(this.#context, rect);
  }

  forget(key: TileKey): void {
    const painted = this.#painted.get(key);
    if (!painted) return;
    this.#painted.delete(key);
    if (this.#spare.length < SPARE_BUFFERS) this.#spare.push(painted.pixels.colors);
  }

  dispose(): void {
    this.#painted.clear();
    this.#spare.length = 0;
    this.#ramps.clear();
    // Some browsers keep a canvas's memory until it is collected, unless it is empty.
    this.#canvas.width = this.#canvas.height = 0;
    this.#picture = raster(0, 0);
    this.#image = this.#layer = undefined;
  }

  /** The memory of the picture and the canvas's view of it. */
  #fit(width: number, height: number): ImageData {
    if (this.#image?.width === width && this.#image.height === height) return this.#image;
    this.#image = new ImageData(width, height);
    this.#picture = { width, height, colors: new Uint32Array(this.#image.data.buffer) };
    this.#layer = undefined;
    return this.#image;
  }

  #blend(picture: Pixels, pass: Pass): void {
    const mix = pass.blend === "add" ? adding(pass.opacity) : covering(pass.opacity);
    if (!overlap(pass.tiles)) {
      this.#drawTiles(picture, pass, mix);
      return;
    }
    this.#layer ??= raster(picture.width, picture.height);
    this.#layer.colors.fill(0);
    this.#drawTiles(this.#layer, pass, replace);
    mix(picture.colors, 0, this.#layer.colors, 0, picture.colors.length);
  }

  #drawTiles(to: Pixels, pass: Pass, mix: Mix): void {
    for (const placed of pass.tiles) drawInto(to, this.#paint(placed, pass.paint), placed.rect, mix);
  }

  #paint({ key, tile }: PlacedTile, paint: Paint): Pixels {
    const name = paintKey(paint, paint.kind === "labels" && this.#holds(tile, paint.hovered));
    const known = this.#painted.get(key);
    if (known?.paint === name) return known.pixels;
    const pixels = known?.pixels ?? this.#buffer(tile);
    if (paint.kind === "labels") {
      if (tile.runs) paintRuns(tile.runs, pixels.colors, paint);
      else paintLabels(tile.samples, pixels.colors, paint);
    } else {
      const limits = paint.limits ?? provisionalLimits(tile.dtype, tile.samples);
      paintWindow(tile.samples, limits, this.#ramp(paint.color, paint.inverted), pixels.colors);
    }
    this.#painted.set(key, { paint: name, pixels });
    return pixels;
  }

  /** One pixel is enough for a tile of one value. */
  #buffer(tile: Tile): Pixels {
    const { width, height } = !tile.runs && tile.samples.length === 1 ? { width: 1, height: 1 } : tile;
    const at = this.#spare.findIndex(({ length }) => length === width * height);
    const [spare] = at < 0 ? [] : this.#spare.splice(at, 1);
    return spare ? { width, height, colors: spare } : raster(width, height);
  }

  /** A pointer that moves over segments repaints only the tiles that hold them. */
  #holds(tile: Tile, segments: Segments | null): boolean {
    if (!segments) return false;
    const last = this.#looked.get(tile);
    if (last?.key === segments.key) return last.found;
    const found = containsAny(tile.runs?.values ?? tile.samples, segments);
    this.#looked.set(tile, { key: segments.key, found });
    return found;
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

function place({ x, y, width, height }: Rect): string {
  return `${x},${y},${width},${height}`;
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
