import { beforeEach, expect, it } from "vitest";
import { takeIn } from "./live-list";

function list(...rows: [key: string, state: string, when: string][]): HTMLElement {
  const place = document.createElement("div");
  Object.assign(place.dataset, { wordOne: "1 new", wordMany: "# new", wordChanged: "This list has changed" });
  const cells = rows.map(([key, state, when]) => `<tr data-key="${key}"><th>${key}</th><td>${state} <time>${when}</time></td></tr>`);
  place.innerHTML = `<table><tbody>${cells.join("")}</tbody></table>`;
  return place;
}

let shown: HTMLElement;

beforeEach(() => {
  shown = list(["a", "Online", "now"], ["b", "Online", "now"]);
  document.body.replaceChildren(shown);
});

const cell = (key: string): Element => shown.querySelector(`[data-key="${key}"] td`) as Element;
const bar = (): string | undefined => shown.querySelector(".table-new")?.textContent ?? undefined;

it("what changed in a row is told in its place, and glows", () => {
  takeIn(shown, list(["b", "Offline", "now"], ["a", "Online", "now"]));
  expect(cell("b").textContent).toBe("Offline now");
  expect(cell("b").classList.contains("glow")).toBe(true);
  expect(cell("a").classList.contains("glow")).toBe(false);
  expect([...shown.querySelectorAll("tr")].map((row) => row.dataset.key)).toEqual(["a", "b"]);
  expect(bar()).toBeUndefined();
});

it("that time has passed is shown, but does not glow", () => {
  takeIn(shown, list(["a", "Online", "1 minute ago"], ["b", "Online", "now"]));
  expect(cell("a").textContent).toContain("1 minute ago");
  expect(cell("a").classList.contains("glow")).toBe(false);
});

it("a chosen row stays chosen, also where a browser's helpers wrote into its box", () => {
  const pick = '<td class="table-pick"><input class="tick" type="checkbox"></td>';
  const fresh = list(["a", "Offline", "now"]);
  for (const place of [shown, fresh]) place.querySelector("tr")?.insertAdjacentHTML("afterbegin", pick);
  const box = shown.querySelector("input") as HTMLInputElement;
  box.checked = true;
  box.setAttribute("style", "");
  takeIn(shown, fresh);
  expect(shown.querySelector("input")?.checked).toBe(true);
  expect(shown.querySelector("tr")?.textContent).toContain("Offline");
});

it("new rows wait until somebody asks for them", () => {
  takeIn(shown, list(["d", "Online", "now"], ["c", "Online", "now"], ["a", "Online", "now"]));
  expect(bar()).toBe("2 new");
  expect(shown.querySelectorAll("tr")).toHaveLength(2);
});

it("rows that went are said, and not taken away from under the pointer", () => {
  takeIn(shown, list(["a", "Online", "now"]));
  expect(bar()).toBe("This list has changed");
  takeIn(shown, list(["a", "Online", "now"], ["b", "Online", "now"]));
  expect(bar()).toBeUndefined();
});
