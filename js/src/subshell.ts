import type { Lifetime } from "./lifetime";

/** What is needed of a model; the view's and the form's have it. */
interface CommModel {
  get(name: "_comm_id"): string;
  on(event: "change:_comm_id", action: () => void): void;
  off(event: "change:_comm_id", action: () => void): void;
}

/** What JupyterLab's kernel connection keeps of a comm; private there, so every step is looked at. */
interface CommHandler {
  commsOverSubshells?: unknown;
}

/**
 * Asks JupyterLab to answer this widget's messages on a subshell of their own. By default all widgets of
 * a kernel share one, and another widget's slow handler would hold our tiles up. Other hosts, and
 * kernels without subshells, have nothing of the kind and go on as they are.
 */
export function askForOwnSubshell(model: CommModel, lifetime: Lifetime): void {
  const ask = () => {
    const handler = commHandler(model);
    if (handler && "commsOverSubshells" in handler && handler.commsOverSubshells === "perCommTarget") {
      handler.commsOverSubshells = "perComm";
    }
  };
  ask();
  // The kernel tells the name of its comm only when the comm is open.
  model.on("change:_comm_id", ask);
  lifetime.onEnd(() => model.off("change:_comm_id", ask));
}

function commHandler(model: CommModel): CommHandler | undefined {
  const id = model.get("_comm_id");
  const comms = member(member(member(model, "widget_manager"), "kernel"), "_comms");
  if (!id || !(comms instanceof Map)) return undefined;
  const handler: unknown = comms.get(id);
  return typeof handler === "object" && handler !== null ? handler : undefined;
}

function member(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
