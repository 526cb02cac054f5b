import { type ReadonlySignal, signal } from "@preact/signals";
import type { Lifetime } from "./lifetime";
import type { Model } from "./model";

/** How the page stands to the kernel: `gone` is for good, since a restarted kernel knows nothing of us. */
export type Link = "live" | "broken" | "gone";

interface Signal {
  connect(slot: () => void): unknown;
  disconnect(slot: () => void): unknown;
}

/** JupyterLab's kernel connection, as far as it is there; other hosts have none and are taken for live. */
interface Connection {
  readonly status?: unknown;
  readonly connectionStatus?: unknown;
  readonly isDisposed?: unknown;
  readonly statusChanged?: Signal;
  readonly connectionStatusChanged?: Signal;
}

const ENDED: ReadonlySet<unknown> = new Set(["restarting", "autorestarting", "terminating", "dead"]);

/** Follows whether the kernel that made this widget can be reached. */
export function followLink(model: Model, lifetime: Lifetime): ReadonlySignal<Link> {
  const link = signal<Link>("live");
  const connection = connectionOf(model);
  const end = () => {
    link.value = "gone";
  };
  const look = () => {
    if (link.peek() === "gone") return;
    if (ENDED.has(connection?.status) || connection?.isDisposed === true) end();
    else link.value = isBroken(connection?.connectionStatus) ? "broken" : "live";
  };
  // Widget managers tell it once, when the kernel restarts or closes the widget.
  model.on("comm_live_update", end);
  lifetime.onEnd(() => model.off("comm_live_update", end));
  for (const changed of [connection?.statusChanged, connection?.connectionStatusChanged]) {
    changed?.connect(look);
    lifetime.onEnd(() => changed?.disconnect(look));
  }
  look();
  return link;
}

/** The same model, which no longer speaks once nobody is there: a closed comm throws. */
export function whileLinked(model: Model, link: ReadonlySignal<Link>): Model {
  const live = () => link.peek() !== "gone";
  return {
    get: (name) => model.get(name),
    set: (name, value) => model.set(name, value),
    save_changes: () => {
      if (live()) model.save_changes();
    },
    send: (content, callbacks, buffers) => {
      if (live()) model.send(content, callbacks, buffers);
    },
    on: ((event: never, action: never) => model.on(event, action)) as Model["on"],
    off: (event, action) => model.off(event, action),
  };
}

function isBroken(status: unknown): boolean {
  return status === "connecting" || status === "disconnected";
}

function connectionOf(model: unknown): Connection | undefined {
  const manager = (model as { widget_manager?: { kernel?: unknown } }).widget_manager;
  const kernel = manager?.kernel;
  return typeof kernel === "object" && kernel !== null ? kernel : undefined;
}
