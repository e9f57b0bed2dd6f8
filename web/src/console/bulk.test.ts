import { beforeEach, expect, it } from "vitest";
import { failures, removeMany } from "./bulk";
import type { Person } from "./people-state";

const NAMES = ["Ada", "Bo", "Chandra", "Dalia", "Emeka", "Farida", "Gita"];
const people = NAMES.map((name, id) => ({ id, name }) as Person);

beforeEach(() => {
  document.body.innerHTML = `<template id="console-words" data-word-and-more="and # more" data-word-delete="Remove #"
    data-word-shown="# people" data-word-shown-one="1 person" data-word-bulk-failed="# were not:"></template>
    <dialog id="console-sure"><h2 data-title></h2><p data-text data-person="This cannot be undone here."></p></dialog>`;
});

it("asks before people go, and names the first of them: a filter may hide some", () => {
  removeMany(people.slice(0, 2));
  expect(document.querySelector("[data-title]")?.textContent).toBe("Remove 2 people?");
  expect(document.querySelector("[data-text]")?.textContent).toBe("Ada, Bo. This cannot be undone here.");
  removeMany(people);
  expect(document.querySelector("[data-text]")?.textContent).toContain("Ada, Bo, Chandra, Dalia, Emeka, and 2 more.");
});

it("names who was not changed, with the reason", () => {
  const failed = people.slice(0, 2).map(({ id }) => ({ id, done: false, message: "Stays." }));
  expect(failures(failed, people)).toBe("2 were not: Ada: Stays. Bo: Stays.");
  expect(failures([], people)).toBe("");
});
