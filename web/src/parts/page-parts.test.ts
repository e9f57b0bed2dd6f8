import { beforeEach, describe, expect, it, vi } from "vitest";
import { chooseTheme, foldRail, startAppearance } from "./appearance";
import { copyField } from "./copy";
import { gateTyped, startDialogs } from "./dialog";
import { startMenus } from "./menu";
import { ago, refreshTimes } from "./times";

const get = <T extends HTMLElement = HTMLElement>(selector: string) => document.querySelector(selector) as T;

describe("the chosen look", () => {
  beforeEach(() => {
    localStorage.clear();
    document.body.innerHTML = `<button data-theme-choice="dark">Dark</button><button data-theme-choice="auto">System</button>`;
  });

  it("is kept for the next page, and auto forgets it", () => {
    startAppearance();
    get('[data-theme-choice="dark"]').click();
    expect(document.documentElement.dataset.theme).toBe("dark");
    expect(localStorage.getItem("sundial-theme")).toBe("dark");
    expect(get('[data-theme-choice="dark"]').getAttribute("aria-pressed")).toBe("true");
    chooseTheme("auto");
    expect(document.documentElement.dataset.theme).toBeUndefined();
    expect(localStorage.getItem("sundial-theme")).toBeNull();
  });

  it("is there before the first paint", async () => {
    localStorage.setItem("sundial-theme", "light");
    localStorage.setItem("sundial-rail", "narrow");
    await import(/* @vite-ignore */ `${"../theme"}`);
    expect(document.documentElement.dataset.theme).toBe("light");
    expect(document.documentElement.dataset.rail).toBe("narrow");
    foldRail();
    expect(localStorage.getItem("sundial-rail")).toBeNull();
  });
});

it("menus close on a click elsewhere and on Esc, giving the focus back", () => {
  document.body.innerHTML = `<details class="menu" data-menu open><summary>More</summary><div class="menu-sheet"><a class="menu-item" href="#">Edit</a></div></details><p>elsewhere</p>`;
  startMenus();
  const menu = get<HTMLDetailsElement>("details");
  get("p").click();
  expect(menu.open).toBe(false);
  menu.open = true;
  document.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowDown" }));
  expect(document.activeElement?.textContent).toBe("Edit");
  document.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape" }));
  expect(menu.open).toBe(false);
  expect(document.activeElement?.tagName).toBe("SUMMARY");
});

it("a dialog that wants a word typed lets nobody through without it", () => {
  document.body.innerHTML = `<dialog data-dialog><input data-typed="Hypatia"><button data-close type="button">Cancel</button><button type="submit">Delete</button></dialog>`;
  const dialog = get<HTMLDialogElement>("dialog");
  const go = get<HTMLButtonElement>('[type="submit"]');
  startDialogs();
  expect(go.disabled).toBe(true);
  get<HTMLInputElement>("input").value = "Hypatia";
  gateTyped(dialog);
  expect(go.disabled).toBe(false);
  dialog.showModal();
  get("[data-close]").click();
  expect(dialog.open).toBe(false);
});

describe("copying", () => {
  beforeEach(() => {
    document.body.innerHTML = `<input id="link" value="http://x/y"><button data-copy="link" data-done-word="Copied"><span>Copy</span></button>`;
  });

  it("says so when it worked", async () => {
    vi.useFakeTimers();
    expect(await copyField(get("button"))).toBe(true);
    expect(get("button").textContent).toBe("Copied");
    vi.advanceTimersByTime(3000);
    expect(get("button").textContent).toBe("Copy");
    vi.useRealTimers();
  });

  it("does nothing for a field that is not there", async () => {
    get("button").dataset.copy = "gone";
    expect(await copyField(get("button"))).toBe(false);
  });
});

describe("times", () => {
  const noon = new Date(2026, 10, 21, 12, 0, 0).getTime();

  it("age as people say them", () => {
    expect(ago(noon - 20_000, noon, "en")).toBeNull();
    expect(ago(noon - 60_000, noon, "en")).toBe("1 minute ago");
    expect(ago(noon - 3 * 3_600_000, noon, "en")).toBe("3 hours ago");
    expect(ago(noon - 48 * 3_600_000, noon, "en")).toBeNull();
  });

  it("are said again on the page; a named day keeps its name", () => {
    const iso = (back: number) => new Date(noon - back).toISOString();
    document.body.innerHTML = `<time data-when datetime="${iso(120_000)}">just now</time><time data-when datetime="${iso(90_000_000)}">yesterday 11:00</time>`;
    refreshTimes(noon);
    expect([...document.querySelectorAll("time")].map((time) => time.textContent)).toEqual(["2 minutes ago", "yesterday 11:00"]);
  });
});
