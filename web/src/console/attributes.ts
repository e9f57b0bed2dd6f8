import { on, onAskAgain, type LiveEvent } from "../live/feed";
import { toast } from "../parts/toast";
import { badge, cell, el, word } from "./build";
import { csv } from "./csv";
import { ask, everything } from "./doors";
import { TabFilters } from "./filters";
import { count, moment, partOf, type Part } from "./part";
import { Questions, type Open } from "./questions";
import { clearRefusal, refuse } from "./refusal";
import { sure } from "./sure";
import { LiveTable } from "./table";

interface Attribute {
  name: string;
  kind: string;
  people: number;
  created_at: string;
}

const DOOR = "/api/v1/attributes";
const COUNTS_CHANGE = "user_added user_updated user_deleted users_bulk_deleted users_bulk_attrs_updated";
const TOGETHER = (): number => 500; // milliseconds in which changes are counted together

/** The tab of the company's attributes, and the words that the other tabs offer. */
export class Attributes {
  private rows = new Map<string, Attribute>();
  private isStale = false; // people changed while nobody saw how many there are of each
  private readonly table: LiveTable<Attribute>;
  private readonly filters: TabFilters;
  private readonly questions = new Questions<string>({ fold: (kind, event) => this.fold(kind, event), all: () => this.everything() }, TOGETHER);

  constructor(private readonly part: Part) {
    this.table = new LiveTable<Attribute>(part.table, { key: (row) => row.name, cells: (row) => cells(row) });
    this.filters = new TabFilters("attributes", () => this.show(false));
    on(`attribute_removed attribute_added ${COUNTS_CHANGE}`, (event, kind) => this.questions.take(kind, event));
    onAskAgain(() => this.questions.load());
    part.table.addEventListener("click", (event) => remove(event));
    part.section.querySelector("[data-csv]")?.addEventListener("click", () => this.save());
  }

  private async everything(): Promise<void> {
    this.isStale = false;
    const found = await everything<Attribute>(DOOR);
    this.rows = new Map(found.map((row) => [row.name, row]));
    this.show();
  }

  private fold(kind: string, event: LiveEvent): Open<string> {
    if (kind !== "attribute_removed") return { ask: [], everything: this.isDue(kind) };
    if (this.rows.delete(String(event["attribute"]))) this.show();
    return { ask: [] };
  }

  /** People alone are counted only where it is seen. */
  private isDue(kind: string): boolean {
    if (kind === "attribute_added" || !this.part.section.hidden) return true;
    this.isStale = true;
    return false;
  }

  private view(): Attribute[] {
    const words = this.filters.value("search").toLowerCase().split(/\s+/).filter(Boolean);
    return [...this.rows.values()].filter((row) => words.every((one) => row.name.includes(one))).sort((a, b) => a.name.localeCompare(b.name));
  }

  show(gently = true): void {
    const view = this.view();
    count("attributes", this.rows.size);
    this.part.loaded(view.length, word("nothing"), word("noAttributeHint"));
    this.table.show(view, gently);
    document.getElementById("console-attributes")?.replaceChildren(...[...this.rows.keys()].map((name) => el("option", { value: name })));
  }

  refresh(): void {
    this.table.refresh();
    if (this.isStale) void this.questions.load().catch(() => undefined); // what fails is asked again
  }

  private save(): void {
    csv("attributes.csv", [["attribute", "kind", "people", "since"], ...this.view().map((row) => [row.name, row.kind, String(row.people), row.created_at])]);
  }
}

function cells(row: Attribute): HTMLElement[] {
  const shown = [
    el("th", { scope: "row" }, el("a", { href: `?${new URLSearchParams({ tab: "people", attribute: row.name }).toString()}` }, row.name)),
    cell(word("kind"), badge(word(row.kind))),
    el("td", { "data-label": word("people"), "data-align": "end" }, row.people.toLocaleString()),
    cell(word("since"), moment(row.created_at)),
  ];
  if (word("mayChange") !== "yes") return shown;
  const label = word("delete", row.name);
  const button = el("button", { class: "button", "data-kind": "quiet", "data-size": "small", type: "button", "data-remove": row.name, "aria-label": label, title: label }, "×");
  return [...shown, el("td", { class: "table-end" }, button)];
}

function remove(event: Event): void {
  const name = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-remove]")?.dataset.remove : undefined;
  if (!name) return;
  sure(word("delete", name), "attribute", () => ask("DELETE", `${DOOR}/${encodeURIComponent(name)}`), (answer) => {
    const files = (answer as { files?: string[] }).files ?? [];
    const detail = files.length ? word("filesClosed", files.join(", ")) : undefined;
    toast({ text: word("removed", name), tone: files.length ? "caution" : "good", ...(detail ? { detail, stay: 0 } : {}) });
  });
}

async function add(dialog: HTMLDialogElement, form: HTMLFormElement): Promise<void> {
  clearRefusal(form);
  const data = new FormData(form);
  try {
    const made = await ask<Attribute>("POST", DOOR, { name: String(data.get("name") ?? "").trim(), kind: data.get("kind") });
    dialog.close();
    form.reset();
    toast({ text: word("added", made.name), tone: "good" });
  } catch (failure) {
    refuse(form, failure);
  }
}

export function startAttributes(): Attributes | null {
  const dialog = document.querySelector<HTMLDialogElement>("#console-attribute");
  const form = dialog?.querySelector("form");
  if (dialog && form) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void add(dialog, form);
    });
    document.querySelector('[data-add="attribute"]')?.addEventListener("click", () => dialog.showModal());
  }
  const part = partOf("attributes");
  return part && new Attributes(part);
}
