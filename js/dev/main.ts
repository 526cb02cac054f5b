// The widget without a kernel: a made-up volume behind the real message protocol, with delays.
// Options in the address: theme=dark, delay=<ms>, fail, busy, problem, unknown.

import type { ToKernel } from "../src/model";
import type { Stats, Want } from "../src/protocol";
import widget from "../src/widget";
import { FakeModel } from "../test/support/model";
import { scene, tile } from "./volume";

const options = new URLSearchParams(location.search);
document.documentElement.dataset.theme = options.get("theme") ?? "light";
const delay = Number(options.get("delay") ?? 30);

const model = new FakeModel({
  _scene: JSON.stringify(scene({ voxelSizeKnown: !options.has("unknown"), problem: options.has("problem") })),
  position: [750, 500, 80.5],
  contrast_limits: { tissue: [[150, 3300], null] },
  height: Number(options.get("height") ?? 460),
});

let wants: Want[] = [];
let sequence = 0;
let stats: Stats = {
  requests: 7,
  bytes: 24_310,
  in_flight: 0,
  missing_chunks: 0,
  tiles_sent: 0,
  tiles_ahead: 0,
  tiles_ahead_used: 0,
  tiles_ready: 0,
  tiles_cancelled: 0,
};
let view = "";
let generation = 0;
let pushing = false;

model.onSend = (content: ToKernel) => {
  if (content.kind === "close") wants = [];
  if (content.kind !== "view") return;
  wants = [...content.wants];
  ({ view, generation } = content);
  if (options.has("busy") && content.rid > 2) return;
  setTimeout(() => {
    model.receive({ kind: "accepted", view, rid: content.rid, generation: content.generation, stats });
    if (!pushing) push();
  }, delay);
};

/** Sends what is wanted, four tiles a message, with a pause between messages. */
function push(): void {
  const now = wants.splice(0, 4);
  pushing = now.length > 0;
  if (!pushing) return;
  const bad = options.has("fail")
    ? now.filter(([, level, , , , row = 0, column = 0]) => level !== 3 && (row + 2 * column) % 5 === 2)
    : [];
  const good = now.filter((want) => !bad.includes(want));
  const tiles = good.map((want, index) => tile(want, index));
  stats = {
    ...stats,
    requests: stats.requests + now.length,
    bytes: stats.bytes + tiles.reduce((sum, { bytes }) => sum + Math.round(bytes.byteLength * 0.43), 0),
    in_flight: wants.length,
    missing_chunks: options.has("fail") ? 3 : 0,
  };
  setTimeout(() => {
    if (tiles.length > 0) {
      model.receive(
        { kind: "tiles", view, seq: ++sequence, generation, tiles: tiles.map(({ header }) => header), stats },
        tiles.map(({ bytes }) => bytes),
      );
    }
    if (bad.length > 0) {
      const error = {
        code: "corrupt-chunk",
        text: "A chunk ends in the middle of its data: 51 200 of 262 144 bytes",
        where: "https://example.org/volumes/tissue.zarr/1/0/80/2/1",
        hint: "The object is damaged or truncated on the server.",
      };
      model.receive({ kind: "failed", view, generation, tiles: bad.map((want) => ({ want, error })), stats });
    }
    push();
  }, delay);
}

const cell = document.getElementById("cell");
if (cell) {
  // The contrast of the second channel is known a little later, as in a notebook.
  const known = () =>
    model.python("contrast_limits", {
      ...model.get("contrast_limits"),
      tissue: [
        [150, 3300],
        [100, 3600],
      ],
    });
  setTimeout(known, 10 * delay);
  const end = widget.render({ model: model as never, el: cell });
  Object.assign(globalThis, { nbRemoteModel: model, nbRemoteEnd: end });
}
