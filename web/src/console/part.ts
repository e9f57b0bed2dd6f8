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

type Words = Record<"day" | "year" | "time" | "whole", Intl.DateTimeFormat>;

let words: Words | undefined;

/** How this page says moments; made once, because making takes a hundred times as long as using. */
function formats(): Words {
  if (words) return words;
  const timeZone = document.documentElement.dataset.timeZone || undefined;
  const told = document.documentElement.lang || "en";
  const language = told === "en" ? "en-GB" : told; // all other pages write 17 Nov
  words = {
    day: new Intl.DateTimeFormat(language, { timeZone, day: "numeric", month: "short" }),
    year: new Intl.DateTimeFormat(language, { timeZone, year: "numeric" }),
    time: new Intl.DateTimeFormat("en-GB", { timeZone, hour: "2-digit", minute: "2-digit", second: "2-digit" }),
    whole: new Intl.DateTimeFormat(language, { timeZone, dateStyle: "full", timeStyle: "long" }),
  };
  return words;
}

/** A moment of today by the clock, one of this year by day and minute, an older one by its day: as on all other pages. */
function said(at: Date, now: Date): string {
  const { day, year, time } = formats();
  if (year.format(at) !== year.format(now)) return `${day.format(at)} ${year.format(at)}`;
  return day.format(at) === day.format(now) ? time.format(at) : `${day.format(at)} ${time.format(at).slice(0, 5)}`;
}

/** A moment as people say it, exact on hover. */
export function moment(iso: string | null): HTMLElement {
  if (!iso) return el("span", { class: "muted" }, word("never"));
  const at = new Date(iso);
  return el("time", { datetime: at.toISOString(), title: formats().whole.format(at) }, said(at, new Date()));
}
