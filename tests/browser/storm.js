// Counts what a page takes and gives back, and what goes over the wire. Runs before anything else.
(() => {
  const storm = { listeners: 0, timers: new Set(), frames: new Set() };
  window.storm = storm;
  // Code of the widget comes from a blob: the notebook's own code does not.
  const ours = () => new Error().stack.includes("blob:");

  // The widget takes listeners with a signal only, and that is how it gives them back.
  const listen = EventTarget.prototype.addEventListener;
  EventTarget.prototype.addEventListener = function (type, action, options) {
    listen.call(this, type, action, options);
    if (!options?.signal || options.signal.aborted || !ours()) return;
    storm.listeners++;
    listen.call(options.signal, "abort", () => storm.listeners--, { once: true });
  };
  for (const [begin, end, open] of [
    ["setTimeout", "clearTimeout", storm.timers],
    ["requestAnimationFrame", "cancelAnimationFrame", storm.frames],
  ]) {
    const start = window[begin];
    const stop = window[end];
    window[begin] = (action, ...rest) => {
      const count = ours();
      const handle = start((...values) => {
        open.delete(handle);
        return action(...values);
      }, ...rest);
      if (count) open.add(handle);
      return handle;
    };
    window[end] = (handle) => {
      open.delete(handle);
      stop(handle);
    };
  }

  /** From here on, notes every message of the kernel's comms. */
  storm.watch = () => {
    Object.assign(storm, { tiles: 0, messages: [], failed: 0, again: 0, views: 0, largestRequest: 0 });
    const { kernel } = jupyterapp.shell.currentWidget.sessionContext.session;
    kernel.anyMessage.connect((_, { msg, direction }) => {
      if (msg.header.msg_type !== "comm_msg" || msg.content.data.method !== "custom") return;
      const { content } = msg.content.data;
      if (direction === "send" && content.kind === "view") {
        storm.views++;
        if (content.again) storm.again++;
        storm.largestRequest = Math.max(storm.largestRequest, JSON.stringify(content).length);
      } else if (content.kind === "tiles") {
        const bytes = (msg.buffers ?? []).reduce((sum, one) => sum + one.byteLength, 0);
        storm.tiles += content.tiles.length;
        storm.messages.push([content.tiles.length, bytes]);
      } else if (content.kind === "failed") storm.failed += content.tiles.length;
    });
  };

  /** Pans and steps in every frame until so many tiles have come, wandering as a seeded walk says. */
  storm.rage = async (tiles) => {
    const canvas = document.querySelector("canvas[data-testid=nb-remote-canvas]");
    let seed = 7;
    const random = (n) => {
      seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
      return (seed >>> 8) % n;
    };
    let [x, y] = [3000, 3000];
    let steps = 0;
    while (storm.tiles < tiles) {
      const [left, top] = canvas.dataset.position.split(",").map(Number);
      const [dx, dy] = [x - left, y - top];
      if (Math.hypot(dx, dy) < 400) [x, y] = [1200 + random(3700), 1200 + random(3700)];
      let key = Math.abs(dx) > Math.abs(dy) ? (dx > 0 ? "ArrowRight" : "ArrowLeft") : dy > 0 ? "ArrowDown" : "ArrowUp";
      if (steps++ % 24 === 23) key = [".", ","][random(2)];
      canvas.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
      await new Promise((resolve) => requestAnimationFrame(resolve));
    }
    return steps;
  };
})();
