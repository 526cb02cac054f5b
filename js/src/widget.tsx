import type { AnyModel } from "@anywidget/types";
import { render as renderInto } from "preact";
import { App } from "./controls/App";
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

function render({ model, el, signal }: RenderProps): () => void {
  const viewer = new Viewer(model as unknown as Model, signal);
  askForOwnSubshell(model as unknown as Model, viewer.lifetime);
  const root = el.ownerDocument.createElement("div");
  root.className = "nbr";
  // The cell's own context menu and shortcuts stay out of the widget. JupyterLab looks for the mark on
  // the focused element before its ancestors, so whatever takes the focus gets it.
  root.dataset.jpSuppressContextMenu = "true";
  viewer.lifetime.listen(root, "focusin", ({ target }) => {
    if (target instanceof HTMLElement) target.dataset.lmSuppressShortcuts = "true";
  });
  el.append(root);
  hideSnapshots(el, model as unknown as Model, viewer);
  renderInto(<App viewer={viewer} />, root);
  viewer.lifetime.onEnd(() => {
    renderInto(null, root);
    root.remove();
  });
  return () => viewer.lifetime.end();
}

export default { initialize, render };
