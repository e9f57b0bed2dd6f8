import { el, word } from "./build";

/** One tab's place: its table, what is said while it waits, and what is said when nothing is there. */
export interface Part {
  section: HTMLElement;
  table: HTMLTableElement;
  loaded(count: number, title: string, hint: string): void;
}

export function partOf(name: string): Part | null {
  const section = document.querySelector<HTMLElement>(`[data-part="${name}"]`);
  const table = section?.querySelector<HTMLTableElement>("[data-table]");
  if (!section || !table) return null;
  return { section, table, loaded: (count, title, hint) => loaded(section, table, [count, title, hint]) };
}

function loaded(section: HTMLElement, table: HTMLTableElement, [count, title, hint]: [number, string, string]): void {
  table.removeAttribute("aria-busy");
  const wait = section.querySelector<HTMLElement>("[data-wait]");
  if (wait) wait.hidden = true;
  const empty = section.querySelector<HTMLElement>("[data-empty]");
  if (!empty) return;
  empty.hidden = count > 0;
  const text = `${title}${hint}`;
  if (count > 0 || empty.dataset.said === text) return;
  empty.dataset.said = text;
  empty.replaceChildren(el("div", { class: "empty" }, el("h3", {}, title), el("p", {}, hint)));
}

/** How many there are, on the tab. */
export function count(tab: string, number: number): void {
  const place = document.querySelector<HTMLElement>(`[data-count="${tab}"]`);
  if (!place) return;
  place.hidden = false;
  place.textContent = number.toLocaleString();
}

type Words = Record<"day" | "time" | "whole", Intl.DateTimeFormat>;

let words: Words | undefined;

/** How this page says moments; made once, because making takes a hundred times as long as using. */
function formats(): Words {
  if (words) return words;
  const timeZone = document.documentElement.dataset.timeZone || undefined;
  const language = document.documentElement.lang || "en";
  const whole: Intl.DateTimeFormatOptions = { year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", second: "numeric" };
  words = {
    day: new Intl.DateTimeFormat(language, { timeZone, dateStyle: "medium" }),
    time: new Intl.DateTimeFormat("en-GB", { timeZone, hour: "2-digit", minute: "2-digit", second: "2-digit" }),
    whole: new Intl.DateTimeFormat(language, { timeZone, timeZoneName: "short", ...whole }),
  };
  return words;
}

/** A moment as people say it: hours and minutes today, else the day; exact on hover. */
export function moment(iso: string | null): HTMLElement {
  if (!iso) return el("span", { class: "muted" }, word("never"));
  const at = new Date(iso);
  const { day, time, whole } = formats();
  const text = day.format(at) === day.format(new Date()) ? time.format(at) : day.format(at);
  return el("time", { datetime: at.toISOString(), title: whole.format(at) }, text);
}
