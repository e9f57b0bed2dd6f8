import { beforeEach, describe, expect, it } from "vitest";
import { appearance, Indicator, VEIL_AFTER } from "./indicator";
import { begin, QUIET, step, type Link } from "./link";

const NOW = Date.UTC(2026, 4, 1, 12, 0, 0);

function live(): Link {
  const opened = step(begin(NOW, { epoch: 7, offset: 5 }, true), { type: "connected" }, NOW).link;
  return step(opened, { type: "joined", epoch: 7, offset: 5, recovered: true }, NOW).link;
}

describe("how the page looks", () => {
  it("is plain while it is live", () => {
    expect(appearance(live(), NOW)).toEqual({ word: "live", since: undefined, veil: null });
  });

  it("says at once that it is not, and veils its figures when they are old", () => {
    const lost = step(live(), { type: "disconnected" }, NOW).link;
    expect(appearance(lost, NOW + VEIL_AFTER)).toEqual({ word: "connecting", since: new Date(NOW), veil: null });
    expect(appearance(lost, NOW + VEIL_AFTER + 1).veil).toEqual(new Date(NOW));
  });

  it("is veiled as soon as it turns stale", () => {
    const look = appearance(live(), NOW + QUIET + 1);
    expect(look).toEqual({ word: "none", since: new Date(NOW), veil: new Date(NOW) });
  });

  it("is veiled at once when nobody may listen any more", () => {
    const refused = step(live(), { type: "refused", code: "signed_out" }, NOW).link;
    expect(appearance(refused, NOW)).toEqual({ word: "none", since: new Date(NOW), veil: new Date(NOW) });
  });
});

describe("the indicator", () => {
  beforeEach(() => {
    document.body.innerHTML =
      '<span id="connection" data-state="none" data-word-live="Live" data-word-connecting="Connecting" data-word-since="since">' +
      '<span class="connection-word"></span><span class="connection-since"></span></span>' +
      '<div data-stale-zone="x"><span data-stale-since></span></div>';
  });

  it("writes word and veil, and touches nothing while nothing changes", () => {
    const indicator = new Indicator();
    const mark = document.getElementById("connection") as HTMLElement;
    indicator.show(live(), NOW);
    expect(mark.dataset.state).toBe("live");
    expect(mark.textContent).toContain("Live");
    mark.dataset.state = "untouched";
    indicator.show(live(), NOW + 1_000);
    expect(mark.dataset.state).toBe("untouched");
    indicator.show(step(live(), { type: "disconnected" }, NOW).link, NOW + 60_000);
    expect(mark.textContent).toContain("Connecting");
    expect(document.querySelector("[data-stale-zone]")?.hasAttribute("data-stale")).toBe(true);
  });
});
