// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Stats, ViewMessage, Want } from "../src/protocol";
import widget from "../src/widget";
import { SoftCanvas, SoftImageData } from "./support/canvas";
import { FakeModel, NO_STATS } from "./support/model";
import { channel, layer, level, scene } from "./support/scenes";

const STATS: Stats = { ...NO_STATS, requests: 1, bytes: 2048 };
const SCENE = scene([
  layer({ levels: [level([300, 200, 10])], channels: [channel({ name: "a" }), channel({ name: "b" })] }),
  layer({ name: "cells", category: "segmentation", dtype: "uint64", levels: [level([300, 200, 10])] }),
]);

/** Observers that are watching, and a way to tell all of them a size. */
const observers = new Set<FakeObserver>();

class FakeObserver {
  readonly #report: (entries: unknown[]) => void;

  constructor(report: (entries: unknown[]) => void) {
    this.#report = report;
  }

  observe() {
    observers.add(this);
  }

  disconnect() {
    observers.delete(this);
  }

  resize(width: number, height: number) {
    const exact = [{ inlineSize: width, blockSize: height }];
    this.#report([{ devicePixelContentBoxSize: exact, contentRect: { width, height } }]);
  }
}

/** Listeners on what outlives a view: the window and the document. */
function countListeners() {
  let count = 0;
  for (const target of [window, document, document.body]) {
    const add = target.addEventListener.bind(target);
    vi.spyOn(target, "addEventListener").mockImplementation((...all: unknown[]) => {
      count++;
      Reflect.apply(add, target, all);
    });
    const remove = target.removeEventListener.bind(target);
    vi.spyOn(target, "removeEventListener").mockImplementation((...all: unknown[]) => {
      count--;
      Reflect.apply(remove, target, all);
    });
  }
  return () => count;
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("OffscreenCanvas", SoftCanvas);
  vi.stubGlobal("ImageData", SoftImageData);
  vi.stubGlobal("ResizeObserver", FakeObserver);
  const contexts = new WeakMap<HTMLCanvasElement, SoftCanvas>();
  vi.spyOn(HTMLCanvasElement.prototype, "getContext").mockImplementation(function (this: HTMLCanvasElement) {
    let soft = contexts.get(this);
    if (!soft || soft.width !== this.width || soft.height !== this.height) {
      soft = new SoftCanvas(this.width, this.height);
      contexts.set(this, soft);
    }
    return soft.getContext() as never;
  } as never);
  observers.clear();
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  document.body.replaceChildren();
});

function answer(model: FakeModel, message: ViewMessage, fail: (want: Want) => boolean = () => false) {
  const { view, rid, generation, wants } = message;
  model.receive({ kind: "accepted", view, rid, generation, stats: STATS });
  const good = wants.filter((want) => !fail(want));
  const tiles = good.map((want) => ({
    want,
    enc: "const" as const,
    buffer: -1,
    height: 200,
    width: want[6] === 0 ? 256 : 44,
    dtype: want[0] === 1 ? "uint64" : "uint8",
    value: "100",
    missing: false,
  }));
  if (tiles.length > 0) model.receive({ kind: "tiles", view, seq: rid, generation, tiles, stats: STATS });
  const error = { code: "not-found", text: "Gone", where: "http://x/0", hint: "Look" };
  const bad = wants.filter(fail).map((want) => ({ want, error }));
  if (bad.length > 0) model.receive({ kind: "failed", view, generation, tiles: bad, stats: STATS });
}

async function open(traits: ConstructorParameters<typeof FakeModel>[0] = {}, signal?: AbortSignal) {
  const model = new FakeModel({ _scene: SCENE, position: [150, 100, 5], zoom: 1, ...traits });
  const el = document.createElement("div");
  document.body.append(el);
  widget.initialize();
  const close = widget.render({ model: model as never, el, ...(signal && { signal }) });
  await vi.advanceTimersByTimeAsync(50);
  for (const observer of observers) observer.resize(400, 40);
  await vi.advanceTimersByTimeAsync(50);
  const canvas = el.querySelector("canvas");
  if (!canvas) throw new Error("no canvas");
  // Preact renders in microtasks, so time has to pass asynchronously.
  const settle = () => vi.advanceTimersByTimeAsync(100);
  const last = () => model.sent.findLast((sent): sent is ViewMessage => sent.kind === "view");
  return { model, el, canvas, close, settle, last };
}

/** A wheel event. happy-dom's lacks the fields it should have from mouse events. */
function turn(changes: WheelEventInit): WheelEvent {
  const event = new WheelEvent("wheel", { bubbles: true, cancelable: true, ...changes });
  const mouse = { clientX: 20, clientY: 20, ctrlKey: false, metaKey: false, shiftKey: false, ...changes };
  for (const [name, value] of Object.entries(mouse)) Object.defineProperty(event, name, { value });
  return event;
}

