import { describe, expect, it } from "vitest";
import { countsIn, isSettling } from "./policy";

function fragment(): HTMLElement {
  const place = document.createElement("div");
  place.innerHTML = `<span data-as-of><time datetime="2026-11-21T10:00:00Z">10:00</time></span><ul>
    <li data-segment="applied"><b data-count>24</b></li><li data-segment="applying"><b data-count>1</b></li></ul>`;
  return place;
}

describe("the progress line of a policy", () => {
  it("reads the counts and their moment from what the server drew", () => {
    const { counts, asOf } = countsIn(fragment());
    expect(counts.applied).toBe(24);
    expect(counts.applying).toBe(1);
    expect(counts.rejected).toBe(0);
    expect(asOf?.toISOString()).toBe("2026-11-21T10:00:00.000Z");
  });

  it("is settling while an agent still applies, and not afterwards", () => {
    expect(isSettling({ applied: 24, applying: 1 })).toBe(true);
    expect(isSettling({ applied: 24, offline: 1 })).toBe(false);
  });
});
