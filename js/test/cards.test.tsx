// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { TYPED_AFTER } from "../src/form/Editor";
import type { Edit, FormState } from "../src/form/protocol";
import { SoftCanvas } from "./support/canvas";
import { card, entry, FakeFormModel, state } from "./support/form";
import { FakeModel } from "./support/model";
import { open } from "./support/open";

const WRONG = { code: "invalid-correction", text: "it can't be", where: "", hint: "Try 4." };
const VOXEL: Edit = {
  field: "voxel_size",
  channel: 0,
  value: ["1", "1", "1", "nanometer"],
  corrected: false,
};
const about = { kind: "correct", entry: 1, layer: 0, channel: 0 } as const;

function form(edit: Edit = VOXEL, changes: Partial<FormState> = {}) {
  const fact = { label: "voxel size", value: "1 × 1 × 1 nm", origin: "assumed", note: "", edit } as const;
  const layers = [card({ facts: [fact] }), card({ index: 1, name: "cells", facts: [] })];
  return new FakeFormModel({
    _json: "{}",
    _state: state({ entries: [entry({ layers })], layer_count: 2, ...changes }),
  });
}

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  document.body.replaceChildren();
});

async function key(el: Element, name: string) {
  el.dispatchEvent(new KeyboardEvent("keydown", { key: name, bubbles: true, cancelable: true }));
  await vi.advanceTimersByTimeAsync(50);
}

describe("a property", () => {
  it("is sent once typing pauses, and closes by Enter when the kernel agrees", async () => {
    const model = form();
    const { el, find, press, type, settle } = await open(model);
    await press("Edit voxel size of em: 1 × 1 × 1 nm");
    expect(document.activeElement).toBe(find(".nbr-editor input"));
    await type(".nbr-editor input", "4");
    expect(model.sent).toEqual([]);
    await vi.advanceTimersByTimeAsync(TYPED_AFTER);
    expect(model.sent).toEqual([
      { ...about, rid: 1, field: "voxel_size", value: ["4", "1", "1", "nanometer"] },
    ]);
    await key(find(".nbr-editor input"), "Enter");
    expect(el.querySelector(".nbr-editor")).not.toBeNull();
    model.answer();
    await settle();
    expect(el.querySelector(".nbr-editor")).toBeNull();
    expect(model.sent).toHaveLength(1);
  });

  it("that is plainly wrong says so at once and is not sent", async () => {
    const model = form();
    const { find, press, type } = await open(model);
    await press("Edit voxel size of em: 1 × 1 × 1 nm");
    await type(".nbr-editor input", "0");
    expect(find(".nbr-editor [role=alert]").textContent).toContain("larger than 0");
    expect(find(".nbr-editor input").getAttribute("aria-invalid")).toBe("true");
    await vi.advanceTimersByTimeAsync(TYPED_AFTER);
    await key(find(".nbr-editor input"), "Enter");
    expect(model.sent).toEqual([]);
    expect(find(".nbr-editor")).toBeTruthy();
  });

  it("shows what the kernel has against it at the field, until something else is typed", async () => {
    const model = form();
    const { find, press, type, settle } = await open(model);
    await press("Edit voxel size of em: 1 × 1 × 1 nm");
    await type(".nbr-editor input", "5");
    await key(find(".nbr-editor input"), "Enter");
    model.answer({ refusal: { rid: 1, field: "layer", entry: 1, lines: [], json: [], problem: WRONG } });
    await settle();
    expect(find(".nbr-editor [role=alert]").textContent).toBe("It can't be. Try 4.");
    await type(".nbr-editor input", "4");
    expect(find(".nbr-editor [role=alert]").textContent).toBe("");
  });

  it("is as it was after Escape", async () => {
    const model = form();
    const { el, find, press, type } = await open(model);
    await press("Edit voxel size of em: 1 × 1 × 1 nm");
    await type(".nbr-editor input", "4");
    await vi.advanceTimersByTimeAsync(TYPED_AFTER);
    await key(find(".nbr-editor input"), "Escape");
    expect(el.querySelector(".nbr-editor")).toBeNull();
    expect(model.sent.at(-1)).toEqual({ ...about, rid: 2, field: "voxel_size", value: [] });
  });

  it("that is assumed can be confirmed, one that was corrected taken back", async () => {
    const model = form({ ...VOXEL, corrected: true });
    const { press } = await open(model);
    await press("Confirm voxel size of em");
    await press("Take back voxel size of em");
    expect(model.sent.map((one) => one.kind === "correct" && one.value)).toEqual([VOXEL.value, []]);
    const edit = "Edit voxel size of em: 1 × 1 × 1 nm";
    expect(document.activeElement?.getAttribute("aria-label")).toBe(edit);
  });

  it("is only read once the dataset is imported", async () => {
    const { el } = await open(form(VOXEL, { imported: true }));
    expect(el.querySelector(".nbr-facts button, .nbr-disclosure-line [aria-label^=Move]")).toBeNull();
  });
});

