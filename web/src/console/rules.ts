import { on, onAskAgain, type LiveEvent } from "../live/feed";
import { toast } from "../parts/toast";
import { breath } from "./breath";
import { badge, cell, el, many, word } from "./build";
import { failures, type Changed } from "./bulk";
import { Chosen } from "./chosen";
import { csv } from "./csv";
import { ask, Refused } from "./doors";
import { TabFilters } from "./filters";
import { edit, editingWords, onEditing } from "./here";
import { count, moment, partOf, type Part } from "./part";
import { editCell } from "./people";
import { Questions, type Open } from "./questions";
import { clearRefusal, refuse } from "./refusal";
import { KINDS, outcomeOf, ruled, same, type Ruled } from "./rules-state";
import { spread } from "./spread";
import { LiveTable } from "./table";
import { saidWithUndo } from "./undo";

const DOOR = "/console/rules/";
const MOST_NAMED = 100; // as many as the door answers by name
const TOGETHER = spread(60, 180); // milliseconds in which changes are asked about together

/** The tab of the rules that open files. */
export class Rules {
  private readonly rows = new Map<string, Ruled>();
  private shown: Ruled[] = []; // sorted once: it is asked for at each tick, and sorting thousands is felt
  private readonly table: LiveTable<Ruled>;
  private readonly filters: TabFilters;
  private readonly chosen: Chosen<Ruled>;
  private readonly questions = new Questions<number>({ fold: (kind, event) => this.fold(kind, event), all: () => this.everything(), some: (ids) => this.askFor(ids), most: MOST_NAMED }, TOGETHER);

  constructor(private readonly part: Part) {
    this.table = new LiveTable<Ruled>(part.table, { key: (row) => String(row.id), cells: (row) => this.cells(row), dress });
    this.filters = new TabFilters("rules", () => this.show(false));
    this.chosen = new Chosen<Ruled>(part, {
      rows: this.rows,
      key: (row) => String(row.id),
      view: () => this.shown,
      draw: () => this.table.refresh(),
      act: (what, chosen) => (what === "remove" ? void removeRules(chosen) : openRule(chosen)),
      words: "filesChosen",
    });
    // Rooms of others are told nothing of files but that something changed.
    on(document.body.dataset.liveRoom === "admin" ? KINDS : "vault_changed", (event, kind) => this.questions.take(kind, event));
    onAskAgain(() => this.questions.load());
    onEditing(() => this.table.refresh());
    part.table.addEventListener("click", (event) => this.clicked(event));
    part.section.querySelector("[data-csv]")?.addEventListener("click", () => this.save());
  }

  private async everything(): Promise<void> {
    const { items } = await ask<{ items: Ruled[] }>("GET", DOOR);
    await breath(); // as in the table of people
    const fresh = new Set(items.map((row) => String(row.id)));
    for (const key of [...this.rows.keys()]) if (!fresh.has(key)) this.rows.delete(key);
    for (const row of items) this.put(row);
    this.show();
  }

  private async askFor(ids: number[]): Promise<void> {
    const { items } = await ask<{ items: Ruled[] }>("GET", `${DOOR}?${new URLSearchParams(ids.map((id) => ["file", String(id)])).toString()}`);
    for (const id of ids) if (!items.some((row) => row.id === id)) this.rows.delete(String(id));
    for (const row of items) this.put(row);
    this.show();
  }

  /** The same row keeps its object, so that only what changed is drawn anew. */
  private put(row: Ruled): void {
    const old = this.rows.get(String(row.id));
    if (!old || !same(old, row)) this.rows.set(String(row.id), row);
  }

  private fold(kind: string, event: LiveEvent): Open<number> {
    if (kind === "vault_changed") return { ask: [], everything: true };
    const { gone, ...open } = outcomeOf(this.rows, kind, event);
    for (const id of gone) this.rows.delete(String(id));
    if (gone.length) this.show();
    return open;
  }

  private view(): Ruled[] {
    return ruled(this.rows.values(), this.filters.value("search"), this.filters.value("policy"));
  }

