import { vi } from "vitest";
import widget from "../../src/widget";
import type { FakeFormModel } from "./form";

/** Shows a form in the document, with what a person can do to it; timers are fake ones. */
export async function open(model: FakeFormModel) {
  const el = document.createElement("div");
  document.body.append(el);
  const close = widget.render({ model: model as never, el });
  const settle = () => vi.advanceTimersByTimeAsync(50);
  await settle();
  const find = <E extends HTMLElement>(selector: string) => {
    const found = el.querySelector<E>(selector);
    if (!found) throw new Error(`no ${selector} in ${el.innerHTML}`);
    return found;
  };
  const press = async (name: string) => {
    const button = [...el.querySelectorAll("button")].find(
      (one) => (one.getAttribute("aria-label") ?? one.textContent) === name,
    );
    if (!button) throw new Error(`no button ${name}`);
    button.click();
    await settle();
  };
  const type = async (selector: string, text: string) => {
    const field = find<HTMLInputElement>(selector);
    field.value = text;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    await settle();
  };
  const submit = async (selector: string) => {
    find(selector).dispatchEvent(new Event("submit", { bubbles: true, cancelable: true }));
    await settle();
  };
  return { el, close, settle, find, press, type, submit };
}
