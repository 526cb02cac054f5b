import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Lifetime } from "../src/lifetime";
import type { FailedTile, Stats, TileHeader, ViewMessage, Want } from "../src/protocol";
import { BUSY_AFTER, differs, TileRequests } from "../src/rpc";
import { FakeModel, NO_STATS } from "./support/model";

const STATS: Stats = { ...NO_STATS, requests: 3, bytes: 4 };
const want = (column: number): Want => [0, 0, 0, 0, 5, 0, column];
const A = want(0);
const B = want(1);
const C = want(2);

function setUp() {
  const model = new FakeModel();
  const lifetime = new Lifetime();
  const tiles: TileHeader[] = [];
  const failed: FailedTile[] = [];
  const handlers = {
    tile: (header: TileHeader) => void tiles.push(header),
    failed: (tile: FailedTile) => void failed.push(tile),
  };
  const requests = new TileRequests(model, "v1", handlers, lifetime);
  let seq = 0;
  return {
    model,
    lifetime,
    requests,
    tiles,
    failed,
    views: () => model.sent.filter((sent): sent is ViewMessage => sent.kind === "view"),
    accept: (rid = model.sent.length, view = "v1") =>
      model.receive({ kind: "accepted", view, rid, generation: 1, stats: STATS }),
    deliver: (...wants: Want[]) =>
      model.receive(
        {
          kind: "tiles",
          view: "v1",
          seq: ++seq,
          generation: 1,
          stats: STATS,
          tiles: wants.map((one, buffer) => ({
            want: one,
            enc: "raw",
            buffer,
            height: 1,
            width: 1,
            dtype: "uint8",
            value: "",
            missing: false,
          })),
        },
        wants.map(() => new DataView(new ArrayBuffer(1))),
      ),
    fail: (one: Want) =>
      model.receive({
        kind: "failed",
        view: "v1",
        generation: 1,
        stats: STATS,
        tiles: [{ want: one, error: { code: "x", text: "x", where: "", hint: "" } }],
      }),
  };
}

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describe("asking for tiles", () => {
  it("sends the whole list at once, without a key named id", () => {
    const { requests, views } = setUp();
    requests.want([A, B]);
    expect(views()).toEqual([
      {
        kind: "view",
        rid: 1,
        view: "v1",
        generation: 1,
        seen: 0,
        again: false,
        wants: [A, B],
        visible: 2,
        warm: [],
        used: 0,
      },
    ]);
    expect(views()[0]).not.toHaveProperty("id");
  });

  it("sends nothing while nothing is wanted, or the same is", () => {
    const { requests, views, accept } = setUp();
    requests.want([]);
    expect(views()).toHaveLength(0);
    requests.want([A, B]);
    accept();
    vi.advanceTimersByTime(500);
    requests.want([A, B]);
    expect(views()).toHaveLength(1);
  });

  it("has one message unanswered at most, and then sends the newest list", () => {
    const { requests, views, accept } = setUp();
    requests.want([A]);
    for (const list of [[B], [A, B], [C]]) {
      vi.advanceTimersByTime(100);
      requests.want(list);
    }
    expect(views()).toHaveLength(1);
    accept();
    expect(views().map(({ wants, generation }) => [wants, generation])).toEqual([
      [[A], 1],
      [[C], 2],
    ]);
  });

  it("sends twenty messages a second at most, however fast the kernel answers", () => {
    const { requests, views, model, accept } = setUp();
    const times: number[] = [];
    model.onSend = () => {
      times.push(performance.now());
      queueMicrotask(() => accept());
    };
    for (let frame = 0; frame < 60; frame++) {
      requests.want([want(frame)]);
      vi.advanceTimersByTime(16);
      accept();
    }
    expect(views().length).toBeLessThanOrEqual(20);
    expect(views().length).toBeGreaterThanOrEqual(14);
    const gaps = times.slice(1).map((time, at) => time - (times[at] ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(50);
  });

  it("says nothing when tiles arrive, since the rest is under way", () => {
    const { requests, views, accept, deliver, fail, tiles, failed } = setUp();
    requests.want([A, B, C]);
    accept();
    vi.advanceTimersByTime(100);
    deliver(A);
    requests.want([B, C]);
    fail(B);
    requests.want([C]);
    deliver(C);
    requests.want([]);
    vi.advanceTimersByTime(60_000);
    expect(views()).toHaveLength(1);
    expect(tiles.map((tile) => tile.want)).toEqual([A, C]);
    expect(failed.map((tile) => tile.want)).toEqual([B]);
  });

  it("takes back what is no longer wanted", () => {
    const { requests, views, accept } = setUp();
    requests.want([A, B]);
    accept();
    vi.advanceTimersByTime(100);
    requests.want([]);
    expect(views().at(-1)).toMatchObject({ generation: 2, wants: [] });
  });

  it("asks anew for a tile it received and lost, and says what it has seen", () => {
    const { requests, views, accept, deliver } = setUp();
    requests.want([A]);
    accept();
    deliver(A);
    vi.advanceTimersByTime(100);
    requests.want([A]);
    expect(views().at(-1)).toMatchObject({ rid: 2, generation: 2, seen: 1, again: false, wants: [A] });
  });

  it("hears only what is meant for this view", () => {
    const { requests, views, accept, tiles, model } = setUp();
    requests.want([A]);
    accept(1, "another");
    model.receive({ kind: "tiles", view: "another", seq: 9, generation: 1, stats: STATS, tiles: [] });
    vi.advanceTimersByTime(100);
    requests.want([B]);
    expect(views()).toHaveLength(1);
    expect(tiles).toHaveLength(0);
    expect(requests.stats.value).toBeNull();
  });
});

describe("silence", () => {
  it("makes it ask again, less and less often", () => {
    const { requests, views, accept } = setUp();
    requests.want([A, B]);
    accept();
    const times: number[] = [];
    for (let second = 1; second <= 60; second++) {
      const before = views().length;
      vi.advanceTimersByTime(1000);
      if (views().length === before) continue;
      times.push(second);
      accept();
    }
    expect(times[0]).toBe(2);
    const gaps = times.slice(1).map((time, at) => time - (times[at] ?? 0));
    for (const gap of gaps) expect(gap).toBeLessThanOrEqual(16);
    expect(gaps.at(-1)).toBeGreaterThanOrEqual(15);
    expect(views().slice(1)).toEqual(
      views()
        .slice(1)
        .map((sent) => ({ ...sent, again: true, generation: 1, wants: [A, B] })),
    );
  });

  it("is over with the first tile, and then counts from two seconds again", () => {
    const { requests, views, accept, deliver } = setUp();
    requests.want([A, B]);
    accept();
    vi.advanceTimersByTime(2000);
    accept();
    vi.advanceTimersByTime(1000);
    deliver(A);
    requests.want([B]);
    vi.advanceTimersByTime(1999);
    expect(views()).toHaveLength(2);
    vi.advanceTimersByTime(1);
    expect(views().at(-1)).toMatchObject({ again: true, seen: 1, wants: [B] });
  });

  it("loses no wish when the message itself was lost", () => {
    const { requests, views, accept } = setUp();
    requests.want([A]);
    requests.want([B]);
    vi.advanceTimersByTime(2000);
    expect(views().at(-1)).toMatchObject({ rid: 2, again: true, generation: 2, wants: [B] });
    // The late answer to the first message does not stand for the second.
    accept(1);
    vi.advanceTimersByTime(100);
    requests.want([C]);
    expect(views()).toHaveLength(2);
    accept(2);
    expect(views().at(-1)).toMatchObject({ rid: 3, wants: [C] });
  });
});

describe("a busy kernel", () => {
  it("is shown after 300 ms and until it answers", () => {
    const { requests, accept } = setUp();
    requests.want([A]);
    vi.advanceTimersByTime(BUSY_AFTER - 1);
    expect(requests.busy.value).toBe(false);
    vi.advanceTimersByTime(1);
    expect(requests.busy.value).toBe(true);
    vi.advanceTimersByTime(5000);
    expect(requests.busy.value).toBe(true);
    accept();
    expect(requests.busy.value).toBe(false);
    vi.advanceTimersByTime(1000);
    expect(requests.busy.value).toBe(false);
  });
});

describe("the end of a view", () => {
  it("is told once, and nothing is sent or waited for afterwards", () => {
    const { requests, model, lifetime } = setUp();
    requests.want([A]);
    lifetime.end();
    lifetime.end();
    expect(model.sent.at(-1)).toEqual({ kind: "close", view: "v1" });
    requests.want([B]);
    vi.advanceTimersByTime(60_000);
    expect(model.sent).toHaveLength(2);
    expect(model.listenerCount).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("asking beforehand", () => {
  const ahead = (send: Want[], warm: Want[] = []) => ({ send, warm, used: 5 });

  it("puts what may come into view behind what is in view, and says which is which", () => {
    const { requests, views } = setUp();
    requests.want([A], ahead([B], [C]));
    expect(views()).toMatchObject([{ wants: [A, B], visible: 1, warm: [C], used: 5 }]);
  });

  it("tells when a tile has come into view, though it is under way", () => {
    const { requests, views, accept } = setUp();
    requests.want([], ahead([A, B]));
    accept();
    vi.advanceTimersByTime(100);
    requests.want([A], ahead([B]));
    expect(views().map(({ visible }) => visible)).toEqual([0, 1]);
    accept(2);
    vi.advanceTimersByTime(100);
    requests.want([A], ahead([B]));
    expect(views()).toHaveLength(2);
  });

  it("says nothing while only what the kernel should prepare changes", () => {
    const { requests, views, accept } = setUp();
    requests.want([A], ahead([], [B]));
    accept();
    vi.advanceTimersByTime(100);
    requests.want([A], ahead([], [C]));
    expect(views()).toHaveLength(1);
  });

  it("calls no kernel busy and asks for nothing again, as long as nobody waits for it", () => {
    const { requests, views, accept } = setUp();
    requests.want([], ahead([A]));
    vi.advanceTimersByTime(BUSY_AFTER + 10);
    expect(requests.busy.value).toBe(false);
    accept();
    vi.advanceTimersByTime(60_000);
    expect(views()).toHaveLength(1);
    requests.want([A]);
    vi.advanceTimersByTime(BUSY_AFTER + 10);
    expect(requests.busy.value).toBe(true);
  });
});

describe("comparing lists", () => {
  const seen = (...wants: Want[]) => wants.map((one) => ({ want: one, visible: true }));
  const under = (...wants: Want[]) => new Map(seen(...wants).map((one) => [one.want.join(), one]));

  it("sees order, additions and removals", () => {
    expect(differs(under(A, B), seen(A, B))).toBe(false);
    expect(differs(under(A, B), seen(B, A))).toBe(true);
    expect(differs(under(A, B), seen(A))).toBe(true);
    expect(differs(under(A), seen(A, B))).toBe(true);
    expect(differs(under(), [])).toBe(false);
  });

  it("lets what only follows behind a long list wait", () => {
    const many = Array.from({ length: 512 }, (_, at) => want(at));
    expect(differs(under(...many.slice(0, 300)), seen(...many))).toBe(false);
    expect(differs(under(...many.slice(0, 200)), seen(...many))).toBe(true);
  });
});