  show(gently = true): void {
    const view = (this.shown = this.view());
    count("rules", this.rows.size);
    this.part.loaded(view.length, word("noFile"), word("noFileHint"));
    this.chosen.forget();
    this.table.show(view, gently);
  }

  /** What is shown, as a file. */
  private save(): void {
    const place = (row: Ruled) => [row.place, row.name].filter(Boolean).join(" / ");
    csv("file-rules.csv", [["id", "file", "rule", "owner", "changed"], ...this.shown.map((row) => [String(row.id), place(row), row.policy, row.owner, row.updated_at])]);
  }

  refresh(): void {
    this.table.refresh();
  }

  private clicked(event: Event): void {
    const button = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-edit]") : null;
    const row = this.rows.get(button?.closest<HTMLElement>("tr")?.dataset.key ?? "");
    if (button && row) openRule([row]);
  }

  private cells(row: Ruled): HTMLElement[] {
    const link = el("a", { href: `/vault/files/${row.id}/` }, row.name);
    const name = el("th", { scope: "row" }, link, el("span", { class: "console-editing", "data-editing": "" }), ...(row.place ? [el("span", { class: "cell-second" }, row.place)] : []));
    const rule = row.policy ? el("code", { class: "console-rule" }, row.policy) : badge(word("noRule"), "caution");
    const facts = [name, cell(word("rule"), rule), cell(word("owner"), row.owner), cell(word("changed"), moment(row.updated_at))];
    return word("mayChange") === "yes" ? [this.chosen.cell(row), ...facts, editCell(row)] : facts;
  }
}

function dress(element: HTMLTableRowElement, row: Ruled): void {
  const words = editingWords(`file:${row.id}`);
  element.toggleAttribute("data-others", words !== "");
  const place = element.querySelector("[data-editing]");
  if (place && place.textContent !== words) place.textContent = words;
}

let open: Ruled[] = [];

function openRule(files: Ruled[]): void {
  const dialog = document.querySelector<HTMLDialogElement>("#console-rule");
  const [title, field] = [dialog?.querySelector<HTMLElement>("[data-title]"), dialog?.querySelector<HTMLTextAreaElement>("textarea")];
  const [first] = files;
  if (!dialog || !title || !field || !first) return;
  open = files;
  title.textContent = files.length === 1 ? first.name : many(files.length, "filesChosen");
  field.value = files.length === 1 ? first.policy : "";
  clearRefusal(dialog);
  edit(files.length === 1 ? `file:${first.id}` : null);
  dialog.showModal();
}

/** Give these files one rule, or take theirs away. */
const change = (files: Ruled[], policy: string) =>
  ask<Changed>("POST", `${DOOR}change/`, { files: files.map(({ id, revision }) => ({ id, revision })), policy });

async function save(dialog: HTMLDialogElement, policy: string): Promise<void> {
  const files = open;
  const told = await change(files, policy);
  const [refusal] = told.failed;
  if (files.length === 1 && refusal) throw new Refused(409, { code: "refused", message: refusal.message });
  dialog.close();
  said(files, told);
}

function said(files: Ruled[], told: Changed): void {
  const detail = failures(told.failed, files) || undefined;
  const undo = () => ask("POST", `${DOOR}undo/`, { undo: told.undo });
  if (told.undo) saidWithUndo(many(told.done, "rulesChanged"), undo, detail);
  else if (detail) toast({ text: detail, tone: "bad" });
}

async function removeRules(files: Ruled[]): Promise<void> {
  try {
    said(files, await change(files, ""));
  } catch (failure) {
    toast({ text: failure instanceof Refused ? failure.words : (document.body.dataset.unreachable ?? ""), tone: "bad" });
  }
}

export function startRules(): Rules | null {
  const dialog = document.querySelector<HTMLDialogElement>("#console-rule");
  const form = dialog?.querySelector("form");
  form?.addEventListener("submit", (event) => {
    event.preventDefault();
    clearRefusal(form);
    void save(dialog as HTMLDialogElement, String(new FormData(form).get("policy") ?? "").trim()).catch((failure: unknown) => refuse(form, failure));
  });
  dialog?.addEventListener("close", () => edit(null));
  const part = partOf("rules");
  return part && new Rules(part);
}
