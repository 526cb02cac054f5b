import type { AnyModel } from "@anywidget/types";
import { type ComponentChild, render as renderInto } from "preact";
import { App } from "./controls/App";
import { FormClient } from "./form/client";
import { Form } from "./form/Form";
import type { FormModel } from "./form/model";
import type { Lifetime } from "./lifetime";
import type { Model } from "./model";
import { hideSnapshots } from "./snapshot";
import { askForOwnSubshell } from "./subshell";
import { Viewer } from "./viewer";

interface RenderProps {
  model: AnyModel;
  el: HTMLElement;
  /** Only newer versions of anywidget pass one. */
  signal?: AbortSignal;
}

/** anywidget gives this two seconds and messages wait for it, so it does nothing. */
function initialize(): void {}

/** One bundle for both widgets; each says what it is. */
function render({ model, el, signal }: RenderProps): () => void {
  return model.get("_kind") === "form"
    ? renderForm(model as unknown as FormModel, el, signal)
    : renderView(model as unknown as Model, el, signal);
}

function renderView(model: Model, el: HTMLElement, signal?: AbortSignal): () => void {
  const viewer = new Viewer(model, signal);
  askForOwnSubshell(model, viewer.lifetime);
  hideSnapshots(el, model, viewer);
  return mount(<App viewer={viewer} />, el, viewer.lifetime);
}

function renderForm(model: FormModel, el: HTMLElement, signal?: AbortSignal): () => void {
  const client = new FormClient(model, signal);
  askForOwnSubshell(model, client.lifetime);
  return mount(<Form client={client} />, el, client.lifetime);
}

/** Puts a widget into the page until its lifetime ends; returns what ends it. */
function mount(content: ComponentChild, el: HTMLElement, lifetime: Lifetime): () => void {
  const root = el.ownerDocument.createElement("div");
  root.className = "nbr";
  // The cell's own context menu and shortcuts stay out of the widget. JupyterLab looks for the mark on
  // the focused element before its ancestors, so whatever takes the focus gets it.
  root.dataset.jpSuppressContextMenu = "true";
  lifetime.listen(root, "focusin", ({ target }) => {
    if (target instanceof HTMLElement) target.dataset.lmSuppressShortcuts = "true";
  });
  el.append(root);
  renderInto(content, root);
  lifetime.onEnd(() => {
    renderInto(null, root);
    root.remove();
  });
  return () => lifetime.end();
}

export default { initialize, render };