it("layers change places by buttons that the keyboard reaches", async () => {
  const model = form();
  const { el, press, settle } = await open(model);
  await press("Move layer em down");
  expect(model.sent).toEqual([{ kind: "move_layer", rid: 1, entry: 1, layer: 0, up: false }]);
  const up = el.querySelector<HTMLButtonElement>("[aria-label='Move layer em up']");
  expect(up?.disabled).toBe(true);
  // at the end there is only the way back, which gets the focus
  const order = [
    { entry: 1, layer: 1 },
    { entry: 1, layer: 0 },
  ];
  model.answer({ order });
  await settle();
  expect(document.activeElement?.getAttribute("aria-label")).toBe("Move layer em up");
});

describe("an address that fails", () => {
  const failed = entry({ status: "failed", problem: { ...WRONG, where: "https://host/em.zarr" } });

  it("is diagnosed, and the diagnosis can be stopped", async () => {
    const model = new FakeFormModel({ _state: state({ entries: [failed] }) });
    const { press, settle, el } = await open(model);
    await press("Diagnose");
    const diagnosed = { running: true, verdict: "", ok: false, steps: [], hints: [] };
    model.answer({ entries: [{ ...failed, diagnosed }] });
    await settle();
    expect(el.textContent).toContain("20 seconds at most");
    await press("Cancel");
    expect(model.sent.map(({ kind }) => kind)).toEqual(["diagnose", "cancel"]);
  });

  it("shows each step, what to try, and what may have been meant one click away", async () => {
    const steps = [
      { name: "tls", outcome: "ok", found: "the connection is protected", hint: "", details: [] },
      { name: "formats", outcome: "failed", found: "nothing", hint: "", details: ["N5: <b>"] },
    ] as const;
    const diagnosed = { running: false, verdict: "nothing", ok: false, steps, hints: ["Try this."] };
    const model = new FakeFormModel({
      _state: state({ entries: [{ ...failed, diagnosed, near: ["https://host/e.zarr"] }] }),
    });
    const { find, press } = await open(model);
    expect(find(".nbr-diagnosis").textContent).toContain("TLSpassed:the connection is protected");
    expect(find("[data-outcome=failed]").textContent).toContain("N5: <b>");
    expect(find(".nbr-diagnosis ul").textContent).toBe("Try this.");
    await press("Look at https://host/e.zarr");
    expect(model.sent).toEqual([{ kind: "look_near", rid: 1, entry: 1, near: 0 }]);
  });

  it("of a link offers no diagnosis, which is of one address", async () => {
    const { el } = await open(
      new FakeFormModel({ _state: state({ entries: [{ ...failed, kind: "link" }] }) }),
    );
    expect(el.textContent).not.toContain("Diagnose");
  });
});

