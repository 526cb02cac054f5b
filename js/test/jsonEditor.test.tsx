// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { READ_AFTER } from "../src/form/JsonEditor";
import { card, entry, FakeFormModel, state } from "./support/form";
import { open } from "./support/open";

const JSON_TEXT = '{\n  "id": {},\n  "version": 1\n}';
const AREA = ".nbr-json textarea";
const WRONG = { code: "bad-datasource", text: "2 problems", where: "", hint: "" };
const REFUSAL = {
  rid: 1,
  field: "json",
  entry: -1,
  lines: [],
  problem: WRONG,
  json: [{ path: "version", line: 3, column: 14, text: "must be 1" }],
} as const;

function form() {
  return new FakeFormModel({
    _json: JSON_TEXT,
    _code: "import nb_remote as nbr",
    _state: state({ name: "em", entries: [entry({ layers: [card()] })], layer_count: 1 }),
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

it("edited JSON goes to the kernel once typing pauses, and Import waits for it", async () => {
  const model = form();
  const { find, type, settle } = await open(model);
  find<HTMLTextAreaElement>(AREA).focus();
  await type(AREA, "{");
  expect(find<HTMLButtonElement>(".nbr-finish button").disabled).toBe(true);
  await vi.advanceTimersByTimeAsync(READ_AFTER);
  expect(model.sent).toEqual([{ kind: "edit_json", rid: 1, text: "{" }]);
  model.answer();
  await settle();
  expect(find<HTMLButtonElement>(".nbr-finish button").disabled).toBe(false);
});

it("an error is marked at its line and listed, and goes with the text that it is about", async () => {
  const model = form();
  const { el, find, type, press, settle } = await open(model);
  const wrong = JSON_TEXT.replace("1", "2");
  find<HTMLTextAreaElement>(AREA).focus();
  await type(AREA, wrong);
  await vi.advanceTimersByTimeAsync(READ_AFTER);
  model.answer({ refusal: REFUSAL });
  await settle();

  expect(find(".nbr-json-lines [data-bad='1']").textContent).toBe("3");
  expect(find(".nbr-json-problems button").textContent).toBe("line 3 version must be 1");
  expect(find("[role=tablist]").textContent).toContain("invalid");
  expect(find<HTMLButtonElement>(".nbr-finish button").disabled).toBe(true);
  expect(find(".nbr-finish").textContent).toContain("see its line 3");

  find(".nbr-json-problems button").click();
  const area = find<HTMLTextAreaElement>(AREA);
  expect(wrong.slice(area.selectionStart, area.selectionStart + 1)).toBe("2");

  await press("Discard changes");
  expect(find<HTMLTextAreaElement>(AREA).value).toBe(JSON_TEXT);
  expect(el.querySelector(".nbr-json-problems button")).toBeNull();
  expect(find<HTMLButtonElement>(".nbr-finish button").disabled).toBe(false);
});

it("what the kernel made of valid text is shown once the field is left", async () => {
  const model = form();
  const { find, type, settle } = await open(model);
  const area = find<HTMLTextAreaElement>(AREA);
  area.focus();
  await type(AREA, '{"id": {}, "version": 1 }');
  await vi.advanceTimersByTimeAsync(READ_AFTER);
  model.python("_json", '{"id": {"name": "x"}}');
  model.answer();
  await settle();
  expect(area.value).toBe('{"id": {}, "version": 1 }');
  area.blur();
  await settle();
  expect(area.value).toBe('{"id": {"name": "x"}}');
});

it("keys in the text are no commands of the notebook", async () => {
  const { find } = await open(form());
  const heard = vi.fn();
  document.body.addEventListener("keydown", heard);
  find(AREA).dispatchEvent(new KeyboardEvent("keydown", { key: "d", bubbles: true }));
  document.body.removeEventListener("keydown", heard);
  expect(heard).not.toHaveBeenCalled();
});

it("the file is saved by the browser under its name", async () => {
  const model = form();
  const { press } = await open(model);
  const made: Blob[] = [];
  const names: string[] = [];
  vi.spyOn(URL, "createObjectURL").mockImplementation((blob) => {
    made.push(blob as Blob);
    return "blob:x";
  });
  vi.spyOn(URL, "revokeObjectURL").mockReturnValue();
  vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(function (this: HTMLAnchorElement) {
    names.push(this.download);
  });
  await press("Save");
  expect(names).toEqual(["datasource-properties.json"]);
  expect(await made[0]?.text()).toBe(JSON_TEXT);
});

it("after the import the file and the code can be taken along", async () => {
  const model = form();
  const { el, settle } = await open(model);
  model.answer({ imported: true, python: "ds = form.dataset" });
  await settle();
  const buttons = [...el.querySelectorAll(".nbr-take-along button")].map((one) => one.textContent);
  expect(buttons).toEqual(["Save datasource-properties.json", "Copy as code"]);
  expect(el.querySelector<HTMLTextAreaElement>(AREA)?.readOnly).toBe(true);
});
