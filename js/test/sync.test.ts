import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Lifetime } from "../src/lifetime";
import { REST } from "../src/shared";
import { Synced } from "../src/sync";
import { XY, XZ, YZ } from "../src/view/plane";
import { FakeModel } from "./support/model";
import { layer, scene } from "./support/scenes";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

function setUp(traits: ConstructorParameters<typeof FakeModel>[0] = {}) {
  const model = new FakeModel({ position: [1, 2, 3], zoom: 2, ...traits });
  const lifetime = new Lifetime();
  return { model, lifetime, synced: new Synced(model, lifetime) };
}

describe("synced state", () => {
  it("begins with the traits and follows Python at once", () => {
    const { model, synced } = setUp();
    expect(synced.position.value).toEqual([1, 2, 3]);
    model.python("position", [7, 8, 9]);
    model.python("zoom", 4);
    model.python("contrast_limits", { em: [[1, 2]] });
    expect([synced.position.value, synced.zoom.value]).toEqual([[7, 8, 9], 4]);
    expect(synced.contrast.value).toEqual({ em: [[1, 2]] });
    expect(model.saved).toEqual([]);
  });

  it("tells Python when a gesture rests, once, and only what changed", () => {
    const { model, synced } = setUp();
    for (let step = 1; step <= 10; step++) {
      synced.moveTo([step, 2, 3]);
      vi.advanceTimersByTime(REST - 1);
    }
    expect(synced.position.value).toEqual([10, 2, 3]);
    expect(model.saved).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(model.saved).toEqual([{ position: [10, 2, 3] }]);
    synced.moveTo([0, 0, 0]);
    synced.zoomTo(8);
    vi.advanceTimersByTime(REST);
    expect(model.saved.at(-1)).toEqual({ position: [0, 0, 0], zoom: 8 });
  });

  it("lets Python win over a gesture that has not rested", () => {
    const { model, synced } = setUp();
    synced.moveTo([5, 5, 5]);
    model.python("position", [9, 9, 9]);
    vi.advanceTimersByTime(1000);
    expect(synced.position.value).toEqual([9, 9, 9]);
    expect(model.saved).toEqual([]);
  });

  it("tells again what a broken connection lost", () => {
    const { model, synced } = setUp();
    const before = model.get("_told");
    synced.moveTo([5, 5, 5]);
    vi.advanceTimersByTime(REST);
    // the kernel never heard of it, and Python has zoomed meanwhile
    model.restore({ position: [1, 2, 3], _told: before, zoom: 16 });
    expect([synced.position.value, synced.zoom.value]).toEqual([[5, 5, 5], 16]);
    vi.advanceTimersByTime(REST);
    expect(model.saved).toEqual([{ position: [5, 5, 5] }, { position: [5, 5, 5] }]);
    vi.advanceTimersByTime(1000);
    expect(model.saved).toHaveLength(2);
  });

  it("believes a restored state that has heard all", () => {
    const { model, synced } = setUp();
    synced.moveTo([5, 5, 5]);
    vi.advanceTimersByTime(REST);
    model.restore({ position: [9, 9, 9], _told: [...model.get("_told")] as never });
    expect(synced.position.value).toEqual([9, 9, 9]);
  });

  it("believes a state to which another page has told something since", () => {
    const { model, synced } = setUp();
    synced.moveTo([5, 5, 5]);
    vi.advanceTimersByTime(REST);
    model.restore({ position: [9, 9, 9], _told: ["another page", 1] });
    expect(synced.position.value).toEqual([9, 9, 9]);
  });

  it("changes the limits of one channel and leaves the others", () => {
    const { model, synced } = setUp({ contrast_limits: { a: [[0, 1]], b: [null, [3, 4]] } });
    synced.setLimits("b", 0, 2, [5, 6]);
    synced.setLimits("c", 1, 2, [7, 8]);
    vi.advanceTimersByTime(REST);
    const limits = {
      a: [[0, 1]],
      b: [
        [5, 6],
        [3, 4],
      ],
      c: [null, [7, 8]],
    };
    expect(model.saved).toEqual([{ contrast_limits: limits }]);
  });

  it("tells all that a gesture changed in one message", () => {
    const { model, synced } = setUp({ visible: { em: true, cells: true }, selected_segments: { cells: [] } });
    expect(synced.plane.value).toBe(XY);
    synced.plane.set(YZ);
    synced.setVisible("em", false);
    synced.setOpacity("cells", 0.25);
    synced.setExtra("t", 3);
    synced.select("cells", ["18446744073709551615"]);
    expect(synced.choices.value).toMatchObject({ visible: { em: false, cells: true }, extra: { t: 3 } });
    vi.advanceTimersByTime(REST);
    expect(model.saved).toEqual([
      {
        plane: "yz",
        visible: { em: false, cells: true },
        opacity: { cells: 0.25 },
        extra_axes: { t: 3 },
        selected_segments: { cells: ["18446744073709551615"] },
      },
    ]);
    model.python("plane", "xz");
    expect(synced.plane.value).toBe(XZ);
  });

  it("reads the scene as an object or as text, and bears odd traits", () => {
    const one = scene([layer()]);
    expect(setUp({ _scene: one }).synced.scene.value).toBe(one);
    expect(setUp({ _scene: JSON.stringify(one) }).synced.scene.value).toEqual(one);
    const { synced } = setUp({ position: [] as never, zoom: -1, height: 0 });
    expect([synced.position.value, synced.zoom.value, synced.height.value]).toEqual([null, null, 480]);
  });

  it("lets go of the model at the end", () => {
    const { model, lifetime, synced } = setUp();
    synced.moveTo([5, 5, 5]);
    lifetime.end();
    vi.advanceTimersByTime(1000);
    expect(model.listenerCount).toBe(0);
    expect(model.saved).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });
});
