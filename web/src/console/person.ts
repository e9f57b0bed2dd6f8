import { toast } from "../parts/toast";
import { el, word } from "./build";
import { ask, look, Refused } from "./doors";
import { edit, editingWords, onEditing } from "./here";
import type { Person } from "./people-state";
import { placeName } from "./places";
import { clearRefusal, refuse } from "./refusal";
import { sure } from "./sure";
import { saidWithUndo } from "./undo";

type Values = Record<string, string | string[] | number | null>;
interface Field {
  now: unknown;
  asked: unknown;
}
interface Difference {
  revision: string;
  fields: Record<string, Field>;
  now: Values;
}

const NAMES = ["first_name", "last_name", "role", "status"] as const;
const LABELS: Record<string, string> = { first_name: "firstName", last_name: "lastName", role: "role", status: "status", department_id: "department", attributes: "attributes" };

const dialog = (): HTMLDialogElement | null => document.querySelector<HTMLDialogElement>("#console-person");
const form = (): HTMLFormElement | null => document.querySelector<HTMLFormElement>('form[data-form="person"]');

let open: Person | null = null; // the person as they were when the dialog was opened; null: somebody new

export const listOf = (text: string): string[] => [...new Set(text.split(",").map((one) => one.trim()).filter(Boolean))].sort();

/** Open the form for somebody new, or for this person as they stand now. */
export async function openPerson(email: string | null): Promise<void> {
  try {
    fill(email === null ? null : await fresh(email));
  } catch (failure) {
    toast({ text: failure instanceof Refused ? failure.words : (document.body.dataset.unreachable ?? ""), tone: "bad" });
  }
}

async function fresh(email: string): Promise<Person> {
  const { items } = await look<{ items: Person[] }>("/console/people/named/", { users: [email] });
  if (!items[0]) throw new Refused(404, { code: "not_found", message: word("removed", email) });
  return items[0];
}

function fill(person: Person | null): void {
  const [box, fields] = [dialog(), form()];
  if (!box || !fields) return;
  open = person;
  clearRefusal(fields);
  showDifference(null);
  for (const part of fields.querySelectorAll<HTMLElement>("[data-only]")) part.hidden = (part.dataset.only === "new") !== (person === null);
  const title = box.querySelector("[data-title]");
  if (title) title.textContent = person ? person.name : word("addTitle");
  put(fields, person ? { ...person } : { email: "", first_name: "", last_name: "", role: "EMPLOYEE", status: "ACTIVE", department_id: null, attributes: [] });
  edit(person ? `user:${person.id}` : null);
  others();
  if (!box.open) box.showModal();
}

function put(fields: HTMLFormElement, values: Values | Person): void {
  for (const [name, value] of Object.entries(values)) {
    const field = fields.elements.namedItem(name);
    if (field instanceof HTMLInputElement || field instanceof HTMLSelectElement) field.value = Array.isArray(value) ? value.join(", ") : String(value ?? "");
  }
}

function said(fields: HTMLFormElement): Values {
  const data = new FormData(fields);
  const values: Values = { attributes: listOf(String(data.get("attributes") ?? "")), department_id: Number(data.get("department_id")) || null };
  for (const name of NAMES) values[name] = String(data.get(name) ?? "").trim();
  return values;
}

/** What the form says that is not so already. */
export function changesOf(person: Values | Person, values: Values): Values {
  const before: Record<string, unknown> = { ...person, attributes: [...(person["attributes" as keyof typeof person] as string[])].sort() };
  return Object.fromEntries(Object.entries(values).filter(([name, value]) => JSON.stringify(before[name]) !== JSON.stringify(value)));
}

/** "Mina is editing": before two people write over one another. */
function others(): void {
  const place = dialog()?.querySelector<HTMLElement>("[data-others]");
  if (!place) return;
  const words = open ? editingWords(`user:${open.id}`) : "";
  place.hidden = !words;
  place.textContent = words;
}

async function save(fields: HTMLFormElement): Promise<void> {
  clearRefusal(fields);
  const values = said(fields);
  if (!open) return add(fields, values);
  const person = open;
  const changes = changesOf(person, values);
  if (Object.keys(changes).length) await change(person, changes);
  dialog()?.close();
}

