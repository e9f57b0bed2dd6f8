import { beforeEach, expect, it } from "vitest";
import { refresh, unsavedIn } from "./unsaved";

const get = <T extends HTMLElement = HTMLInputElement>(selector: string) => document.querySelector(selector) as T;

beforeEach(() => {
  document.body.innerHTML = `<form>
    <input type="hidden" name="csrfmiddlewaretoken" value="x"><input name="pace" value="600">
    <label data-switch><input type="checkbox" name="mouse"></label>
    <select name="role"><option selected>A</option><option>B</option></select><input type="range" value="5">
    <div class="unsaved" data-unsaved hidden><span class="unsaved-word" data-one="1 unsaved change" data-many="# unsaved changes"></span></div>
  </form>`;
});

it("nothing is unsaved at first", () => {
  expect(unsavedIn(get<HTMLFormElement>("form"))).toEqual([]);
  refresh(get("[data-unsaved]"));
  expect(get("[data-unsaved]").hidden).toBe(true);
});

it("counts fields of every kind that differ, by name", () => {
  get('[name="pace"]').value = "300";
  get('[name="mouse"]').checked = true;
  get<HTMLSelectElement>('[name="role"]').selectedIndex = 1;
  get('[type="range"]').value = "9"; // has no name: it is only the box's handle
  expect(unsavedIn(get<HTMLFormElement>("form"))).toEqual(["pace", "mouse", "role"]);
});

it("shows the bar with the count, marks the switch, and tells the page", () => {
  const told: string[][] = [];
  get<HTMLFormElement>("form").addEventListener("sundial:unsaved", (event) => told.push((event as CustomEvent<string[]>).detail));
  get('[name="mouse"]').checked = true;
  refresh(get("[data-unsaved]"));
  expect(get("[data-unsaved]").hidden).toBe(false);
  expect(get(".unsaved-word").textContent).toBe("1 unsaved change");
  expect(get("[data-switch]").hasAttribute("data-changed")).toBe(true);
  expect(told).toEqual([["mouse"]]);
});
