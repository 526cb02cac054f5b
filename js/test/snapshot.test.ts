// @vitest-environment happy-dom
import { signal } from "@preact/signals";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Lifetime } from "../src/lifetime";
import type { Model } from "../src/model";
import { MAX_SNAPSHOT_BYTES, type SnapshotMessage, type Stats } from "../src/protocol";
import { hideSnapshots, INTERVAL, type Painted, pngBelow, REST, Snapshots } from "../src/snapshot";
import { XY } from "../src/view/plane";
import type { Viewer } from "../src/viewer";
import { FakeModel, NO_STATS } from "./support/model";

const STATS: Stats = NO_STATS;

/** Bytes per pixel that the next PNG takes. */
let bytesPerPixel = 0.1;
let encoded = 0;

function painted(here: number, failed = 0): Painted {
  const progress = { wanted: 3, here, failed, truncated: false, level: 0, error: null };
  const viewport = { position: [1, 2, 3.5], plane: XY, width: 800, height: 600, dpr: 2 };
  return { progress, viewport, layers: [{ index: 1 }] } as unknown as Painted;
}

function canvas(width = 800, height = 600): HTMLCanvasElement {
  return Object.assign(document.createElement("canvas"), { width, height });
}

beforeEach(() => {
  vi.useFakeTimers();
  encoded = 0;
  bytesPerPixel = 0.1;
  vi.spyOn(HTMLCanvasElement.prototype, "getContext").mockImplementation(
    () => ({ drawImage: () => undefined }) as never,
  );
  vi.spyOn(HTMLCanvasElement.prototype, "toBlob").mockImplementation(function (
    this: HTMLCanvasElement,
    done,
  ) {
    encoded++;
    const png = new Uint8Array(Math.round(this.width * this.height * bytesPerPixel)).fill(encoded);
    done({ size: png.length, arrayBuffer: async () => png.buffer } as Blob);
  });
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  document.body.replaceChildren();
});

describe("Snapshots", () => {
  function setUp(kept = true) {
    const model = new FakeModel({ _snapshots_kept: kept });
    const lifetime = new Lifetime();
    const sent = () => model.sent as SnapshotMessage[];
    return { sent, lifetime, snapshots: new Snapshots(model as Model, "v", lifetime) };
  }

  it("takes one when everything is here and nothing moved for a while", async () => {
    const { sent, snapshots } = setUp();
    snapshots.painted(canvas(), painted(2));
    await vi.advanceTimersByTimeAsync(10 * INTERVAL);
    expect(sent()).toEqual([]);
    snapshots.painted(canvas(), painted(2, 1));
    await vi.advanceTimersByTimeAsync(REST - 1);
    snapshots.painted(canvas(), painted(2, 1));
    await vi.advanceTimersByTimeAsync(REST - 1);
    expect(sent()).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    const position = [1, 2, 3.5];
    expect(sent()).toEqual([
      { kind: "snapshot", view: "v", position, plane: "xy", layers: [1], failed: 1, width: 400 },
    ]);
  });

  it("waits between two", async () => {
    const { sent, snapshots } = setUp();
    for (let frame = 0; frame < 25; frame++) {
      snapshots.painted(canvas(), painted(3));
      await vi.advanceTimersByTimeAsync(REST);
    }
    // Frames every two seconds for 50: the timer starts again with each, yet none is closer than the interval.
    expect(sent().length).toBeLessThanOrEqual((25 * REST) / INTERVAL);
    expect(sent().length).toBeGreaterThan(2);
  });

  it("takes none that nobody keeps, of nothing, or after the end", async () => {
    const unkept = setUp(false);
    unkept.snapshots.painted(canvas(), painted(3));
    const empty = setUp();
    empty.snapshots.painted(canvas(), painted(0, 3));
    const ended = setUp();
    ended.snapshots.painted(canvas(), painted(3));
    ended.lifetime.end();
    await vi.advanceTimersByTimeAsync(2 * INTERVAL);
    for (const { sent } of [unkept, empty, ended]) expect(sent()).toEqual([]);
    expect(encoded).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("pngBelow", () => {
  it("scales down what is too large", async () => {
    bytesPerPixel = 3;
    const png = await pngBelow(canvas(), MAX_SNAPSHOT_BYTES);
    expect(png?.size).toBeLessThanOrEqual(MAX_SNAPSHOT_BYTES);
    expect(png?.size).toBeGreaterThan(MAX_SNAPSHOT_BYTES / 2);
    expect(encoded).toBe(2);
  });

  it("gives up on what stays too large", async () => {
    vi.spyOn(HTMLCanvasElement.prototype, "toBlob").mockImplementation((done) => {
      done({ size: 2 * MAX_SNAPSHOT_BYTES } as Blob);
    });
    expect(await pngBelow(canvas(), MAX_SNAPSHOT_BYTES)).toBeNull();
  });
});

describe("hideSnapshots", () => {
  it("hides the pictures of this view from the kernel's first answer to the end", () => {
    const host = document.body.appendChild(document.createElement("div"));
    const stats = signal<Stats | null>(null);
    const lifetime = new Lifetime();
    const model = new FakeModel({ _comm_id: "a1-b" }) as Model;
    hideSnapshots(host, model, { requests: { stats }, lifetime } as unknown as Viewer);
    expect(host.childElementCount).toBe(0);
    stats.value = STATS;
    expect(host.textContent).toContain(".nbr-of-a1-b,");
    stats.value = { ...STATS, bytes: 1 };
    expect(host.childElementCount).toBe(1);
    lifetime.end();
    expect(host.childElementCount).toBe(0);
  });

  it("writes no style for a name that is none", () => {
    const host = document.createElement("div");
    const model = new FakeModel({ _comm_id: "a{} body" }) as Model;
    const requests = { stats: signal(STATS) };
    hideSnapshots(host, model, { requests, lifetime: new Lifetime() } as unknown as Viewer);
    expect(host.childElementCount).toBe(0);
  });
});