describe("several addresses", () => {
  it("are sent together; those that were not taken stay with what is wrong", async () => {
    const model = new FakeFormModel();
    const { find, type, submit, settle } = await open(model);
    await type(".nbr-add textarea", "https://a\nb\nhttps://c");
    expect(find(".nbr-add button[type=submit]").textContent).toBe("Add 3 addresses");
    await submit(".nbr-add");
    const lines = [{ line: 2, problem: WRONG }];
    model.answer({
      refusal: {
        rid: 1,
        field: "address",
        entry: -1,
        lines,
        json: [],
        problem: { ...WRONG, text: "1 of 3" },
      },
    });
    await settle();
    expect(find<HTMLTextAreaElement>(".nbr-add textarea").value).toBe("b");
    expect(find(".nbr-refused-lines").textContent).toBe("it can't be Try 4.");
  });

  it("beyond the limit are not sent, and the limit is said", async () => {
    const model = new FakeFormModel();
    const { find, type, submit } = await open(model);
    await type(".nbr-add textarea", "https://a\n".repeat(33));
    await submit(".nbr-add");
    expect(find(".nbr-add [role=alert]").textContent).toBe("33 addresses: at most 32 are taken at once.");
    expect(model.sent).toEqual([]);
  });
});

it("a saved file is opened as if its text were pasted", async () => {
  const model = new FakeFormModel();
  const { find, settle } = await open(model);
  const field = find<HTMLInputElement>(".nbr-field input[type=file]");
  Object.defineProperty(field, "files", { value: [new File(['{"dataLayers": []}'], "a.json")] });
  field.dispatchEvent(new Event("change", { bubbles: true }));
  await settle();
  expect(model.sent).toEqual([{ kind: "add", rid: 1, address: '{"dataLayers": []}', access: null }]);
});

it("contrast that is measured is taken over as the canvas shows it", async () => {
  vi.spyOn(HTMLCanvasElement.prototype, "getContext").mockReturnValue(new SoftCanvas().getContext() as never);
  const edit = { field: "contrast", channel: 0, value: ["", ""], corrected: false } as const;
  const fact = {
    label: "contrast",
    value: "measured when shown",
    origin: "sampled",
    note: "",
    edit,
  } as const;
  const model = new FakeFormModel(
    {
      _json: "{}",
      _view: "IPY_MODEL_1",
      _state: state({ entries: [entry({ layers: [card({ facts: [fact] })] })], layer_count: 1 }),
    },
    { "1": new FakeModel({ contrast_limits: { em: [[2.00000001, 200]] } }) },
  );
  const { find, press } = await open(model);
  await press("Edit contrast of em: measured when shown");
  expect(find(".nbr-editor [role=alert]").textContent).toBe("");
  await press("As on the canvas");
  await vi.advanceTimersByTimeAsync(TYPED_AFTER);
  expect(model.sent).toEqual([{ ...about, rid: 1, field: "contrast", value: ["2", "200"] }]);
});

it("all that is assumed of a layer can be confirmed at once", async () => {
  const facts = ["category", "axes"].map((field) => ({
    label: field,
    value: "x",
    origin: "assumed" as const,
    note: "",
    edit: { field: field as Edit["field"], channel: 0, value: [field], corrected: false },
  }));
  const model = new FakeFormModel({
    _json: "{}",
    _state: state({ entries: [entry({ layers: [card({ facts })] })], layer_count: 1 }),
  });
  const { find, press } = await open(model);
  expect(find(".nbr-badge-assumed").textContent).toBe("2 assumed");
  await press("Confirm all");
  expect(model.sent).toEqual([
    { ...about, rid: 1, field: "category", value: ["category"] },
    { ...about, rid: 2, field: "axes", value: ["axes"] },
  ]);
});

it("what fails or is looked at is seen from the JSON, too", async () => {
  const entries = [
    entry({ layers: [card()] }),
    entry({ number: 2, where: "https://b", status: "failed", problem: WRONG }),
    entry({ number: 3, where: "https://c", status: "exploring" }),
  ];
  const model = new FakeFormModel({ _json: "{}", _state: state({ entries, layer_count: 1 }) });
  const { find } = await open(model);
  expect(find("[role=tab]").textContent).toBe("1 layer 1 failed");
  expect(find("[role=tab] .nbr-spinner")).toBeTruthy();
});
