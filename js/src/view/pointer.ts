import type { Lifetime } from "../lifetime";

/** What gestures ask for; distances in CSS pixels of the canvas. */
export interface Gestures {
  pan(dx: number, dy: number): void;
  zoom(factor: number, x?: number, y?: number): void;
  stepSlice(steps: number): void;
  fit(): void;
  /** To the next plane, or back. */
  turnPlane(steps: number): void;
  /** A press and a release at one place. */
  click(point: { x: number; y: number }): void;
  /** Escape; false when there was nothing to clear, and the key is the page's. */
  clearSelection(): boolean;
  hover(point: { x: number; y: number } | null): void;
  /** A wheel turned over the canvas while it had no focus, so the page scrolled instead. */
  unfocusedWheel(): void;
}

/** Pixels a key press moves the picture. */
const KEY_PAN = 48;
const KEY_ZOOM = 1.25;
/** A mouse's notch is 40 pixels and more; trackpads send many smaller steps that have to add up to it. */
const NOTCH = 40;
/** Pixels a pointer may move between press and release of a click. */
const TREMBLE = 3;
const LINE = 16;
const PAGE = 400;

/** Pixels a wheel event asks to scroll; Shift turns the wheel sideways on some systems. */
export function wheelPixels(event: Pick<WheelEvent, "deltaX" | "deltaY" | "deltaMode">): number {
  const delta = event.deltaY || event.deltaX;
  return delta * (event.deltaMode === 1 ? LINE : event.deltaMode === 2 ? PAGE : 1);
}

/** Whole steps out of scrolled pixels, and what is left over for the next event. */
export function wheelSteps(pixels: number, rest: number): { steps: number; rest: number } {
  if (Math.abs(pixels) >= NOTCH) return { steps: Math.sign(pixels), rest: 0 };
  const sum = Math.sign(pixels) === -Math.sign(rest) ? pixels : pixels + rest;
  return Math.abs(sum) >= NOTCH ? { steps: Math.sign(sum), rest: 0 } : { steps: 0, rest: sum };
}

/** Zoom factor of scrolled pixels. Pinching on a trackpad arrives as small wheel steps with Ctrl. */
export function wheelZoom(pixels: number): number {
  const held = Math.max(-150, Math.min(150, pixels));
  return Math.exp(-held / (Math.abs(held) < NOTCH ? 100 : 300));
}

/** What a key does, or nothing. What it does may return false: then the key was not used. */
export function keyAction(
  event: Pick<KeyboardEvent, "key" | "shiftKey">,
): ((to: Gestures) => unknown) | undefined {
  const far = event.shiftKey ? 4 : 1;
  switch (event.key) {
    case "ArrowLeft":
      return (to) => to.pan(KEY_PAN * far, 0);
    case "ArrowRight":
      return (to) => to.pan(-KEY_PAN * far, 0);
    case "ArrowUp":
      return (to) => to.pan(0, KEY_PAN * far);
    case "ArrowDown":
      return (to) => to.pan(0, -KEY_PAN * far);
    case ",":
      return (to) => to.stepSlice(-1);
    case ".":
      return (to) => to.stepSlice(1);
    case "<":
    case "PageUp":
      return (to) => to.stepSlice(-10);
    case ">":
    case "PageDown":
      return (to) => to.stepSlice(10);
    case "+":
    case "=":
      return (to) => to.zoom(KEY_ZOOM);
    case "-":
    case "_":
      return (to) => to.zoom(1 / KEY_ZOOM);
    case "f":
    case "F":
    case "Home":
      return (to) => to.fit();
    case "p":
      return (to) => to.turnPlane(1);
    case "P":
      return (to) => to.turnPlane(-1);
    case "Escape":
      return (to) => to.clearSelection();
    default:
      return undefined;
  }
}

/** Turns mouse, wheel, keys and fingers over the canvas into gestures. */
export function listenToPointer(canvas: HTMLCanvasElement, to: Gestures, lifetime: Lifetime): void {
  const fingers = new Map<number, Point>();
  /** Where a press began that may still become a click. */
  let pressed: Point | null = null;
  let scrolled = 0;
  const at = (event: MouseEvent) => {
    const { left, top } = canvas.getBoundingClientRect();
    return { x: event.clientX - left, y: event.clientY - top };
  };

  lifetime.listen(canvas, "pointerdown", (event) => {
    if (event.button > 1) return;
    // Keeps the page from selecting text or scrolling by the middle button while dragging.
    event.preventDefault();
    canvas.focus({ preventScroll: true });
    canvas.setPointerCapture(event.pointerId);
    const start = at(event);
    fingers.set(event.pointerId, start);
    pressed = event.button === 0 && fingers.size === 1 ? start : null;
  });

  lifetime.listen(canvas, "pointermove", (event) => {
    const next = at(event);
    to.hover(next);
    const last = fingers.get(event.pointerId);
    if (!last) return;
    // A hand that clicks trembles a little; once it has gone farther, nothing of the way is lost.
    if (pressed && Math.hypot(next.x - pressed.x, next.y - pressed.y) <= TREMBLE) return;
    pressed = null;
    canvas.dataset.dragging = "1";
    const other = [...fingers].find(([id]) => id !== event.pointerId)?.[1];
    if (other) pinch(last, next, other);
    else to.pan(next.x - last.x, next.y - last.y);
    fingers.set(event.pointerId, next);
  });

  /** One of two fingers moved: the middle moves by half, and their distance is the zoom. */
  const pinch = (last: Point, next: Point, other: Point) => {
    to.pan((next.x - last.x) / 2, (next.y - last.y) / 2);
    const before = Math.hypot(last.x - other.x, last.y - other.y);
    const after = Math.hypot(next.x - other.x, next.y - other.y);
    if (before > 0 && after > 0) to.zoom(after / before, (next.x + other.x) / 2, (next.y + other.y) / 2);
  };

  const lift = (event: PointerEvent) => {
    fingers.delete(event.pointerId);
    if (fingers.size === 0) delete canvas.dataset.dragging;
  };
  lifetime.listen(canvas, "pointerup", (event) => {
    if (pressed && fingers.has(event.pointerId)) to.click(pressed);
    pressed = null;
    lift(event);
  });
  lifetime.listen(canvas, "pointercancel", lift);
  lifetime.listen(canvas, "lostpointercapture", lift);
  lifetime.listen(canvas, "pointerleave", () => to.hover(null));

  lifetime.listen(
    canvas,
    "wheel",
    (event) => {
      const pixels = wheelPixels(event);
      if (event.ctrlKey || event.metaKey) {
        event.preventDefault();
        event.stopPropagation();
        const { x, y } = at(event);
        to.zoom(wheelZoom(pixels), x, y);
        return;
      }
      // Without focus the notebook scrolls, as a person who passes by expects.
      if (canvas.ownerDocument.activeElement !== canvas) {
        to.unfocusedWheel();
        return;
      }
      event.preventDefault();
      event.stopPropagation();
      const { steps, rest } = wheelSteps(pixels, scrolled);
      scrolled = rest;
      if (steps !== 0) to.stepSlice(event.shiftKey ? 10 * steps : steps);
    },
    { passive: false },
  );

  lifetime.listen(canvas, "keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const action = keyAction(event);
    if (!action || action(to) === false) return;
    // JupyterLab and the notebook have their own meaning for most keys.
    event.preventDefault();
    event.stopPropagation();
  });
}

interface Point {
  readonly x: number;
  readonly y: number;
}
