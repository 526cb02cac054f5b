import { describe, expect, it, vi } from "vitest";
import { type Gestures, keyAction, wheelPixels, wheelSteps, wheelZoom } from "../src/view/pointer";

describe("wheel", () => {
  it("is one slice per notch, however long the notch", () => {
    expect(wheelSteps(120, 0)).toEqual({ steps: 1, rest: 0 });
    expect(wheelSteps(-53, 10)).toEqual({ steps: -1, rest: 0 });
  });

  it("adds up the small steps of a trackpad, and starts anew when it turns", () => {
    let rest = 0;
    const steps = [15, 15, 15, 15, 15, 15, -15].map((pixels) => {
      const next = wheelSteps(pixels, rest);
      rest = next.rest;
      return next.steps;
    });
    expect(steps).toEqual([0, 0, 1, 0, 0, 1, 0]);
    expect(rest).toBe(-15);
  });

  it("counts lines and pages as pixels, and Shift's sideways turn as the wheel", () => {
    expect(wheelPixels({ deltaX: 0, deltaY: 3, deltaMode: 1 })).toBe(48);
    expect(wheelPixels({ deltaX: 0, deltaY: 1, deltaMode: 2 })).toBe(400);
    expect(wheelPixels({ deltaX: -120, deltaY: 0, deltaMode: 0 })).toBe(-120);
  });

  it("zooms in upwards, by the same factor back", () => {
    expect(wheelZoom(-120)).toBeGreaterThan(1.3);
    expect(wheelZoom(-120) * wheelZoom(120)).toBeCloseTo(1);
    expect(wheelZoom(-1e6)).toBeLessThan(2);
  });
});

describe("keys", () => {
  const press = (key: string, shiftKey = false) => {
    const to = { pan: vi.fn(), zoom: vi.fn(), stepSlice: vi.fn(), fit: vi.fn(), turnPlane: vi.fn() };
    const action = keyAction({ key, shiftKey });
    action?.(to as unknown as Gestures);
    return { to, taken: action !== undefined };
  };

  it("move, step, zoom and fit", () => {
    expect(press(",").to.stepSlice).toHaveBeenCalledWith(-1);
    expect(press(">", true).to.stepSlice).toHaveBeenCalledWith(10);
    expect(press("ArrowRight").to.pan).toHaveBeenCalledWith(-48, 0);
    expect(press("ArrowUp", true).to.pan).toHaveBeenCalledWith(0, 192);
    expect(press("+").to.zoom).toHaveBeenCalledWith(1.25);
    expect(press("p").to.turnPlane).toHaveBeenCalledWith(1);
    expect(press("P", true).to.turnPlane).toHaveBeenCalledWith(-1);
    expect(press("Home").to.fit).toHaveBeenCalledOnce();
  });

  it("leave every other key to the page", () => {
    for (const key of ["a", "x", "Enter", "Tab", " "]) expect(press(key).taken).toBe(false);
  });

  it("give Escape back when nothing is selected", () => {
    const clear = (selected: boolean) =>
      keyAction({ key: "Escape", shiftKey: false })?.({ clearSelection: () => selected } as Gestures);
    expect([clear(true), clear(false)]).toEqual([true, false]);
  });
});
