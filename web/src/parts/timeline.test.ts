import { beforeEach, describe, expect, it } from "vitest";
import { nextScale, placed, startTimelines, towards } from "./timeline";

const get = <T extends Element = HTMLElement>(selector: string) => document.querySelector(selector) as unknown as T;
const press = (target: Element, key: string) =>
  target.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));

const bar = (id: string, x: number, more = "") =>
  `<rect id="${id}" class="timeline-bar" x="${x}%" width="5%" tabindex="-1" data-label="${id}" data-hue="1" data-time="09:00:00 – 09:05:00" data-length="0:05:00" ${more}></rect>`;

beforeEach(() => {
  document.body.innerHTML = `<div data-timeline="day">
    <button data-zoom="out" disabled></button><output data-scale>1×</output><button data-zoom="in"></button>
    <div data-scroll><div data-canvas>
      <div data-lane="work"><svg>${bar("late", 60)}${bar("early", 10, 'data-note="<b>note</b>"')}</svg></div>
      <div data-lane="none"><svg></svg></div>
      <div data-lane="shots"><svg><a id="pin" class="timeline-pin" data-label="Screenshot" data-thumb="/t"><circle cx="55%"></circle></a></svg></div>
    </div></div>
    <div data-tip hidden><img data-tip-thumb hidden><span data-tip-swatch></span><bdi data-tip-label></bdi><p data-tip-note><bdi></bdi></p><span data-tip-time></span><b data-tip-length></b></div>
  </div>`;
  startTimelines();
});

describe("walking along a day", () => {
  it("begins at the earliest mark of each line, whatever the order in the page", () => {
    expect(get("#early").getAttribute("tabindex")).toBe("0");
    expect(get("#late").getAttribute("tabindex")).toBe("-1");
    expect(get("#pin").getAttribute("tabindex")).toBe("0");
  });

  it("goes along the line, and over empty lines to the nearest in the next one", () => {
    const [early, late, pin] = ["#early", "#late", "#pin"].map((id) => get<SVGElement>(id)) as [SVGElement, SVGElement, SVGElement];
    expect(towards(early, "ArrowRight")).toBe(late);
    expect(towards(late, "ArrowRight")).toBeNull();
    expect(towards(late, "Home")).toBe(early);
    expect(towards(late, "ArrowDown")).toBe(pin);
    expect(towards(pin, "ArrowUp")).toBe(late);
  });

  it("keeps the arrows for itself, so that the page does not go to another day", () => {
    let heard = 0;
    document.addEventListener("keydown", () => heard++, { once: true });
    press(get("#early"), "ArrowRight");
    expect(heard).toBe(0);
    expect(get("#late").getAttribute("tabindex")).toBe("0");
    expect(get("#early").getAttribute("tabindex")).toBe("-1");
  });
});

describe("the tip", () => {
  it("says what the mark says, as text", () => {
    get("#early").dispatchEvent(new FocusEvent("focusin", { bubbles: true }));
    expect(get("[data-tip]").hidden).toBe(false);
    expect(get("[data-tip-note] bdi").textContent).toBe("<b>note</b>");
    expect(get("[data-tip]").querySelector("bdi b")).toBeNull();
    expect(get("[data-tip-length]").textContent).toBe("0:05:00");
    press(get("#early"), "Escape");
    expect(get("[data-tip]").hidden).toBe(true);
  });

  it("shows the small picture of a pin, and none for a bar", () => {
    get("#pin").dispatchEvent(new FocusEvent("focusin", { bubbles: true }));
    expect(get("[data-tip-thumb]").getAttribute("src")).toBe("/t");
    get("#late").dispatchEvent(new FocusEvent("focusin", { bubbles: true }));
    expect(get("[data-tip-thumb]").hidden).toBe(true);
  });

  it("keeps inside its timeline", () => {
    expect(placed(100, 200, 800)).toBe(112);
    expect(placed(700, 200, 800)).toBe(488);
    expect(placed(10, 200, 150)).toBe(0);
  });
});

describe("zoom", () => {
  it("doubles up to a limit and comes back to the whole", () => {
    expect([nextScale(1, 1), nextScale(32, 1), nextScale(2, -1), nextScale(1, -1)]).toEqual([2, 32, 1, 1]);
    press(get("#early"), "+");
    expect(get("[data-scale]").textContent).toBe("2×");
    expect(get("[data-canvas]").style.width).toBe("200%");
    expect(get('[data-zoom="out"]').hasAttribute("disabled")).toBe(false);
    get('[data-zoom="out"]').click();
    expect(get("[data-scale]").textContent).toBe("1×");
  });
});
