import { describe, expect, it } from "vitest";
import { ANSWER_WITHIN, begin, GONE, kindOf, QUIET, step, type Effect, type Input, type Link, type Place } from "./link";

/** A page and its clock: feed it facts, read how it looks and what it does. */
class Page {
  now = 1_000_000;
  link: Link;
  did: Effect[] = [];

  constructor(place: Place | null = null, network = true) {
    this.link = begin(this.now, place, network);
  }

  take(...inputs: Input[]): this {
    for (const input of inputs) {
      const { link, effects } = step(this.link, input, this.now);
      this.link = link;
      this.did.push(...effects);
    }
    return this;
  }

  after(milliseconds: number): this {
    this.now += milliseconds;
    return this;
  }

  get kind() {
    return kindOf(this.link, this.now);
  }

  get deeds() {
    const deeds = this.did.map((effect) => effect.type);
    this.did = [];
    return deeds;
  }
}

const joined = (offset: number, recovered?: boolean): Input => ({ type: "joined", epoch: 7, offset, recovered });
const event = (offset: number): Input => ({ type: "event", offset });
const connected: Input = { type: "connected" };
const lost: Input = { type: "disconnected" };
const answered = (question: number): Input => ({ type: "answered", question });
const heard: Input = { type: "heard" };
const tick: Input = { type: "tick" };

/** A page that is live at offset 5 of epoch 7. */
function live(): Page {
  const page = new Page({ epoch: 7, offset: 5 }).take(connected, joined(5, true));
  page.did = [];
  return page;
}

describe("coming in", () => {
  it("is not live before the room has let it in", () => {
    const page = new Page({ epoch: 7, offset: 5 });
    expect(page.kind).toBe("connecting");
    page.take(connected);
    expect(page.kind).toBe("connecting");
    expect(page.did).toEqual([{ type: "join", place: { epoch: 7, offset: 5 } }]);
    page.take(joined(5, true));
    expect(page.kind).toBe("live");
  });

  it("that knows no place of its own asks again before it is live", () => {
    const page = new Page().take(connected, joined(5));
    expect(page.deeds).toEqual(["join", "ask"]);
    expect(page.kind).toBe("connecting");
    expect(page.take(answered(1)).kind).toBe("live");
    expect(page.link.place).toEqual({ epoch: 7, offset: 5 });
  });

  it("is live only once everything missed was worked in", () => {
    const page = new Page({ epoch: 7, offset: 5 }).take(connected, joined(7, true));
    expect(page.kind).toBe("connecting");
    expect(page.take(event(6)).kind).toBe("connecting");
    expect(page.take(event(7)).kind).toBe("live");
    expect(page.deeds).toEqual(["join", "deliver", "deliver"]);
  });
});

describe("hearing", () => {
  it("takes each event once and in order", () => {
    const page = live().take(event(6), event(6), event(5), event(7));
    expect(page.deeds).toEqual(["deliver", "deliver"]);
    expect(page.link.place?.offset).toBe(7);
  });

  it("asks to be let in anew when one is missing", () => {
    const page = live().take(event(7));
    expect(page.did).toEqual([{ type: "join", place: { epoch: 7, offset: 5 } }]);
    expect(page.kind).toBe("recovering");
    expect(page.take(joined(7, true), event(6), event(7)).kind).toBe("live");
  });

  it("hands on facts that pass without counting them", () => {
    const page = live().take({ type: "event" });
    expect(page.deeds).toEqual(["deliver"]);
    expect(page.link.place?.offset).toBe(5);
  });
});

describe("losing the connection", () => {
  it("is recovering at once, and live again after what was missed", () => {
    const page = live().take(lost);
    expect(page.kind).toBe("recovering");
    page.after(3_000).take(connected);
    expect(page.did).toEqual([{ type: "join", place: { epoch: 7, offset: 5 } }]);
    expect(page.kind).toBe("recovering");
    expect(page.take(joined(6, true), event(6)).kind).toBe("live");
  });

  it("asks for the page anew when too much was missed, and is not live until that was answered", () => {
    const page = live().take(lost, connected, joined(900, false));
    expect(page.did.at(-1)).toEqual({ type: "ask", question: 1 });
    expect(page.kind).toBe("recovering");
    expect(page.take(answered(1)).kind).toBe("live");
  });

  it("does not take the answer to an older question for the answer to a newer one", () => {
    const page = live().take(joined(900, false), joined(2_000, false), answered(1));
    expect(page.kind).toBe("recovering");
    expect(page.take(answered(2)).kind).toBe("live");
  });

  it("remembers when it was last true", () => {
    const page = live();
    const start = page.now;
    page.after(4_000).take(heard).after(3_000).take(lost).after(60_000).take(tick);
    expect(page.link.trueAt).toBe(start + 4_000);
  });
});

