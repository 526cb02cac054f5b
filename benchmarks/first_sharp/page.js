// What the benchmark does in the page. A moment is when the canvas was last told to be sharp: the
// viewer writes what it has painted into the canvas's data attributes, and an observer sees that.
() => {
  const canvasOf = () => document.querySelector("canvas[data-testid=nb-remote-canvas]");
  const sharp = (canvas, slice) =>
    canvas.dataset.ready === "1" &&
    Number(canvas.dataset.tilesWanted) > 0 &&
    (slice === undefined || Math.floor(Number(canvas.dataset.position.split(",")[2])) === slice);

  /** Resolves when the canvas shows `slice` (or any, when none is given) with all tiles. */
  const untilSharp = (slice) =>
    new Promise((resolve) => {
      const look = () => {
        const canvas = canvasOf();
        if (!canvas || !sharp(canvas, slice)) return;
        observer.disconnect();
        resolve(performance.now());
      };
      const observer = new MutationObserver(look);
      observer.observe(document.body, { subtree: true, childList: true, attributeFilter: ["data-ready", "data-position"] });
      look();
    });

  const slice = () => Math.floor(Number(canvasOf().dataset.position.split(",")[2]));
  const press = () =>
    canvasOf().dispatchEvent(new KeyboardEvent("keydown", { key: ".", code: "Period", bubbles: true }));

  window.bench = {
    /** From running cell `index` to a sharp canvas, milliseconds. */
    async first(index) {
      const notebook = jupyterapp.shell.currentWidget.content;
      notebook.deselectAll();
      notebook.activeCellIndex = index;
      const begin = performance.now();
      jupyterapp.commands.execute("notebook:run-cell");
      return (await untilSharp()) - begin;
    },
    /** Steps as soon as the slice before is sharp; milliseconds per step. */
    async chase(steps) {
      const times = [];
      for (let step = 0; step < steps; step++) {
        const begin = performance.now();
        const next = slice() + 1;
        press();
        times.push((await untilSharp(next)) - begin);
      }
      return times;
    },
    /** Steps every `interval` milliseconds, sharp or not; per step how long it took to be sharp. */
    async pace(steps, interval) {
      const first = slice();
      const due = [];
      const shown = new Map();
      const canvas = canvasOf();
      const look = () => {
        if (!sharp(canvas)) return;
        for (let at = first + 1; at <= slice(); at++) if (!shown.has(at)) shown.set(at, performance.now());
      };
      const observer = new MutationObserver(look);
      observer.observe(canvas, { attributes: true });
      const begin = performance.now();
      for (let step = 0; step < steps; step++) {
        const wait = begin + step * interval - performance.now();
        if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
        due.push(performance.now());
        press();
      }
      await untilSharp(first + steps);
      observer.disconnect();
      return due.map((time, step) => (shown.get(first + 1 + step) ?? Infinity) - time);
    },
    /** From a trait set in Python to a sharp canvas there. */
    async jump(target) {
      const { kernel } = jupyterapp.shell.currentWidget.sessionContext.session;
      const begin = performance.now();
      kernel.requestExecute({ code: `view.slice = ${target}`, store_history: false });
      return (await untilSharp(target)) - begin;
    },
  };
}
