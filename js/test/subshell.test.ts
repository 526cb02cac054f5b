import { describe, expect, test } from "vitest";
import { Lifetime } from "../src/lifetime";
import type { Model } from "../src/model";
import { askForOwnSubshell } from "../src/subshell";

/** A model inside a host; `id` may be told later, as a kernel does. */
function hosted(host: object, id = "comm-1") {
  const listeners = new Set<() => void>();
  const model = {
    ...host,
    get: () => id,
    on: (_: string, action: () => void) => listeners.add(action),
    off: (_: string, action: () => void) => listeners.delete(action),
  } as unknown as Model;
  return {
    model,
    listeners,
    tell: (name: string) => {
      id = name;
      for (const action of listeners) action();
    },
  };
}

function jupyterLab(handler: object) {
  return { widget_manager: { kernel: { _comms: new Map([["comm-1", handler]]) } } };
}

describe("a subshell of its own", () => {
  test("is asked for where all widgets share one", () => {
    const handler = { commsOverSubshells: "perCommTarget" };
    askForOwnSubshell(hosted(jupyterLab(handler)).model, new Lifetime());
    expect(handler.commsOverSubshells).toBe("perComm");
  });

  test("is asked for once the kernel has told the comm's name", () => {
    const handler = { commsOverSubshells: "perCommTarget" };
    const { model, tell } = hosted(jupyterLab(handler), "");
    askForOwnSubshell(model, new Lifetime());
    expect(handler.commsOverSubshells).toBe("perCommTarget");
    tell("comm-1");
    expect(handler.commsOverSubshells).toBe("perComm");
  });

  test("is left alone where the person switched subshells off", () => {
    const handler = { commsOverSubshells: "disabled" };
    askForOwnSubshell(hosted(jupyterLab(handler)).model, new Lifetime());
    expect(handler.commsOverSubshells).toBe("disabled");
  });

  test.each([
    {},
    { widget_manager: null },
    { widget_manager: { kernel: {} } },
    { widget_manager: { kernel: { _comms: new Map() } } },
    { widget_manager: { kernel: { _comms: new Map([["comm-1", {}]]) } } },
  ])("is nothing other hosts know of: %o", (host) => {
    expect(() => askForOwnSubshell(hosted(host).model, new Lifetime())).not.toThrow();
  });

  test("is no longer asked for when the view has ended", () => {
    const { model, listeners } = hosted({});
    const lifetime = new Lifetime();
    askForOwnSubshell(model, lifetime);
    expect(listeners.size).toBe(1);
    lifetime.end();
    expect(listeners.size).toBe(0);
  });
});
