import { toast } from "../parts/toast";
import { many, word } from "./build";
import { ask } from "./doors";
import type { Person } from "./people-state";
import { listOf } from "./person";
import { clearRefusal, refuse } from "./refusal";
import { sure } from "./sure";
import { saidWithUndo } from "./undo";

interface Item {
  id: number;
  done: boolean;
  message: string;
}
export interface Changed {
  done: number;
  failed: Item[];
  undo: string;
}

const NAMED = 5; // people and failures that are named; the rest is counted
const MOST_AT_ONCE = 500; // as many as the API removes in one request

let people: Person[] = [];

function firstOf(words: string[], between: string): string {
  const more = words.length > NAMED ? [word("andMore", words.length - NAMED)] : [];
  return [...words.slice(0, NAMED), ...more].join(between);
}

/** "Ada: The last administrator stays." and so on. */
export function failures(items: Item[], among: { id: number; name: string }[]): string {
  if (!items.length) return "";
  const names = new Map(among.map((row) => [row.id, row.name]));
  const named = items.map((one) => `${names.get(one.id) ?? one.id}: ${one.message}`);
  return `${many(items.length, "bulkFailed")} ${firstOf(named, " ")}`;
}

/** Ask what to do to the attributes of these people. */
export function changeMany(chosen: Person[]): void {
  const dialog = document.querySelector<HTMLDialogElement>("#console-many");
  const title = dialog?.querySelector<HTMLElement>("[data-title]");
  if (!dialog || !title || !chosen.length) return;
  people = chosen;
  title.textContent = many(chosen.length, "chosen");
  clearRefusal(dialog);
  dialog.showModal();
}

async function submitted(dialog: HTMLDialogElement, form: HTMLFormElement): Promise<void> {
  const data = new FormData(form);
  const asked = { ids: people.map((row) => row.id), how: data.get("how"), attributes: listOf(String(data.get("attributes") ?? "")) };
  try {
    const told = await ask<Changed>("POST", "/console/people/attributes/", asked);
    dialog.close();
    const detail = failures(told.failed, people) || undefined;
    if (told.undo) saidWithUndo(many(told.done, "bulkDone"), () => ask("POST", "/console/people/undo/", { undo: told.undo }), detail);
    else toast({ text: many(told.done, "bulkDone"), ...(detail ? { detail } : {}) });
  } catch (failure) {
    refuse(dialog, failure);
  }
}

/** Let these people go, as many at once as the door takes; they are named, for a filter may hide some of those chosen. */
export function removeMany(chosen: Person[]): void {
  if (!chosen.length) return;
  const whom = `${firstOf(chosen.map((row) => row.name), ", ")}.`;
  sure(word("delete", many(chosen.length, "shown")), "person", () => removed(chosen), (answer) => {
    const items = answer as Item[];
    const failed = items.filter((one) => !one.done);
    const detail = failures(failed, chosen);
    toast({ text: many(items.length - failed.length, "bulkGone"), tone: failed.length ? "caution" : "good", ...(detail ? { detail, stay: 0 } : {}) });
  }, whom);
}

async function removed(chosen: Person[]): Promise<Item[]> {
  const items: Item[] = [];
  for (let at = 0; at < chosen.length; at += MOST_AT_ONCE) {
    const ids = chosen.slice(at, at + MOST_AT_ONCE).map((row) => row.id);
    items.push(...(await ask<{ items: Item[] }>("POST", "/api/v1/users/bulk-delete", { ids })).items);
  }
  return items;
}

export function startBulk(): void {
  const dialog = document.querySelector<HTMLDialogElement>("#console-many");
  const form = dialog?.querySelector("form");
  if (!dialog || !form) return;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void submitted(dialog, form);
  });
}
