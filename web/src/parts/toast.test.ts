import { beforeEach, describe, expect, it, vi } from "vitest";
import { startToasts, toast } from "./toast";

const stack = () => document.getElementById("toasts") as HTMLElement;
const shown = () => [...stack().querySelectorAll<HTMLElement>(".toast")].filter((item) => !item.hidden);

beforeEach(() => {
  vi.useFakeTimers();
  document.body.innerHTML = `<ol id="toasts" data-more="# more" data-close="Dismiss"></ol>`;
});

describe("toasts", () => {
  it("leave by themselves, except what went wrong", () => {
    toast({ text: "Saved", tone: "good" });
    toast({ text: "Not saved", tone: "bad" });
    vi.advanceTimersByTime(60_000);
    expect(shown().map((item) => item.textContent)).toEqual(["Not saved"]);
  });

  it("wait while the pointer is over them", () => {
    startToasts();
    toast({ text: "Saved" });
    stack().dispatchEvent(new Event("mouseenter"));
    vi.advanceTimersByTime(60_000);
    expect(shown()).toHaveLength(1);
    stack().dispatchEvent(new Event("mouseleave"));
    vi.advanceTimersByTime(10_000);
    expect(shown()).toHaveLength(0);
  });

  it("show the newest four and say how many more there are", () => {
    for (const n of [1, 2, 3, 4, 5, 6]) toast({ text: String(n) });
    expect(shown().map((item) => item.textContent)).toEqual(["3", "4", "5", "6"]);
    expect(stack().querySelector(".toast-more")?.textContent).toBe("2 more");
  });

  it("are dismissed by their button", () => {
    startToasts();
    toast({ text: "Not saved", tone: "bad" });
    stack().querySelector<HTMLElement>(".toast-close")?.click();
    expect(shown()).toHaveLength(0);
  });

  it("never read words as markup", () => {
    toast({ text: "<img src=x>", detail: "<b>x</b>" });
    expect(stack().querySelector("img, b")).toBeNull();
  });

  it("are passed over on a page without a place for them", () => {
    document.body.innerHTML = "";
    expect(toast({ text: "Saved" })).toBeNull();
  });
});