describe("silence", () => {
  it("makes it stale, and a sign of life makes it live again", () => {
    const page = live().after(QUIET).take(tick);
    expect(page.kind).toBe("live");
    expect(page.after(1).kind).toBe("stale");
    expect(page.take(heard).kind).toBe("live");
    expect(page.deeds).toEqual([]);
  });

  it("that lasts makes it look for another connection, once", () => {
    const page = live().after(GONE + 1).take(tick, tick);
    expect(page.deeds).toEqual(["reconnect"]);
    expect(page.kind).toBe("recovering");
  });

  it("is noticed without a tick: a page that slept does not wake up looking live", () => {
    expect(live().after(3_600_000).kind).toBe("stale");
  });

  it("after knocking counts sooner", () => {
    const page = live().take(lost, connected);
    page.did = [];
    expect(page.after(ANSWER_WITHIN).take(tick).deeds).toEqual([]);
    expect(page.after(1).take(tick).deeds).toEqual(["reconnect"]);
  });
});

describe("the network", () => {
  it("that goes away is doubted until the server answers all the same", () => {
    const page = live().take({ type: "network", online: false });
    expect(page.kind).toBe("offline");
    expect(page.deeds).toEqual(["join"]);
    expect(page.take(joined(5, true)).kind).toBe("live");
  });

  it("that goes away with the connection is said to be gone", () => {
    const page = live().take({ type: "network", online: false }, lost);
    expect(page.kind).toBe("offline");
    page.did = [];
    page.take({ type: "network", online: true });
    expect(page.deeds).toEqual(["reconnect"]);
    expect(page.kind).toBe("recovering");
  });

  it("that changes under an open connection has the connection tried", () => {
    const page = live().take({ type: "network", online: true });
    expect(page.deeds).toEqual(["join"]);
    expect(page.after(ANSWER_WITHIN + 1).take(tick).deeds).toEqual(["reconnect"]);
  });

  it("that was never there is offline from the start", () => {
    expect(new Page(null, false).kind).toBe("offline");
  });
});

describe("being refused", () => {
  it.each(["signed_out", "forbidden", "too_many"])("for %s ends it, whatever comes after", (code) => {
    const page = live().take({ type: "refused", code });
    expect(page.kind).toBe("refused");
    expect(page.did).toEqual([{ type: "close", code }]);
    page.take(connected, joined(5, true), event(6), tick, { type: "network", online: true });
    expect(page.kind).toBe("refused");
    expect(page.did).toHaveLength(1);
  });

  it("for the moment only has it try again later", () => {
    const page = live().take({ type: "refused", code: "unavailable" });
    expect(page.deeds).toEqual(["later"]);
    expect(page.kind).toBe("recovering");
  });
});

describe("whatever happens", () => {
  const inputs: Input[] = [
    connected,
    lost,
    joined(5, true),
    joined(5),
    joined(400, false),
    event(6),
    event(9),
    heard,
    tick,
    { type: "network", online: false },
    { type: "network", online: true },
    { type: "refused", code: "unavailable" },
  ];

  it("it looks live only when open, let in, answered and heard of lately", () => {
    let seed = 42;
    const dice = (sides: number) => (seed = (seed * 48_271) % 2_147_483_647) % sides;
    const page = new Page({ epoch: 7, offset: 5 });
    let liveOften = 0;
    for (let turn = 0; turn < 20_000; turn += 1) {
      page.after(dice(9_000)).take(inputs[dice(inputs.length + 3)] ?? answered(page.link.question - dice(2)));
      if (page.kind !== "live") continue;
      liveOften += 1;
      const { open, joined: inside, question, answered: told, heardAt, place, goal } = page.link;
      expect(open && inside && question === told && (place as Place).offset >= goal).toBe(true);
      expect(page.now - heardAt).toBeLessThanOrEqual(QUIET);
    }
    expect(liveOften).toBeGreaterThan(500);
  });
});
