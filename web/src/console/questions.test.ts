import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { LiveEvent } from "../live/feed";
import { Refused } from "./doors";
import { Questions } from "./questions";

const event = (user: string): LiveEvent => ({ timestamp: "", room: "", actor: "", user });

/** A door whose answers come when the test says so, and a table of names. */
class Door {
  readonly asked: (string[] | "all")[] = [];
  readonly rows = new Set<string>();
  private answers: ((failure?: unknown) => void)[] = [];
  readonly questions = new Questions<string>(
    {
      fold: (kind, { user }) => {
        if (kind === "gone") this.rows.delete(String(user));
        return { ask: kind === "named" ? [String(user)] : [] };
      },
      all: () => this.ask("all", ["ada", "bo"]),
      some: (names) => this.ask(names, names),
      most: 100,
    },
    () => 60,
  );

  private ask(said: string[] | "all", found: string[]): Promise<void> {
    this.asked.push(said);
    return new Promise((done, fail) => {
      this.answers.push((failure) => {
        if (failure) return fail(failure);
        for (const one of found) this.rows.add(one);
        done();
      });
    });
  }

  async answer(failure?: unknown): Promise<void> {
    this.answers.shift()?.(failure);
    await vi.advanceTimersByTimeAsync(0);
  }
}

describe("what events leave open", () => {
  let door: Door;
  beforeEach(() => {
    vi.useFakeTimers();
    door = new Door();
  });
  afterEach(() => vi.useRealTimers());
  const pass = (milliseconds: number) => vi.advanceTimersByTimeAsync(milliseconds);

  it("is asked together, each once", async () => {
    for (const user of ["ada", "bo", "ada"]) door.questions.take("named", event(user));
    await pass(60);
    expect(door.asked).toEqual([["ada", "bo"]]);
  });

  it("is asked one question after the other", async () => {
    door.questions.take("named", event("ada"));
    await pass(60);
    door.questions.take("named", event("bo"));
    await pass(1_000);
    expect(door.asked).toHaveLength(1);
    await door.answer();
    expect(door.asked).toEqual([["ada"], ["bo"]]);
  });

  it("does not bring back who went while the answer was on its way", async () => {
    void door.questions.load();
    door.questions.take("gone", event("bo"));
    await door.answer();
    expect([...door.rows]).toEqual(["ada"]);
  });

  it("is everything when too many are named", async () => {
    for (let n = 0; n <= 100; n += 1) door.questions.take("named", event(`p${n}`));
    await pass(60);
    expect(door.asked).toEqual(["all"]);
  });

  it("is asked with what somebody else wonders about", async () => {
    door.questions.wonder([]);
    await pass(60);
    expect(door.asked).toEqual([]);
    door.questions.wonder(["ada"]);
    door.questions.take("named", event("bo"));
    await pass(60);
    expect(door.asked).toEqual([["ada", "bo"]]);
  });

  it("stays open when the door cannot be reached, and is asked again", async () => {
    door.questions.take("named", event("ada"));
    await pass(60);
    await door.answer(new TypeError("no network"));
    expect(door.asked).toHaveLength(1);
    await pass(2_000);
    await door.answer();
    expect(door.asked).toEqual([["ada"], ["ada"]]);
    expect([...door.rows]).toEqual(["ada"]);
  });

  it("is not asked again where it was refused", async () => {
    door.questions.take("named", event("ada"));
    await pass(60);
    await door.answer(new Refused(403, { code: "forbidden", message: "no" }));
    await pass(60_000);
    expect(door.asked).toHaveLength(1);
  });

  it("tells whoever asked for everything that it failed, and answers when it did not", async () => {
    const failed = expect(door.questions.load()).rejects.toThrow("no network");
    await door.answer(new TypeError("no network"));
    await failed;
    await pass(60_000);
    expect(door.asked).toHaveLength(1);
    const loaded = door.questions.load();
    await door.answer();
    await loaded;
    expect([...door.rows]).toEqual(["ada", "bo"]);
  });
});
