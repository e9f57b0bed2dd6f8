import { describe, expect, it } from "vitest";
import { askAgain, deliver, on, onAskAgain } from "./feed";

const event = { timestamp: "t", room: "r", actor: "ada", offset: 1 };

describe("the feed", () => {
  it("hands an event to those who asked for its kind, until they stop", () => {
    const heard: string[] = [];
    const stop = on("user_added user_deleted", (_event, kind) => void heard.push(kind));
    for (const kind of ["user_added", "user_updated", "user_deleted"]) deliver(kind, event);
    stop();
    deliver("user_added", event);
    expect(heard).toEqual(["user_added", "user_deleted"]);
  });

  it("tells the body, so that a template can listen without a script", () => {
    const details: unknown[] = [];
    const listen = (heard: Event) => void details.push((heard as CustomEvent).detail);
    document.body.addEventListener("live:user_added", listen);
    deliver("user_added", event);
    document.body.removeEventListener("live:user_added", listen);
    expect(details).toEqual([event]);
  });

  it("goes on when one part of the page fails", () => {
    const reported: unknown[] = [];
    const report = globalThis.reportError;
    globalThis.reportError = (failure) => void reported.push(failure);
    const heard: number[] = [];
    const stops = [
      on("user_added", () => {
        throw new Error("one part");
      }),
      on("user_added", () => void heard.push(1)),
    ];
    deliver("user_added", event);
    stops.forEach((stop) => stop());
    globalThis.reportError = report;
    expect(heard).toEqual([1]);
    expect(reported).toHaveLength(1);
  });

  it("asks every part again and fails if one could not", async () => {
    const asked: string[] = [];
    const good = onAskAgain(() => void asked.push("good"));
    await askAgain();
    const bad = onAskAgain(async () => {
      throw new Error("no answer");
    });
    await expect(askAgain()).rejects.toThrow("no answer");
    good();
    bad();
    await askAgain();
    expect(asked).toEqual(["good", "good"]);
  });
});
