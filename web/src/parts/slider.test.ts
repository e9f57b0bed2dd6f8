import { beforeEach, expect, it } from "vitest";
import { follow, redraw, spoken, startSliders } from "./slider";

const get = (selector: string) => document.querySelector(selector) as HTMLInputElement;

beforeEach(() => {
  document.body.innerHTML = `<form><div class="slider" data-slider data-saved="600">
    <span data-said></span><span data-was hidden>was <span></span></span>
    <input type="number" name="pace" value="600" min="0" max="1000">
    <input type="range" value="600" min="0" max="1000"></div></form>`;
});

it("the box follows the slider, and the saved value is said", () => {
  get('[type="range"]').value = "300";
  follow(get("[data-slider]"), get('[type="range"]'));
  expect(get('[type="number"]').value).toBe("300");
  expect(get("[data-was]").hidden).toBe(false);
  expect(get("[data-was] span").textContent).toBe("600");
});

it("says seconds and minutes as people do", () => {
  expect(spoken(300, "s")).toBe("5 minutes");
  expect(spoken(3600, "s")).toBe("1 hour");
  expect(spoken(90, "s")).toBe("90 seconds");
  expect(spoken(60, "min")).toBe("1 hour");
  expect(spoken(0, "min")).toBe("0 minutes");
  expect(spoken(85, "%")).toBe("");
});

it("says again only what the unit does not say already", () => {
  get("[data-slider]").dataset.unit = "s";
  redraw(get("[data-slider]"));
  expect(get("[data-said]").textContent).toBe("10 minutes");
  get('[type="number"]').value = "45";
  redraw(get("[data-slider]"));
  expect(get("[data-said]").textContent).toBe("");
});

it("the slider follows the box", () => {
  startSliders();
  get('[type="number"]').value = "250";
  get('[type="number"]').dispatchEvent(new Event("input", { bubbles: true }));
  expect(get('[type="range"]').value).toBe("250");
  expect(get('[type="range"]').style.getPropertyValue("--at")).toBe("25");
});

it("an emptied box leaves the slider where it was", () => {
  get('[type="number"]').value = "";
  follow(get("[data-slider]"), get('[type="number"]'));
  expect(get('[type="range"]').value).toBe("600");
});

it("the mark goes away when the saved value is back", () => {
  redraw(get("[data-slider]"));
  expect(get("[data-slider]").hasAttribute("data-changed")).toBe(false);
  expect(get("[data-was]").hidden).toBe(true);
});
