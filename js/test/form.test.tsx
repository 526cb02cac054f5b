// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { LOST_AFTER, SLOW_AFTER, VIEW_COMES_WITHIN } from "../src/form/client";
import { SoftCanvas } from "./support/canvas";
import { card, entry, FakeFormModel, state } from "./support/form";
import { FakeModel } from "./support/model";
import { open } from "./support/open";

const BAD = { code: "invalid-address", text: "the address is empty", where: "", hint: "Try https://." };

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  document.body.replaceChildren();
});

describe("the address field", () => {
  it("is emptied once the kernel has taken the address, and not before", async () => {
    const model = new FakeFormModel();
    const { find, type, submit, settle } = await open(model);
    await type(".nbr-add textarea", "https://me:word@host/em.zarr");
    await submit(".nbr-add");
    expect(model.sent).toEqual([
      { kind: "add", rid: 1, address: "https://me:word@host/em.zarr", access: null },
    ]);
    expect(find<HTMLTextAreaElement>(".nbr-add textarea").readOnly).toBe(true);
    model.answer({ entries: [entry({ status: "exploring" })] });
    await settle();
    expect(find<HTMLTextAreaElement>(".nbr-add textarea").value).toBe("");
    expect(document.activeElement).toBe(find(".nbr-add textarea"));
  });

  it("keeps what was refused, says why, and forgets that with the next letter", async () => {
    const model = new FakeFormModel();
    const { el, find, type, submit, settle } = await open(model);
    await type(".nbr-add textarea", "em");
    await submit(".nbr-add");
    model.answer({ refusal: { rid: 1, field: "address", entry: -1, lines: [], json: [], problem: BAD } });
    await settle();
    expect(find<HTMLTextAreaElement>(".nbr-add textarea").value).toBe("em");
    expect(find(".nbr-add [role=alert]").textContent).toBe("The address is empty.Try https://.");
    await type(".nbr-add textarea", "em.");
    expect(el.querySelector(".nbr-alert")).toBeNull();
  });

  it("sends nothing for nothing", async () => {
    const model = new FakeFormModel();
    const { submit } = await open(model);
    await submit(".nbr-add");
    expect(model.sent).toEqual([]);
  });

  it("says when the kernel takes its time, until it answers", async () => {
    const model = new FakeFormModel();
    const { el, type, submit, settle } = await open(model);
    await type(".nbr-add textarea", "em");
    await submit(".nbr-add");
    expect(el.textContent).not.toContain("waiting for the kernel");
    await vi.advanceTimersByTimeAsync(SLOW_AFTER);
    expect(el.textContent).toContain("waiting for the kernel");
    await vi.advanceTimersByTimeAsync(LOST_AFTER);
    expect(el.textContent).toContain("run this cell again");
    model.answer();
    await settle();
    expect(el.querySelector(".nbr-busy")).toBeNull();
  });
});

describe("an address", () => {
  it("that is looked at shows documents and seconds, and stops by button or Escape", async () => {
    const documents = [
      { key: ".zattrs", answer: "there" as const },
      { key: "0/.zarray", answer: "asked" as const },
    ];
    const model = new FakeFormModel({
      _state: state({ entries: [entry({ status: "exploring", elapsed_s: 2, documents })] }),
    });
    const { el, find, press } = await open(model);
    await vi.advanceTimersByTimeAsync(1000);
    expect(find(".nbr-tally").textContent).toBe("3 s · 7 requests");
    expect(find("[data-answer=asked]").textContent).toBe("0/.zarray asked for");
    await press("Cancel");
    find(".nbr-add textarea").dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }));
    expect(model.sent.map(({ kind }) => kind)).toEqual(["cancel", "cancel"]);
    expect(el.querySelector("[role=status]")?.textContent).toBe("Looking at https://host/em.zarr");
  });

  it("that failed says what was tried and can be tried again", async () => {
    const tried = [{ format: "N5", looked_at: ["attributes.json"], reason: "it is broken" }];
    const model = new FakeFormModel({
      _state: state({ entries: [entry({ status: "failed", problem: BAD, tried })] }),
    });
    const { find, press } = await open(model);
    expect(find(".nbr-tried").textContent).toBe("N5it is brokenlooked at attributes.json");
    await press("Try again");
    await press("Edit address");
    expect(find<HTMLTextAreaElement>(".nbr-add textarea").value).toBe("https://host/em.zarr");
    expect(model.sent.map(({ kind }) => kind)).toEqual(["retry", "remove"]);
  });

  it("that was found shows each value with its origin, as text and never as markup", async () => {
    const layers = [card({ name: "<img src=x>" }), card({ index: 1, name: "b" })];
    const model = new FakeFormModel({
      _json: '{"name": "<b>"}',
      _state: state({ entries: [entry({ layers })], layer_count: 2 }),
    });
    const { el, find, press } = await open(model);
    expect(el.querySelector("img")).toBeNull();
    expect(find(".nbr-entry .nbr-disclosure-line").textContent).toContain("<img src=x>");
    expect(find(".nbr-facts").textContent).toContain("1 × 1 × 1 nmassumedConfirmno unit is given");
    expect(find<HTMLTextAreaElement>(".nbr-json textarea").value).toBe('{"name": "<b>"}');
    await press("Remove layer b");
    expect(model.sent).toEqual([{ kind: "remove_layer", rid: 1, entry: 1, layer: 1 }]);
  });
});

