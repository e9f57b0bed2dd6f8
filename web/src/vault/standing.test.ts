import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { deliver } from "../live/feed";
import { watchStanding } from "./standing";

const event = { timestamp: "t", room: "r", actor: "ada" };

function pageOf(answers: { open: boolean; reason: string }[]): HTMLElement {
  document.body.innerHTML =
    '<div data-vault-file data-standing="/standing/" data-open="true" data-closed-words="Closed"><div data-preview>secret</div></div>' +
    '<a data-needs-open>Download</a>';
  globalThis.fetch = async () => new Response(JSON.stringify(answers.shift()));
  return document.querySelector<HTMLElement>("[data-vault-file]") as HTMLElement;
}

describe("the page of a file that is open", () => {
  const fetching = globalThis.fetch;
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["setTimeout"] });
    Object.defineProperty(document, "visibilityState", { value: "visible", configurable: true });
  });
  afterEach(() => {
    vi.useRealTimers();
    globalThis.fetch = fetching;
  });

  it("asks as soon as it is told of a change, and keeps nothing once the answer is no", async () => {
    const page = pageOf([{ open: false, reason: "It needs finance." }]);
    watchStanding(page);
    deliver("vault_changed", event);
    await vi.advanceTimersByTimeAsync(0);
    expect(page.dataset["open"]).toBe("false");
    expect(page.textContent).toContain("It needs finance.");
    expect(document.body.textContent).not.toContain("secret");
    expect(document.querySelector("[data-needs-open]")).toBeNull();
  });

  it("asks again and again though nobody tells it anything, until the answer is no", async () => {
    const answers = [{ open: true, reason: "" }, { open: true, reason: "" }, { open: false, reason: "" }, { open: true, reason: "" }];
    const page = pageOf(answers);
    watchStanding(page);
    await vi.advanceTimersByTimeAsync(1_500);
    expect(page.dataset["open"]).toBe("true");
    await vi.advanceTimersByTimeAsync(10_000);
    expect(page.dataset["open"]).toBe("false");
    expect(answers).toHaveLength(1);
  });
});
