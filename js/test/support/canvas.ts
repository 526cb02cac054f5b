/**
 * A canvas in plain arrays with the few operations the renderer uses, so that pixels can be compared
 * without a browser.
 */
export class SoftCanvas {
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
  strokes = 0;
  readonly canvas: SoftCanvas;

  constructor(canvas: SoftCanvas) {
    this.canvas = canvas;
  }

  fillRect(x: number, y: number, width: number, height: number) {
    const color = parse(this.fillStyle);
    this.#each(x, y, width, height, (at) => this.#put(at, color));
  }

  putImageData({ data, width }: { data: Uint8ClampedArray; width: number }, x: number, y: number) {
    const rows = data.length / 4 / width;
    this.#each(x, y, width, rows, (at, i, j) => {
      const from = 4 * (j * width + i);
      this.canvas.pixels.set(data.subarray(from, from + 4), at);
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
    const part = alpha / 255;
    const under = 1 - part;
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
