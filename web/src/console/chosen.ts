import { el, many, word } from "./build";
import { changeMany, removeMany } from "./bulk";
import type { Part } from "./part";
import type { Person } from "./people-state";

/** The people who are ticked, seen or not; they stay ticked while filters and rows change. */
export class Chosen {
  private readonly emails = new Set<string>();
  private readonly bar: HTMLElement | null;
  private readonly all: HTMLInputElement | null;

  constructor(
    part: Part,
    private readonly rows: ReadonlyMap<string, Person>,
    private readonly view: () => Person[],
    private readonly draw: () => void,
  ) {
    this.bar = part.section.querySelector("[data-bulk]");
    this.all = part.section.querySelector("[data-choose-all]");
    part.table.addEventListener("change", (event) => this.ticked(event.target));
    this.bar?.addEventListener("click", (event) => this.asked(event.target));
  }

  cell(row: Person): HTMLElement {
    const box = el("input", { class: "tick", type: "checkbox", "data-choose": row.email, "aria-label": word("choose", row.name) });
    if (this.emails.has(row.email)) box.setAttribute("checked", "");
    return el("td", { class: "table-pick" }, box);
  }

  /** Whoever is no more is not chosen either. */
  forget(): void {
    for (const email of [...this.emails]) if (!this.rows.has(email)) this.emails.delete(email);
    this.tell();
  }

  private ticked(target: EventTarget | null): void {
    if (!(target instanceof HTMLInputElement)) return;
    if (target === this.all) this.chooseAll(target.checked);
    else if (target.dataset.choose) this.choose(target.dataset.choose, target.checked);
    this.tell();
  }

  private choose(email: string, isChosen: boolean): void {
    if (isChosen) this.emails.add(email);
    else this.emails.delete(email);
  }

  private chooseAll(isChosen: boolean): void {
    for (const row of this.view()) this.choose(row.email, isChosen);
    this.tickBoxes();
  }

  /** Boxes that are drawn show what is chosen; those drawn later are made so. */
  private tickBoxes(): void {
    for (const box of document.querySelectorAll<HTMLInputElement>("[data-choose]")) {
      box.checked = this.emails.has(box.dataset.choose ?? "");
    }
    this.draw();
  }

  private asked(target: EventTarget | null): void {
    const what = target instanceof Element ? target.closest<HTMLElement>("[data-bulk-do]")?.dataset.bulkDo : undefined;
    const people = [...this.emails].flatMap((email) => this.rows.get(email) ?? []);
    if (what === "attributes") changeMany(people);
    if (what === "remove") removeMany(people);
    if (what === "none") {
      this.emails.clear();
      this.tickBoxes();
      this.tell();
    }
  }

  private tell(): void {
    const count = this.emails.size;
    if (this.bar) this.bar.hidden = count === 0;
    const place = this.bar?.querySelector("[data-bulk-count]");
    if (place) place.textContent = many(count, "chosen");
    if (!this.all) return;
    const total = this.view().length;
    this.all.checked = count > 0 && count >= total;
    this.all.indeterminate = count > 0 && count < total;
  }
}
