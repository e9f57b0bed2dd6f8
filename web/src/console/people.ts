import { on, onAskAgain, type LiveEvent } from "../live/feed";
import { breath } from "./breath";
import { badge, cell, el, many, word } from "./build";
import { changeMany, removeMany } from "./bulk";
import { Chosen } from "./chosen";
import { ask, look } from "./doors";
import { TabFilters } from "./filters";
import { callBy, editingWords, onEditing } from "./here";
import { count, moment, partOf, type Part } from "./part";
import { KINDS, borrowed, named, outcomeOf, passed, same, teamsOf, viewOf, within, type Passing, type Person, type Place } from "./people-state";
import { openPerson } from "./person";
import { offer, offerTeams } from "./places";
import { Questions, type Open } from "./questions";
import { spread } from "./spread";
import { LiveTable } from "./table";

const DOOR = "/console/people/";
const NAMED_AT_ONCE = 1_000; // as many as the door answers by name
const TOGETHER = spread(60, 180); // milliseconds in which events are asked about together
const SEEN_EVERY = 60_000;
const SHOWN = 4; // attributes in a row
const UNTOLD_EVERY = 15_000; // managers' rooms are not told of people

const mayChange = (): boolean => word("mayChange") === "yes";

/** The tab of people: all rows in memory, kept true by events, drawn as far as they are seen. */
export class People {
  readonly rows = new Map<string, Person>();
  private places: Place[] = [];
  private moment = ""; // by the server's clock: up to when it is known who was seen
  private byName: Person[] = [];
  private shown: Person[] = []; // sorted once: it is asked for at each tick, and sorting thousands is felt
  private readonly table: LiveTable<Person>;
  private readonly filters: TabFilters;
  private readonly chosen: Chosen<Person>;
  private readonly questions = new Questions<string>({ fold: (kind, event) => this.fold(kind, event), all: () => this.everyone(), some: (names) => this.askFor(names) }, TOGETHER);

  constructor(private readonly part: Part) {
    this.table = new LiveTable<Person>(part.table, { key: (row) => row.email, cells: (row) => this.cells(row), dress });
    this.filters = new TabFilters("people", () => this.narrow(false));
    this.chosen = new Chosen<Person>(part, {
      rows: this.rows,
      key: (row) => row.email,
      view: () => this.shown,
      draw: () => this.table.refresh(),
      act: (what, chosen) => (what === "remove" ? removeMany(chosen) : changeMany(chosen)),
      words: "chosen",
    });
    on(KINDS, (event, kind) => this.questions.take(kind, event));
    onAskAgain(() => this.questions.load());
    onEditing(() => this.table.refresh());
    part.table.addEventListener("click", (event) => this.clicked(event));
    this.lookAgain();
  }

  /** What no event tells is asked for by the clock: by whom all else is told of, no more than that. */
  private lookAgain(): void {
    const isTold = document.body.dataset.liveRoom === "admin";
    const again = (): Promise<void> => (isTold ? this.pass() : this.questions.load());
    window.setInterval(() => document.visibilityState === "visible" && void again().catch(() => undefined), isTold ? SEEN_EVERY : UNTOLD_EVERY);
  }

  private async pass(): Promise<void> {
    if (!this.moment) return;
    const told = await ask<Passing>("GET", `${DOOR}passing/?${new URLSearchParams({ since: this.moment }).toString()}`);
    const changed = passed(this.rows.values(), told);
    this.moment = told.moment;
    for (const row of changed) this.rows.set(row.email, row);
    if (changed.length) this.show();
    this.questions.wonder(told.named);
  }

  private async everyone(): Promise<void> {
    const { items, departments, moment: now } = await ask<{ items: Person[]; departments: Place[]; moment: string }>("GET", DOOR);
    await breath(); // ten thousand rows are read, taken in and drawn one after the other, not at a stretch
    this.moment = now;
    this.places = departments;
    offer(departments);
    const fresh = new Map(items.map((row) => [row.email, row]));
    for (const email of [...this.rows.keys()]) if (!fresh.has(email)) this.rows.delete(email);
    for (const [email, row] of fresh) this.put(email, row);
    offerTeams(teamsOf(this.rows.values()));
    callBy((email) => this.rows.get(email)?.name);
    await breath();
    this.show();
  }

  /** The same row keeps its object, so that only what changed is drawn anew. */
  private put(email: string, row: Person): void {
    const old = this.rows.get(email);
    if (!old || !same(old, row)) this.rows.set(email, row);
  }

  private fold(kind: string, event: LiveEvent): Open<string> {
    const { gone, changed, ask: named, everything } = outcomeOf(this.rows, kind, event);
    for (const email of gone) this.rows.delete(email);
    for (const row of changed) this.rows.set(row.email, row);
    if (gone.length || changed.length) this.show();
    return { ask: named, everything };
  }

  private async askFor(names: string[]): Promise<void> {
    for (let at = 0; at < names.length; at += NAMED_AT_ONCE) await this.askForFew(names.slice(at, at + NAMED_AT_ONCE));
    offerTeams(teamsOf(this.rows.values()));
    this.show();
  }

