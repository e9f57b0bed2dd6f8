import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Connection, type Wire } from "./connection";
import { on, onAskAgain, type LiveEvent } from "./feed";
import { kindOf, type Place } from "./link";

/** The page's end of a wire whose other end the test holds. */
class TestWire implements Wire {
  calls: string[] = [];
  said: [string, object][] = [];
  private listeners: Record<string, ((...what: never[]) => void)[]> = {};
  io = { on: (_kind: "ping", heard: () => void) => this.keep("ping", heard) };

  connect() {
    this.calls.push("connect");
  }
  disconnect() {
    this.calls.push("disconnect");
  }
  emit(kind: string, said: object) {
    this.said.push([kind, said]);
  }
  on(kind: string, heard: (...what: never[]) => void) {
    this.keep(kind, heard);
  }
  onAny(heard: (kind: string, said: LiveEvent) => void) {
    this.keep("any", heard);
  }
  happen(kind: string, ...what: unknown[]) {
    for (const heard of this.listeners[kind] ?? []) (heard as (...what: unknown[]) => void)(...what);
  }
  tell(kind: string, said: object) {
    this.happen("any", kind, said);
  }
  private keep(kind: string, heard: (...what: never[]) => void) {
    (this.listeners[kind] ??= []).push(heard);
  }
}

class Stage {
  time = 5_000;
  wire = new TestWire();
  waiting: { what: () => void; milliseconds: number }[] = [];
  gone: string[] = [];
  shown = 0;
  companies: number[] = [];
  connection: Connection;

  constructor(place: Place | null = { epoch: 7, offset: 5 }) {
    const around = {
      now: () => this.time,
      random: () => 0.5,
      later: (what: () => void, milliseconds: number) => void this.waiting.push({ what, milliseconds }),
      companies: () => this.companies,
      show: () => void (this.shown += 1),
      gone: (code: string) => void this.gone.push(code),
    };
    this.connection = new Connection(this.wire, "admin", around, { place, network: true });
  }

  get kind() {
    return kindOf(this.connection.link, this.time);
  }

  goLive(): this {
    this.connection.start();
    this.wire.happen("connect");
    this.wire.tell("joined_admin", { room: "company:1:admin", epoch: 7, offset: 5, recovered: true });
    this.wire.calls = [];
    return this;
  }

  letTimePass() {
    for (const { what } of this.waiting.splice(0)) what();
  }
}

const event = (offset: number) => ({ timestamp: "t", room: "company:1:admin", actor: "ada", offset, user: `u${offset}` });
const stops: (() => void)[] = [];
let heard: string[] = [];

beforeEach(() => {
  heard = [];
  stops.push(on("*", (said, kind) => void heard.push(`${kind} ${said.offset ?? "-"}`)));
});
afterEach(() => stops.splice(0).forEach((stop) => stop()));

describe("the connection", () => {
  it("connects, joins with the page's place, and hands on what it hears", () => {
    const stage = new Stage().goLive();
    expect(stage.wire.said).toEqual([["join_admin", { epoch: 7, offset: 5 }]]);
    stage.wire.tell("user_added", event(6));
    stage.wire.tell("presence", { timestamp: "t", room: "r", actor: "system", users: [] });
    expect(heard).toEqual(["user_added 6", "presence -"]);
    expect(stage.kind).toBe("live");
    expect(stage.shown).toBeGreaterThan(3);
  });

  it("names the companies that an owner's page shows", () => {
    const stage = new Stage(null);
    stage.companies = [3, 4];
    stage.connection.start();
    stage.wire.happen("connect");
    expect(stage.wire.said).toEqual([["join_admin", { companies: [3, 4] }]]);
  });

  it("joins anew after a loss from where it was", () => {
    const stage = new Stage().goLive();
    stage.wire.tell("user_added", event(6));
    stage.wire.happen("disconnect");
    expect(stage.kind).toBe("recovering");
    stage.wire.happen("connect");
    expect(stage.wire.said.at(-1)).toEqual(["join_admin", { epoch: 7, offset: 6 }]);
  });

  it("connects by itself after the server hung up, after a random pause", () => {
    const stage = new Stage().goLive();
    stage.wire.happen("disconnect");
    expect(stage.waiting.map((w) => w.milliseconds)).toEqual([2_000]);
    expect(stage.wire.calls).toEqual([]);
    stage.letTimePass();
    expect(stage.wire.calls).toEqual(["connect"]);
  });

  it("keeps counting the server's heartbeat as life, and reconnects without it", () => {
    const stage = new Stage().goLive();
    for (let beat = 0; beat < 10; beat += 1) {
      stage.time += 10_000;
      stage.wire.happen("ping");
    }
    expect(stage.kind).toBe("live");
    stage.time += 26_000;
    stage.connection.take({ type: "tick" });
    expect(stage.wire.calls).toEqual(["disconnect", "connect"]);
  });

  it("has the page ask again when too much was missed, and again when that fails", async () => {
    const stage = new Stage().goLive();
    let asked = 0;
    stops.push(
      onAskAgain(async () => {
        asked += 1;
        if (asked === 1) throw new Error("the server is not back yet");
      }),
    );
    stage.wire.tell("joined_admin", { epoch: 8, offset: 40, recovered: false });
    await Promise.resolve();
    await new Promise((settled) => queueMicrotask(() => queueMicrotask(() => settled(null))));
    expect(stage.kind).toBe("recovering");
    await expect.poll(() => stage.waiting.length).toBe(1);
    stage.letTimePass();
    await expect.poll(() => stage.kind).toBe("live");
    expect(asked).toBe(2);
  });

  it.each([
    ["while open", (stage: Stage) => stage.wire.tell("error", { code: "signed_out", message: "…" })],
    [
      "at the door",
      (stage: Stage) => stage.wire.happen("connect_error", Object.assign(new Error(), { data: { code: "signed_out" } })),
    ],
  ])("ends for good when signed out %s", (_where, refuse) => {
    const stage = new Stage().goLive();
    refuse(stage);
    stage.wire.happen("disconnect");
    stage.letTimePass();
    expect(stage.kind).toBe("refused");
    expect(stage.gone).toEqual(["signed_out"]);
    expect(stage.wire.calls).toEqual(["disconnect"]);
    expect(heard).toEqual([]);
  });

  it("tries again later when it could not be checked, and when the server cannot be reached", () => {
    const stage = new Stage();
    stage.connection.start();
    stage.wire.happen("connect_error", Object.assign(new Error(), { data: { code: "unavailable" } }));
    stage.wire.calls = [];
    stage.letTimePass();
    expect(stage.wire.calls).toEqual(["disconnect", "connect"]);
    stage.wire.happen("connect_error", new Error("websocket error"));
    expect(stage.kind).toBe("connecting");
    expect(stage.gone).toEqual([]);
  });
});
