import { el, many, word } from "./build";
import type { Part } from "./part";

/** What a table lets itself be chosen from. */
export interface Choice<T> {
  rows: ReadonlyMap<string, T>;
  key(row: T): string;
  /** What is shown now: all of it can be chosen at once. */
  view(): T[];
  draw(): void;
  /** Do this to those who are chosen. */
  act(what: string, chosen: T[]): void;
  /** The name of the words for one and for many. */
  words: string;
}

/** The rows that are ticked, seen or not; they stay ticked while filters and rows change. */
export class Chosen<T extends { name: string }> {
  private readonly keys = new Set<string>();
  private readonly bar: HTMLElement | null;
  private readonly all: HTMLInputElement | null;
  private readonly section: HTMLElement;

  constructor(
    part: Part,
    private readonly choice: Choice<T>,
  ) {
    this.section = part.section;
    this.bar = part.section.querySelector("[data-bulk]");
    this.all = part.section.querySelector("[data-choose-all]");
    part.table.addEventListener("change", (event) => this.ticked(event.target));
    this.bar?.addEventListener("click", (event) => this.asked(event.target));
  }

  cell(row: T): HTMLElement {
    const key = this.choice.key(row);
    const box = el("input", { class: "tick", type: "checkbox", "data-choose": key, "aria-label": word("choose", row.name) });
    if (this.keys.has(key)) box.setAttribute("checked", "");
    return el("td", { class: "table-pick" }, box);
  }

  /** Whoever is no more is not chosen either. */
  forget(): void {
    for (const key of [...this.keys]) if (!this.choice.rows.has(key)) this.keys.delete(key);
    this.tell();
  }

  private ticked(target: EventTarget | null): void {
    if (!(target instanceof HTMLInputElement)) return;
    if (target === this.all) this.chooseAll(target.checked);
    else if (target.dataset.choose) this.choose(target.dataset.choose, target.checked);
    this.tell();
  }

  private choose(key: string, isChosen: boolean): void {
    if (isChosen) this.keys.add(key);
    else this.keys.delete(key);
  }

  private chooseAll(isChosen: boolean): void {
    for (const row of this.choice.view()) this.choose(this.choice.key(row), isChosen);
    this.tickBoxes();
  }

  /** Boxes that are drawn show what is chosen; those drawn later are made so. */
  private tickBoxes(): void {
    for (const box of this.section.querySelectorAll<HTMLInputElement>("[data-choose]")) {
      box.checked = this.keys.has(box.dataset.choose ?? "");
    }
    this.choice.draw();
  }

  private asked(target: EventTarget | null): void {
    const what = target instanceof Element ? target.closest<HTMLElement>("[data-bulk-do]")?.dataset.bulkDo : undefined;
    if (!what) return;
    if (what !== "none") return this.choice.act(what, [...this.keys].flatMap((key) => this.choice.rows.get(key) ?? []));
    this.keys.clear();
    this.tickBoxes();
    this.tell();
  }

  private tell(): void {
    const count = this.keys.size;
    if (this.bar) this.bar.hidden = count === 0;
    const place = this.bar?.querySelector("[data-bulk-count]");
    if (place) place.textContent = many(count, this.choice.words);
    if (!this.all) return;
    const total = this.choice.view().length;
    this.all.checked = count > 0 && count >= total;
    this.all.indeterminate = count > 0 && count < total;
  }
}
