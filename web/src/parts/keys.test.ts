import { beforeEach, expect, it } from "vitest";
import { isWriting } from "./dom";
import { press, startKeys } from "./keys";

let went: string[] = [];

beforeEach(() => {
  went = [];
  document.body.innerHTML = `<input data-search><a href="#p" data-go="p">People</a><textarea></textarea><dialog id="keys"></dialog>
    <main><a href="#edit" data-edit-page>Edit</a></main>`;
  for (const link of document.querySelectorAll<HTMLElement>("a")) link.addEventListener("click", () => went.push(link.textContent ?? ""));
});

it("g and a letter go there, but only soon after", () => {
  expect(press("g", 0)).toBe(true);
  expect(press("p", 100)).toBe(true);
  expect(press("g", 1000)).toBe(true);
  expect(press("p", 9000)).toBe(false);
  expect(went).toEqual(["People"]);
});

it("a slash goes to the search", () => {
  press("/", 0);
  expect(document.activeElement?.hasAttribute("data-search")).toBe(true);
});

it("a question mark shows all keys", () => {
  press("?", 0);
  expect((document.getElementById("keys") as HTMLDialogElement).open).toBe(true);
});

it("e edits the page where no row is under the cursor", () => {
  expect(press("e", 20_000)).toBe(true);
  expect(went).toEqual(["Edit"]);
});

it("letters that someone writes are theirs", () => {
  startKeys();
  const box = document.querySelector("textarea") as HTMLTextAreaElement;
  expect(isWriting(box)).toBe(true);
  box.dispatchEvent(new KeyboardEvent("keydown", { key: "?", bubbles: true }));
  expect((document.getElementById("keys") as HTMLDialogElement).open).toBe(false);
});