describe("a view", () => {
  it("asks, draws, and says when everything in view is here", async () => {
    const { model, canvas, settle, last } = await open();
    expect(canvas.dataset).toMatchObject({ ready: "0", tilesWanted: "6", tilesHere: "0", generation: "1" });
    answer(model, last() as ViewMessage);
    await settle();
    expect(canvas.dataset).toMatchObject({ ready: "1", tilesHere: "6", tilesFailed: "0", level: "0" });
    expect(canvas.getContext("2d")).toBeTruthy();
  });

  it("computes the zoom that fits and tells Python", async () => {
    const { model } = await open({ zoom: null });
    await vi.advanceTimersByTimeAsync(500);
    expect(model.saved).toEqual([{ zoom: 0.96 * (40 / 200) }]);
  });

  it("never asks the kernel about contrast, colour or visibility", async () => {
    const { model, el, settle, last } = await open();
    answer(model, last() as ViewMessage);
    await settle();
    const sent = model.sent.length;
    const input = async (selector: string, value: string) => {
      const field = el.querySelector<HTMLInputElement>(selector);
      if (!field) throw new Error(selector);
      field.value = value;
      field.dispatchEvent(new Event("input", { bubbles: true }));
      await settle();
    };
    await input("input[aria-label='Contrast of a, upper']", "77");
    await input("input[aria-label='Colour of b']", "#ff0000");
    el.querySelector<HTMLInputElement>("input[aria-label='Show b']")?.click();
    await settle();
    await vi.advanceTimersByTimeAsync(500);
    expect(model.sent).toHaveLength(sent);
    const colors = { em: ["#ffffff", "#ff0000"] };
    const channels = { em: [true, false] };
    expect(model.saved).toEqual([{ contrast_limits: { em: [[0, 77], null] }, colors, channels }]);
  });

  it("turns the plane at the point it shows, by the control and by a key", async () => {
    const { model, el, canvas, settle, last } = await open();
    const wanted = async () => {
      answer(model, last() as ViewMessage);
      await settle();
      const [, , plane, , slice] = last()?.wants[0] ?? [];
      return [plane, slice];
    };
    el.querySelector<HTMLInputElement>("input[value='xz']")?.click();
    await settle();
    expect(await wanted()).toEqual([1, 100]);
    expect(el.querySelector(".nbr-positions")?.textContent).toContain("y/ 199");
    canvas.dispatchEvent(new KeyboardEvent("keydown", { key: "p", bubbles: true }));
    await settle();
    expect(await wanted()).toEqual([2, 150]);
    expect(canvas.dataset).toMatchObject({ plane: "yz", position: "150,100,5", zoom: "1" });
    await vi.advanceTimersByTimeAsync(500);
    expect(Object.assign({}, ...model.saved)).toEqual({ plane: "yz" });
  });

  it("follows a resting pointer through zoom and planes", async () => {
    const { el, canvas, settle } = await open();
    const text = () => el.querySelector(".nbr-readout span")?.textContent;
    canvas.dispatchEvent(new PointerEvent("pointermove", { clientX: 220, clientY: 30, bubbles: true }));
    await settle();
    expect(text()).toBe("x 170  y 110  z 5");
    canvas.dispatchEvent(new KeyboardEvent("keydown", { key: "p", bubbles: true }));
    await settle();
    expect(text()).toBe("x 170  y 100  z 15");
    canvas.dispatchEvent(new KeyboardEvent("keydown", { key: "P", bubbles: true }));
    canvas.dispatchEvent(new KeyboardEvent("keydown", { key: "+", bubbles: true }));
    await settle();
    expect(text()).toBe("x 166  y 108  z 5");
  });

  it("selects with a click, not with a drag, and Escape clears", async () => {
    const { model, el, canvas, settle, last } = await open();
    answer(model, last() as ViewMessage);
    await settle();
    canvas.setPointerCapture = () => {};
    const pointer = (type: string, clientX: number) => {
      canvas.dispatchEvent(new PointerEvent(type, { pointerId: 1, clientX, clientY: 20, bubbles: true }));
    };
    const press = (from: number, to: number) => {
      pointer("pointerdown", from);
      pointer("pointermove", to);
      pointer("pointerup", to);
    };
    press(100, 103);
    await settle();
    expect(canvas.dataset.position).toBe("150,100,5");
    expect(el.querySelector(".nbr-chip")?.textContent).toBe("1 selected");
    press(100, 140);
    await vi.advanceTimersByTimeAsync(1000);
    expect(canvas.dataset.position).toBe("110,100,5");
    const told = Object.assign({}, ...model.saved);
    expect(told.selected_segments).toEqual({ cells: ["100"] });
    expect(told._hovered.values).toEqual({ em: ["100", "100"], cells: ["100"] });
    canvas.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }));
    pointer("pointerleave", 0);
    await vi.advanceTimersByTimeAsync(1000);
    expect(Object.assign({}, ...model.saved)).toMatchObject({
      selected_segments: { cells: [] },
      _hovered: null,
    });
    expect(el.querySelector(".nbr-chip")).toBeNull();
  });

  it("shows failed tiles, goes on with the others, and wants them again on request", async () => {
    const { model, el, canvas, settle, last } = await open();
    answer(model, last() as ViewMessage, (want) => want[0] === 1);
    await settle();
    expect(canvas.dataset).toMatchObject({ ready: "1", tilesHere: "4", tilesFailed: "2" });
    expect(el.querySelector(".nbr-problem")?.textContent).toContain("2 tiles could not be read: Gone");
    const [retry] = [...el.querySelectorAll("button")].filter((one) => one.textContent === "Retry failed");
    retry?.click();
    await settle();
    expect(last()?.wants.map((want) => want[0])).toEqual([1, 1]);
    answer(model, last() as ViewMessage);
    await settle();
    expect(canvas.dataset).toMatchObject({ ready: "1", tilesHere: "6", tilesFailed: "0" });
    expect(el.querySelector(".nbr-problem")).toBeNull();
  });

  it("keeps its tiles when only ranges change, and drops them with other layers", async () => {
    const { model, settle, last } = await open();
    answer(model, last() as ViewMessage);
    await settle();
    const sent = model.sent.length;
    const [em, cells] = SCENE.layers;
    if (!em || !cells) throw new Error("layers");
    const ranged = em.channels.map((one) => ({ ...one, contrast_range: [0, 9] as const }));
    model.python("_scene", { ...SCENE, layers: [{ ...em, channels: ranged }, cells] });
    await settle();
    expect(model.sent).toHaveLength(sent);
    model.python("_scene", { ...SCENE, layers: [{ ...cells, name: "other" }] });
    await settle();
    expect(last()?.wants.every((want) => want[0] === 0)).toBe(true);
    expect(model.sent.length).toBe(sent + 1);
  });

  it("moves by keys without telling the notebook, and leaves other keys to it", async () => {
    const { model, canvas, settle } = await open();
    const heard: string[] = [];
    document.body.addEventListener("keydown", (event) => heard.push(event.key));
    const press = (key: string) => {
      canvas.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
    };
    for (const key of [".", ".", ",", "Enter"]) press(key);
    await settle();
    expect(canvas.dataset.position).toBe("150,100,6");
    expect(heard).toEqual(["Enter"]);
    await vi.advanceTimersByTimeAsync(500);
    expect(model.saved).toEqual([{ position: [150, 100, 6] }]);
  });

  it("scrolls through slices only with focus, and zooms with Ctrl at any time", async () => {
    const { canvas, el, settle } = await open();
    const wheel = async (changes: WheelEventInit) => {
      const event = turn({ deltaY: 100, ...changes });
      canvas.dispatchEvent(event);
      await settle();
      return event.defaultPrevented;
    };
    expect(await wheel({})).toBe(false);
    expect(canvas.dataset.position).toBe("150,100,5");
    expect(el.querySelector<HTMLElement>(".nbr-hint")?.dataset.shown).toBe("1");
    expect(await wheel({ ctrlKey: true, deltaY: -100 })).toBe(true);
    expect(Number(canvas.dataset.zoom)).toBeGreaterThan(1);
    canvas.focus();
    await settle();
    expect(el.querySelector<HTMLElement>(".nbr-hint")?.dataset.shown).toBe("0");
    expect(await wheel({})).toBe(true);
    expect(canvas.dataset.position?.endsWith(",6")).toBe(true);
  });
});

describe("many views", () => {
  it("come and go without leaving anything behind", async () => {
    const listeners = countListeners();
    const models: FakeModel[] = [];
    for (let round = 0; round < 50; round++) {
      const controller = new AbortController();
      const { model, canvas, el, close, settle, last } = await open({}, controller.signal);
      answer(model, last() as ViewMessage);
      canvas.dispatchEvent(turn({ deltaY: 9, ctrlKey: true }));
      canvas.dispatchEvent(turn({ deltaY: 9 }));
      if (round % 3 > 0) await settle();
      // anywidget aborts the signal, older hosts only call what `render` returned; both may happen.
      if (round % 2 === 0) controller.abort();
      close();
      models.push(model);
      expect(el.childElementCount).toBe(0);
    }
    // Preact runs the clean-up of effects a little later.
    await vi.advanceTimersByTimeAsync(1000);
    expect(models.reduce((sum, model) => sum + model.listenerCount, 0)).toBe(0);
    for (const model of models) {
      expect(model.sent.filter(({ kind }) => kind === "close")).toHaveLength(1);
    }
    expect(observers.size).toBe(0);
    expect(listeners()).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(models.every((model) => model.sent.at(-1)?.kind === "close")).toBe(true);
  }, 30_000);
});
