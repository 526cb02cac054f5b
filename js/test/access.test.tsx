// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { entry, FakeFormModel } from "./support/form";
import { open } from "./support/open";

const BAD = { code: "bad-credentials", text: "no password", where: "", hint: "Type it." };

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
  document.body.replaceChildren();
});

describe("access", () => {
  const kinds = (el: HTMLElement) =>
    [...el.querySelectorAll(".nbr-access-kinds label")].map((one) => one.textContent);
  const choose = (el: HTMLElement, label: string) => {
    const one = [...el.querySelectorAll("label")].find(({ textContent }) => textContent === label);
    one?.querySelector("input")?.click();
  };
  const fill = (el: HTMLElement, values: Readonly<Record<string, string>>) => {
    for (const [label, value] of Object.entries(values)) {
      const name = [...el.querySelectorAll("label")].find(({ textContent }) => textContent === label);
      const input = el.querySelector<HTMLInputElement>(`[id="${name?.getAttribute("for")}"]`);
      if (!input) throw new Error(`no field ${label}`);
      input.value = value;
      input.dispatchEvent(new Event("input", { bubbles: true }));
    }
  };

  it("offers what fits the place that the address names", async () => {
    const model = new FakeFormModel();
    const { el, type } = await open(model);
    expect(kinds(el)).toEqual(["Anonymous", "Password", "Token"]);
    await type(".nbr-add textarea", "zarr://s3://bucket/em");
    expect(kinds(el)).toEqual(["Anonymous", "Access key", "Profile", "Environment"]);
    await type(".nbr-add textarea", "gs://bucket/em");
    expect(kinds(el)).toEqual(["Anonymous", "Service account", "Token", "Environment"]);
  });

  it("goes along with its address once, in hidden fields, and is gone when it was taken", async () => {
    const model = new FakeFormModel();
    const { el, find, type, submit, settle } = await open(model);
    await type(".nbr-add textarea", "s3://bucket/em");
    choose(el, "Access key");
    await settle();
    fill(el, { "Access key id": "AKIA1", "Secret access key": " hush " });
    await settle();
    const hidden = [...el.querySelectorAll<HTMLInputElement>("input[type=password]")];
    expect(hidden.map(({ autocomplete }) => autocomplete)).toEqual(["new-password", "new-password"]);
    await submit(".nbr-add");
    expect(model.sent).toEqual([
      {
        kind: "add",
        rid: 1,
        address: "s3://bucket/em",
        access: { kind: "key", name: "AKIA1", secret: "hush", session: "", payer: "", requester_pays: false },
      },
    ]);
    model.answer({ entries: [entry({ status: "exploring" })] });
    await settle();
    expect(find(".nbr-access b").textContent).toBe("Anonymous");
    choose(el, "Password");
    await settle();
    const left = [...el.querySelectorAll<HTMLInputElement>(".nbr-access-fields input")];
    expect(left.map(({ value }) => value)).toEqual(["", ""]);
  });

  it("is forgotten when the address leads elsewhere", async () => {
    const model = new FakeFormModel();
    const { el, find, type, submit, settle } = await open(model);
    await type(".nbr-add textarea", "https://host/em");
    choose(el, "Token");
    await settle();
    fill(el, { "Bearer token": "hush" });
    await type(".nbr-add textarea", "s3://bucket/em");
    expect(find(".nbr-access b").textContent).toBe("Anonymous");
    await submit(".nbr-add");
    expect(model.sent).toMatchObject([{ access: null }]);
  });

  it("stays where the kernel refuses it, and is unfolded with the reason", async () => {
    const model = new FakeFormModel();
    const { el, find, type, submit, settle } = await open(model);
    await type(".nbr-add textarea", "https://host/em");
    choose(el, "Password");
    await settle();
    fill(el, { "User name": "me" });
    await submit(".nbr-add");
    model.answer({
      refusal: { rid: 1, field: "access", entry: -1, lines: [], json: [], problem: BAD },
    });
    await settle();
    expect(find(".nbr-access [aria-expanded]").getAttribute("aria-expanded")).toBe("true");
    expect(find(".nbr-add .nbr-alert").textContent).toContain("No password");
    expect(find<HTMLInputElement>(".nbr-access-fields input").value).toBe("me");
    expect(find<HTMLTextAreaElement>(".nbr-add textarea").value).toBe("https://host/em");
  });

  it("takes the key of a service account from a file", async () => {
    const model = new FakeFormModel();
    const { el, find, type, submit, settle } = await open(model);
    await type(".nbr-add textarea", "gs://bucket/em");
    choose(el, "Service account");
    await settle();
    const field = find<HTMLInputElement>(".nbr-access input[type=file]");
    Object.defineProperty(field, "files", { value: [new File(['{"type": "x"}'], "key.json")] });
    field.dispatchEvent(new Event("change", { bubbles: true }));
    await settle();
    await submit(".nbr-add");
    expect(model.sent).toMatchObject([{ access: { kind: "service_account", secret: '{"type": "x"}' } }]);
  });
});
