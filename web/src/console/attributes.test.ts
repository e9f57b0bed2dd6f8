import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { deliver } from "../live/feed";
import { startAttributes } from "./attributes";

const event = { timestamp: "", room: "", actor: "" };

describe("the tab of attributes", () => {
  let asked: string[];
  beforeEach(() => {
    vi.useFakeTimers();
    asked = [];
    vi.stubGlobal("fetch", (path: string) => {
      asked.push(path);
      return Promise.resolve(new Response(JSON.stringify({ items: [], next: null }), { headers: { "Content-Type": "application/json" } }));
    });
    document.body.innerHTML = '<section data-part="attributes" hidden><form data-tab-filters></form><div data-scroll><table data-table><tbody></tbody></table></div></section>';
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it("asks how many people have each only while it is seen, and once when it is seen again", async () => {
    const tab = startAttributes();
    for (let times = 0; times < 3; times += 1) deliver("user_added", event);
    await vi.advanceTimersByTimeAsync(600);
    expect(asked).toHaveLength(0);

    document.querySelector<HTMLElement>("section")!.hidden = false;
    tab?.refresh();
    tab?.refresh();
    await vi.advanceTimersByTimeAsync(600);
    expect(asked).toHaveLength(1);

    deliver("user_deleted", event);
    await vi.advanceTimersByTimeAsync(600);
    expect(asked).toHaveLength(2);
  });

  it("hears of new words at once, as all tabs offer them", async () => {
    startAttributes();
    deliver("attribute_added", event);
    await vi.advanceTimersByTimeAsync(600);
    expect(asked.length).toBeGreaterThan(0);
  });
});
