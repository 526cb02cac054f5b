/**
 * A canvas in plain arrays with the few operations the renderer uses, so that pixels can be compared
 * without a browser. It counts what has to be given back.
 */
export class SoftCanvas {
  static openBitmaps = 0;
  pixels = new Uint8ClampedArray(0);
  readonly #context = new SoftContext(this);
  #width = 0;
  #height = 0;

  constructor(width = 300, height = 150) {
    this.#width = width;
    this.#height = height;
    this.#clear();
  }

  get width() {
    return this.#width;
  }

  set width(width: number) {
    this.#width = width;
    this.#clear();
  }

  get height() {
    return this.#height;
  }

  set height(height: number) {
    this.#height = height;
    this.#clear();
  }

  getContext() {
    return this.#context;
  }

  /** As an offscreen canvas does: the picture goes away with the bitmap. */
  transferToImageBitmap() {
    const bitmap = new SoftCanvas(this.#width, this.#height);
    bitmap.pixels = this.pixels;
    this.#clear();
    SoftCanvas.openBitmaps++;
    let open = true;
    const close = () => {
      if (open) SoftCanvas.openBitmaps--;
      open = false;
    };
    return Object.assign(bitmap, { close });
  }

  /** One pixel as red, green, blue. */
  rgb(x: number, y: number): number[] {
    const at = 4 * (y * this.#width + x);
    return [...this.pixels.slice(at, at + 3)];
  }

  #clear() {
    this.pixels = new Uint8ClampedArray(4 * this.#width * this.#height);
  }
}

export class SoftContext {
  fillStyle = "#000000";
  strokeStyle = "";
  lineWidth = 1;
  globalAlpha = 1;
  globalCompositeOperation = "source-over";
  imageSmoothingEnabled = true;
  strokes = 0;
  readonly canvas: SoftCanvas;

  constructor(canvas: SoftCanvas) {
    this.canvas = canvas;
  }

  fillRect(x: number, y: number, width: number, height: number) {
    const color = parse(this.fillStyle);
    this.#each(x, y, width, height, (at) => this.#put(at, color));
  }

  clearRect(x: number, y: number, width: number, height: number) {
    this.#each(x, y, width, height, (at) => this.canvas.pixels.fill(0, at, at + 4));
  }

  putImageData({ data, width }: { data: Uint8ClampedArray; width: number }, x: number, y: number) {
    const rows = data.length / 4 / width;
    this.#each(x, y, width, rows, (at, i, j) => {
      const from = 4 * (j * width + i);
      this.canvas.pixels.set(data.subarray(from, from + 4), at);
    });
  }

  /** Takes canvas elements too, as long as their context is one of these. */
  drawImage(drawn: { getContext(kind: "2d"): unknown }, ...rest: number[]) {
    const image = (drawn.getContext("2d") as SoftContext).canvas;
    const all = [0, 0, image.width, image.height, rest[0] ?? 0, rest[1] ?? 0, image.width, image.height];
    const [sx, sy, sw, sh, x, y, width, height] = (rest.length === 8 ? rest : all) as [
      number,
      number,
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    if (rest.length === 8 && this.imageSmoothingEnabled) throw new Error("samples would be smoothed");
    for (const value of rest) if (!Number.isInteger(value)) throw new Error("edges would be blurred");
    this.#each(x, y, width, height, (at, i, j) => {
      const column = sx + Math.floor(((i + 0.5) * sw) / width);
      const row = sy + Math.floor(((j + 0.5) * sh) / height);
      const from = 4 * (row * image.width + column);
      this.#put(at, [...image.pixels.subarray(from, from + 4)]);
    });
  }

  stroke() {
    this.strokes++;
  }

  save() {}
  restore() {}
  beginPath() {}
  rect() {}
  clip() {}
  moveTo() {}
  lineTo() {}

  #put(at: number, [red = 0, green = 0, blue = 0, alpha = 255]: number[]) {
    const { pixels } = this.canvas;
    const part = (alpha / 255) * this.globalAlpha;
    const under = this.globalCompositeOperation === "lighter" ? 1 : 1 - part;
    for (const [offset, value] of [red, green, blue].entries()) {
      pixels[at + offset] = Math.round(value * part + (pixels[at + offset] ?? 0) * under);
    }
    pixels[at + 3] = Math.round(255 * part + (pixels[at + 3] ?? 0) * under);
  }

  #each(
    x: number,
    y: number,
    width: number,
    height: number,
    action: (at: number, i: number, j: number) => void,
  ) {
    const { canvas } = this;
    for (let j = Math.max(0, -y); j < Math.min(height, canvas.height - y); j++) {
      for (let i = Math.max(0, -x); i < Math.min(width, canvas.width - x); i++) {
        action(4 * ((y + j) * canvas.width + x + i), i, j);
      }
    }
  }
}

function parse(color: string): number[] {
  const hex = /^#(..)(..)(..)$/.exec(color);
  if (hex) return hex.slice(1).map((part) => Number.parseInt(part, 16));
  const [red = 0, green = 0, blue = 0, alpha = 1] = (color.match(/[\d.]+/g) ?? []).map(Number);
  return [red, green, blue, 255 * alpha];
}

export class SoftImageData {
  readonly data: Uint8ClampedArray;
  readonly width: number;
  readonly height: number;

  constructor(width: number, height: number) {
    this.width = width;
    this.height = height;
    this.data = new Uint8ClampedArray(4 * width * height);
  }
}
