import { on, say, type LiveEvent } from "../live/feed";
import { word } from "./build";

const me = (): string => word("me");
const short = (email: string): string => email.split("@", 1)[0] ?? email;

let nameOf: (email: string) => string | undefined = () => undefined;
let users: string[] = [];
let editing: Record<string, string[]> = {};
let mine: string | null = null;
const listeners = new Set<() => void>();

/** A person's name, as far as it is known here. */
const called = (email: string): string => nameOf(email) || short(email);

/** "Mina is here, too." / "Mina and another person …" / "Mina and 3 others …" */
export function hereWords(present: string[], own: string): string {
  const [first, ...others] = present.filter((one) => one !== own);
  if (!first) return "";
  if (!others.length) return word("hereOne", called(first));
  if (others.length === 1) return word("hereTwo", called(first));
  return `${called(first)} ${word("and")} ${others.length} ${word("hereOthers")}`;
}

/** Who else edits this thing now. */
export function editorsOf(thing: string): string[] {
  return (editing[thing] ?? []).filter((one) => one !== me());
}

/** "Mina is editing"; empty if nobody is. */
export function editingWords(thing: string): string {
  const names = editorsOf(thing).map(called);
  return names.length ? word(names.length === 1 ? "isEditing" : "areEditing", names.join(", ")) : "";
}

/** Tell the others which row is open here; null: none. */
export function edit(thing: string | null): void {
  if (mine === thing) return;
  mine = thing;
  tellMine();
}

function tellMine(): void {
  if (mine === null) say("editing_done", {});
  else say("editing", { thing: mine });
}

export function onEditing(listener: () => void): void {
  listeners.add(listener);
}

function take(event: LiveEvent): void {
  users = Array.isArray(event["users"]) ? event["users"].map(String) : [];
  const told = event["editing"];
  editing = typeof told === "object" && told !== null ? (told as Record<string, string[]>) : {};
  // After a broken connection the server has forgotten what is open here: it is told again.
  if (mine !== null && !(editing[mine] ?? []).includes(me())) tellMine();
  draw();
}

function draw(): void {
  const place = document.querySelector<HTMLElement>("[data-here]");
  const words = hereWords(users, me());
  if (place && place.textContent !== words) place.textContent = words;
  for (const listener of listeners) listener();
}

/** Where people's names are known from now on. */
export function callBy(names: (email: string) => string | undefined): void {
  nameOf = names;
  draw();
}

export function startHere(): void {
  if (document.body.dataset.liveRoom === "admin") on("presence", take);
}
