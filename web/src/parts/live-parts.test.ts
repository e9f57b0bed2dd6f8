import { beforeEach, describe, expect, it } from "vitest";
import { setConnection } from "./connection";
import { setProgress } from "./progress";
import { setStale } from "./stale";
import { setStat } from "./stat";
import { setState } from "./state";

const get = (selector: string) => document.querySelector(selector) as HTMLElement;

describe("the progress line", () => {
  beforeEach(() => {
    const states = ["applied", "applying", "waiting", "rejected", "offline"];
    document.body.innerHTML = `<div data-progress=""><span data-applied>0</span><span data-total>0</span><span data-as-of><time datetime=""></time></span>
      <svg>${states.map((state) => `<rect data-segment="${state}" x="0%" width="0%"></rect>`).join("")}</svg>
      <ul class="progress-legend">${states.map((state) => `<li data-segment="${state}">${state} <b data-count>0</b></li>`).join("")}</ul></div>`;
  });

  it("shows counts as shares, side by side, without inline styles", () => {
    setProgress(get("[data-progress]"), { applied: 20, rejected: 5 }, new Date("2026-11-21T14:03:22Z"));
    expect(get('rect[data-segment="applied"]').getAttribute("width")).toBe("80%");
    expect(get('rect[data-segment="rejected"]').getAttribute("x")).toBe("80%");
    expect(get("[data-applied]").textContent).toBe("20");
    expect(get("[data-total]").textContent).toBe("25");
    expect(get("time").getAttribute("datetime")).toBe("2026-11-21T14:03:22.000Z");
    expect(get("svg").getAttribute("aria-label")).toContain("applied 20");
    expect(document.querySelector("[style]")).toBeNull();
  });

  it("stands empty when there are no agents", () => {
    setProgress(get("[data-progress]"), {});
    expect(get('rect[data-segment="applied"]').getAttribute("width")).toBe("0%");
  });
});

describe("the connection indicator", () => {
  beforeEach(() => {
    document.body.innerHTML = `<span id="connection" data-state="none" data-word-live="Live" data-word-offline="Offline" data-word-none="Not live" data-word-since="since">
      <span class="connection-word">Not live</span><span class="connection-since"></span></span>`;
  });

  it("says what it is told, and since when it is not live", () => {
    setConnection("live");
    expect(get("#connection").dataset.state).toBe("live");
    expect(get(".connection-word").textContent).toBe("Live");
    setConnection("offline", new Date(2026, 10, 21, 14, 3));
    expect(get(".connection-word").textContent).toBe("Offline");
    expect(get(".connection-since").textContent).toContain("since");
    setConnection("live", new Date());
    expect(get(".connection-since").textContent).toBe("");
  });
});

it("the veil falls on every live zone with the time, and lifts", () => {
  document.body.innerHTML = `<div data-stale-zone="a"><span data-stale-since></span></div><div data-stale-zone="b"></div>`;
  setStale(new Date());
  expect(document.querySelectorAll("[data-stale]")).toHaveLength(2);
  expect(get("[data-stale-since]").textContent).not.toBe("");
  setStale(null);
  expect(document.querySelectorAll("[data-stale]")).toHaveLength(0);
});

it("a figure that changed glows; one that did not stays still", () => {
  document.body.innerHTML = `<div data-stat="online"><span data-value>22</span></div>`;
  setStat("online", 22);
  expect(document.querySelector(".glow")).toBeNull();
  setStat("online", 23);
  expect(get(".glow").textContent).toBe("23");
});

it("a state changes its mark and its word together", () => {
  document.body.innerHTML = `<span class="state" data-state="online"><span class="state-word">Online</span></span>`;
  setState(get(".state"), "offline", "Offline");
  expect(get(".state").dataset.state).toBe("offline");
  expect(get(".state-word").textContent).toBe("Offline");
});