it("what can't be followed for no field's fault is said below the address", async () => {
  const model = new FakeFormModel();
  const { find, settle } = await open(model);
  const problem = { code: "error", text: "this address is no longer in the list", where: "", hint: "" };
  model.answer({ refusal: { rid: 1, field: "form", entry: -1, lines: [], json: [], problem } });
  await settle();
  expect(find(".nbr-form-refusal[role=alert]").textContent).toBe("This address is no longer in the list.");
});

describe("the import", () => {
  const found = state({ name: "em", entries: [entry({ layers: [card()] })], layer_count: 1 });

  it("sends the name that is shown, and then gives the line to go on with", async () => {
    const model = new FakeFormModel({ _json: "{}", _state: found });
    const { el, find, type, submit, settle } = await open(model);
    expect(find<HTMLInputElement>(".nbr-finish input").value).toBe("em");
    await type(".nbr-finish input", "cortex");
    find(".nbr-finish input").dispatchEvent(new Event("blur"));
    await submit(".nbr-finish");
    expect(model.sent).toEqual([
      { kind: "rename", rid: 1, name: "cortex" },
      { kind: "import", rid: 2, name: "cortex" },
    ]);
    model.answer({ imported: true, python: "ds = form.dataset" });
    await settle();
    expect(find(".nbr-python code").textContent).toBe("ds = form.dataset");
    expect(document.activeElement).toBe(find(".nbr-imported"));
    expect(el.querySelector(".nbr-add")).toBeNull();
    expect(el.querySelector("[aria-label^=Remove]")).toBeNull();
  });

  it("waits while something is looked at", async () => {
    const entries = [...found.entries, entry({ number: 2, where: "https://b", status: "exploring" })];
    const { find } = await open(new FakeFormModel({ _json: "{}", _state: { ...found, entries } }));
    expect(find<HTMLButtonElement>(".nbr-finish button").disabled).toBe(true);
  });

  it("shows what is wrong with the name at its field", async () => {
    const model = new FakeFormModel({ _json: "{}", _state: found });
    const { find, submit, settle } = await open(model);
    await submit(".nbr-finish");
    model.answer({
      refusal: { rid: 1, field: "name", entry: -1, lines: [], json: [], problem: { ...BAD, text: "no" } },
    });
    await settle();
    expect(find(".nbr-finish [role=alert]").textContent).toContain("No.");
    expect(document.activeElement).toBe(find(".nbr-finish input"));
  });
});

describe("the canvas", () => {
  it("is said to follow where the host has no widget manager, or lost the view", async () => {
    for (const children of [undefined, {}]) {
      const model = new FakeFormModel(
        { _view: "IPY_MODEL_1", _json: "{}", _state: state({ entries: [entry()], layer_count: 1 }) },
        children,
      );
      const { find } = await open(model);
      expect(find(".nbr-preview-empty").textContent).toContain("form.dataset.view()");
    }
  });

  it("is given up where the host never says whether it has the view", async () => {
    const model = new FakeFormModel(
      { _view: "IPY_MODEL_1", _json: "{}", _state: state({ entries: [entry()], layer_count: 1 }) },
      { "1": new Promise(() => {}) },
    );
    const { find } = await open(model);
    expect(find(".nbr-preview-empty").textContent).toContain("Opening the view");
    await vi.advanceTimersByTimeAsync(VIEW_COMES_WITHIN);
    expect(find(".nbr-preview-empty").textContent).toContain("form.dataset.view()");
  });

  it("is drawn from the view's own model, and let go when another one replaces it", async () => {
    vi.spyOn(HTMLCanvasElement.prototype, "getContext").mockReturnValue(
      new SoftCanvas().getContext() as never,
    );
    const [first, second] = [new FakeModel(), new FakeModel()];
    const model = new FakeFormModel(
      { _view: "IPY_MODEL_1", _json: "{}", _state: state({ entries: [entry()], layer_count: 1 }) },
      { "1": first, "2": second },
    );
    const { el, settle, close } = await open(model);
    expect(el.querySelectorAll("canvas")).toHaveLength(1);
    expect(first.listenerCount).toBeGreaterThan(0);
    model.python("_view", "IPY_MODEL_2");
    await settle();
    expect(el.querySelectorAll("canvas")).toHaveLength(1);
    expect(first.listenerCount).toBe(0);
    model.python("_view", null);
    await settle();
    expect(el.querySelector("canvas")).toBeNull();
    close();
    expect(second.listenerCount).toBe(0);
  });
});

it("tabs go by arrow keys", async () => {
  const model = new FakeFormModel({ _json: "{}", _state: state({ entries: [entry()], layer_count: 1 }) });
  const { el, settle } = await open(model);
  const [first, second] = [...el.querySelectorAll<HTMLElement>("[role=tab]")];
  first?.focus();
  first?.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight", bubbles: true }));
  await settle();
  expect(document.activeElement).toBe(second);
  expect(second?.getAttribute("aria-selected")).toBe("true");
  expect(el.querySelectorAll("[role=tabpanel]:not([hidden])")).toHaveLength(1);
});

it("many forms come and go without leaving anything behind", async () => {
  const models: FakeFormModel[] = [];
  for (let round = 0; round < 20; round++) {
    const model = new FakeFormModel({
      _view: "IPY_MODEL_1",
      _state: state({ entries: [entry({ status: "exploring" })] }),
    });
    const { close, el, type, submit } = await open(model);
    await type(".nbr-add textarea", "em");
    await submit(".nbr-add");
    close();
    expect(el.childElementCount).toBe(0);
    models.push(model);
  }
  await vi.advanceTimersByTimeAsync(1000);
  expect(models.reduce((sum, model) => sum + model.listenerCount, 0)).toBe(0);
  expect(vi.getTimerCount()).toBe(0);
});