async function add(fields: HTMLFormElement, { status: _status, ...values }: Values): Promise<void> {
  const email = String(new FormData(fields).get("email") ?? "").trim();
  const added = await ask<Person>("POST", "/api/v1/users", { email, ...values });
  dialog()?.close();
  toast({ text: word("added", added.email), tone: "good" });
}

async function change(person: Person, changes: Values): Promise<void> {
  const saved = await ask<Person>("PATCH", `/api/v1/users/${person.id}`, changes, { "If-Match": `"${person.revision}"` });
  const before = Object.fromEntries(Object.keys(changes).map((name) => [name, person[name as keyof Person]]));
  const words = changes["status"] === "INACTIVE" ? "deactivated" : changes["status"] === "ACTIVE" ? "reactivated" : "saved";
  const undo = () => ask("PATCH", `/api/v1/users/${person.id}`, before, { "If-Match": `"${saved.revision}"` });
  saidWithUndo(word(words, person.name), undo);
}

/** Somebody was quicker: show what they changed beside what was asked for, and build upon it. */
function showDifference(told: Difference | null): void {
  const place = dialog()?.querySelector<HTMLElement>("[data-difference]");
  if (!place) return;
  place.hidden = !told;
  place.replaceChildren(...(told && open ? [tableOf(told, open)] : []));
  if (told && open) takeOver(told, open);
}

/** From here on the form is about the person as they are now: what only somebody else changed is shown as they left it. */
function takeOver(told: Difference, before: Person): void {
  const fields = form();
  const mine = fields ? changesOf(before, said(fields)) : {};
  if (fields) put(fields, { ...told.now, ...mine });
  open = { ...before, ...(told.now as Partial<Person>), revision: told.revision };
}

function textOf(name: string, value: unknown): string {
  if (name === "department_id") return value === null ? "" : placeName(value);
  return Array.isArray(value) ? value.join(", ") : String(value ?? "");
}

/** Every field that somebody else changed, or that is not as it was asked for: before, now, and yours. */
function tableOf({ fields, now }: Difference, before: Person): HTMLElement {
  const words = (name: string, value: unknown): string => textOf(name, value) || word("none");
  const names = Object.keys(LABELS).filter((name) => name in fields || words(name, before[name as keyof Person]) !== words(name, now[name]));
  const head = el("tr", {}, ...["field", "before", "theirs", "yours"].map((name) => el("th", { scope: "col" }, word(name))));
  const rows = names.map((name) => {
    const said = [word("before"), words(name, before[name as keyof Person]), word("theirs"), words(name, now[name]), word("yours"), words(name, fields[name] ? fields[name].asked : now[name])];
    const cells = [0, 2, 4].map((at) => el("td", { "data-label": said[at] ?? "" }, said[at + 1] ?? ""));
    return el("tr", {}, el("th", { scope: "row" }, word(LABELS[name] ?? name)), ...cells);
  });
  return el("table", { class: "table console-difference" }, el("thead", {}, head), el("tbody", {}, ...rows));
}

async function submitted(fields: HTMLFormElement): Promise<void> {
  const button = fields.querySelector<HTMLButtonElement>('button[type="submit"]');
  if (button) button.disabled = true;
  try {
    await save(fields);
  } catch (failure) {
    refuse(fields, failure);
    if (failure instanceof Refused && failure.problem.difference) showDifference(failure.problem.difference as unknown as Difference);
  } finally {
    if (button) button.disabled = false;
  }
}

function remove(): void {
  const person = open;
  dialog()?.close();
  if (person) sure(word("delete", person.name), "person", () => ask("DELETE", `/api/v1/users/${person.id}`), word("removed", person.email));
}

export function startPerson(): void {
  const fields = form();
  fields?.addEventListener("submit", (event) => {
    event.preventDefault();
    void submitted(fields);
  });
  fields?.querySelector("[data-remove]")?.addEventListener("click", remove);
  dialog()?.addEventListener("close", () => edit(null));
  onEditing(others);
  for (const button of document.querySelectorAll('[data-add="person"]')) button.addEventListener("click", () => void openPerson(null));
}