  private async askForFew(names: string[]): Promise<void> {
    const { items } = await look<{ items: Person[] }>(`${DOOR}named/`, { users: names });
    const found = new Map(items.map((row) => [row.email, row]));
    for (const name of names) {
      const row = found.get(name);
      if (row) this.put(name, row);
      else this.rows.delete(name);
    }
  }

  private view(): Person[] {
    const value = (name: string) => this.filters.value(name);
    return viewOf(this.byName, {
      search: value("search"),
      role: value("role"),
      status: value("status"),
      attribute: value("attribute"),
      departments: within(this.places, Number(value("department"))),
      team: Number(value("team")),
      sort: value("sort") || "name",
    });
  }

  /** Bring the table in line with the rows. */
  show(): void {
    this.byName = named(this.rows, this.byName);
    this.narrow(true);
  }

  /** Bring the table in line with the filters. */
  private narrow(gently: boolean): void {
    const view = (this.shown = this.view());
    count("people", this.rows.size);
    this.part.loaded(view.length, word("nobody"), word("nobodyHint"));
    this.chosen.forget();
    this.table.show(view, gently);
    const shown = this.part.section.querySelector("[data-shown]");
    if (shown) shown.textContent = many(view.length, "shown");
    const address = this.filters.address();
    address.delete("tab");
    address.set("format", "csv");
    this.part.section.querySelector("[data-export]")?.setAttribute("href", `/employees/?${address.toString()}`);
  }

  refresh(): void {
    this.table.refresh();
  }

  private clicked(event: Event): void {
    const button = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-edit]") : null;
    const row = this.rows.get(button?.closest<HTMLElement>("tr")?.dataset.key ?? "");
    if (button && row) void openPerson(row.email);
  }

  private cells(row: Person): HTMLElement[] {
    const facts = [who(row), cell(word("role"), badge(word(row.role.toLowerCase()))), placeOf(row), attributesOf(row), statusOf(row), seenOf(row)];
    if (!mayChange()) return facts;
    return [this.chosen.cell(row), ...facts, editCell(row)];
  }
}

function who(row: Person): HTMLElement {
  const link = el("a", { href: `/employees/${row.id}/` }, row.name);
  return el("th", { scope: "row" }, link, el("span", { class: "console-editing", "data-editing": "" }), el("span", { class: "cell-second" }, row.email));
}

function placeOf(row: Person): HTMLElement {
  const teams = row.teams.map((one) => one.name).join(", ");
  return cell(word("department"), row.department || "–", ...(teams ? [el("span", { class: "cell-second", title: word("teams") }, teams)] : []));
}

function attributesOf(row: Person): HTMLElement {
  const all = [...row.attributes.map((one) => badge(one)), ...borrowed(row).map((one) => lent(one))];
  const more = all.length - SHOWN;
  const held = el("span", { class: "console-held" }, ...all.slice(0, SHOWN), ...(more > 0 ? [badge(`+${more}`)] : []));
  return cell(word("attributes"), all.length ? held : el("span", { class: "muted" }, "–"));
}

/** An attribute of a team or department, which the person has as long as they are in it. */
function lent(text: string): HTMLElement {
  const shown = badge(text, "lent");
  shown.title = word("lent");
  shown.append(el("span", { class: "visually-hidden" }, ` (${word("lent")})`));
  return shown;
}

function statusOf(row: Person): HTMLElement {
  const isActive = row.status === "ACTIVE";
  return cell(word("status"), badge(word(isActive ? "active" : "inactive"), isActive ? "good" : "caution"));
}

function seenOf(row: Person): HTMLElement {
  const online = el("span", { class: "state", "data-state": "online" }, el("span", { class: "state-dot", "aria-hidden": "true" }), el("span", { class: "state-word" }, word("online")));
  return cell(word("lastSeen"), row.online ? online : moment(row.last_seen));
}

export function editCell(row: { name: string }): HTMLElement {
  const button = el("button", { class: "button", "data-kind": "quiet", "data-size": "small", type: "button", "data-edit": "", "aria-label": word("edit", row.name) });
  button.append(pencil());
  return el("td", { class: "table-end" }, button);
}

function pencil(): SVGSVGElement {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("viewBox", "0 0 20 20");
  svg.setAttribute("aria-hidden", "true");
  const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
  line.setAttribute("d", "m12.5 4.5 3 3L7 16l-3.5.5L4 13l8.5-8.5Z");
  svg.append(line);
  return svg;
}

/** A row that somebody else edits says so. */
function dress(element: HTMLTableRowElement, row: Person): void {
  const words = editingWords(`user:${row.id}`);
  element.toggleAttribute("data-others", words !== "");
  const place = element.querySelector("[data-editing]");
  if (place && place.textContent !== words) place.textContent = words;
}

export function startPeople(): People | null {
  const part = partOf("people");
  return part && new People(part);
}
