/**
 * Everything a view takes from the page (listeners, timers, frames, observers) is taken through one of
 * these, so that ending it gives all of it back. JupyterLab makes and destroys views as cells scroll.
 */
export class Lifetime {
  readonly signal: AbortSignal;
  readonly #controller = new AbortController();

  /** Ends with `outer`, when there is one. */
  constructor(outer?: AbortSignal) {
    this.signal = this.#controller.signal;
    if (outer?.aborted) this.end();
    else outer?.addEventListener("abort", () => this.end(), { signal: this.signal });
  }

  get ended(): boolean {
    return this.signal.aborted;
  }

  end(): void {
    this.#controller.abort();
  }

  /** Runs `action` once at the end; at once if that has passed. */
  onEnd(action: () => void): void {
    if (this.ended) action();
    else this.signal.addEventListener("abort", action, { once: true });
  }

  listen<K extends keyof HTMLElementEventMap>(
    target: EventTarget,
    type: K,
    action: (event: HTMLElementEventMap[K]) => void,
    options: { passive?: boolean } = {},
  ): void {
    target.addEventListener(type, action as EventListener, { ...options, signal: this.signal });
  }

  /** A timer that can be set again and again; at most one run is due at any time. */
  timer(action: () => void): Timer {
    let handle: ReturnType<typeof setTimeout> | undefined;
    const cancel = () => {
      if (handle !== undefined) clearTimeout(handle);
      handle = undefined;
    };
    this.onEnd(cancel);
    return {
      start: (delay) => {
        if (this.ended) return;
        cancel();
        handle = setTimeout(() => {
          handle = undefined;
          action();
        }, delay);
      },
      cancel,
      get running() {
        return handle !== undefined;
      },
    };
  }

  /** Returns a function that runs `action` in the next animation frame, however often it is called before. */
  oncePerFrame(action: () => void): () => void {
    let handle: number | undefined;
    this.onEnd(() => {
      if (handle !== undefined) cancelAnimationFrame(handle);
      handle = undefined;
    });
    return () => {
      if (this.ended || handle !== undefined) return;
      handle = requestAnimationFrame(() => {
        handle = undefined;
        action();
      });
    };
  }
}

export interface Timer {
  /** Runs the action after `delay` milliseconds, forgetting an earlier start. */
  start(delay: number): void;
  cancel(): void;
  readonly running: boolean;
}
