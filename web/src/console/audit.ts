import { on, onAskAgain, type LiveEvent } from "../live/feed";
import { badge, cell, el, word } from "./build";
import { ask } from "./doors";
import { TabFilters } from "./filters";
import { fits, IN_VIEW, merged, type Entry, type Search } from "./audit-state";
import { moment, partOf, type Part } from "./part";
import { LiveTable } from "./table";

const DOOR = "/api/v1/audit";
const WRITTEN = 300; // milliseconds after the last letter of a search
const TOGETHER = 100; // milliseconds in which entries come in together

interface Page {
  items: Entry[];
  pages: number;
}

/** The tab of the log: the latest hundred, growing at the top; older ones are fetched page by page. */
export class Audit {
  private entries: Entry[] = [];
  private kept = IN_VIEW;
  private fresh: Entry[] = [];
  private meanwhile: Entry[] = [];
  private timer = 0;
  private question = 0;
  private readonly table: LiveTable<Entry>;
  private readonly filters: TabFilters;
  private readonly older: HTMLButtonElement | null;

  constructor(private readonly part: Part) {
    this.table = new LiveTable<Entry>(part.table, { key: (row) => String(row.id), cells });
    this.filters = new TabFilters("audit", () => this.searched());
    this.older = part.section.querySelector("[data-older]");
    this.older?.addEventListener("click", () => void this.back());
    on("audit_log_added", (event) => this.take(event));
    onAskAgain(() => this.load());
  }

  private search(): Search {
    return { search: this.filters.value("search"), user: this.filters.value("user"), action_type: this.filters.value("action_type").toUpperCase() };
  }

  private page(number: number): Promise<Page> {
    return ask<Page>("GET", `${DOOR}?${new URLSearchParams({ ...this.search(), page_size: String(IN_VIEW), page: String(number) }).toString()}`);
  }

  async load(): Promise<void> {
    const question = ++this.question;
    this.meanwhile = [];
    const { items, pages } = await this.page(1);
    if (question !== this.question) return;
    this.kept = IN_VIEW;
    // The answer may be older than what came while it was on its way.
    this.entries = merged(items, this.meanwhile).slice(0, IN_VIEW);
    this.more(pages > 1);
    this.show(false);
  }

  private searched(): void {
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.load().catch(() => undefined), WRITTEN);
  }

  private take(event: LiveEvent): void {
    const entry: Entry = {
      id: Number(event["id"]),
      action_type: String(event["action_type"]),
      description: String(event["description"] ?? ""),
      user: String(event["user"] ?? ""),
      timestamp: event.timestamp,
    };
    // One event may tell of many entries that were made at once: then the log is asked.
    if (Number(event["count"] ?? 1) > 1) return this.searched();
    if (!fits(entry, this.search())) return;
    if (!this.fresh.length) window.setTimeout(() => this.comeIn(), TOGETHER);
    this.fresh.push(entry);
    this.meanwhile.push(entry);
  }

  private comeIn(): void {
    this.entries = merged(this.entries, this.fresh.splice(0));
    if (this.entries.length > this.kept) {
      this.entries = this.entries.slice(0, this.kept);
      this.more(true);
    }
    this.show();
  }

  /** Page back: what came meanwhile has pushed the pages on, so they may overlap, but never leave a gap. */
  private async back(): Promise<void> {
    const { items, pages } = await this.page(Math.floor(this.entries.length / IN_VIEW) + 1);
    this.entries = merged(this.entries, items);
    this.kept = Math.max(this.kept + IN_VIEW, this.entries.length);
    this.more(Math.ceil(this.entries.length / IN_VIEW) < pages);
    this.show(false);
  }

  private more(isMore: boolean): void {
    if (!this.older) return;
    this.older.disabled = !isMore;
    this.older.textContent = word(isMore ? "older" : "noOlder");
  }

  private show(gently = true): void {
    this.part.loaded(this.entries.length, word("nothing"), word("noEntryHint"));
    this.table.show(this.entries, gently);
  }

  refresh(): void {
    this.table.refresh();
  }
}

function cells(row: Entry): HTMLElement[] {
  return [
    el("th", { scope: "row" }, el("a", { href: `/audit-logs/${row.id}/` }, row.description ?? row.action_type), el("span", { class: "cell-second" }, badge(row.action_type))),
    cell(word("who"), row.user ?? "–"),
    cell(word("when"), moment(row.timestamp)),
  ];
}

export function startAudit(): Audit | null {
  const part = partOf("audit");
  return part && new Audit(part);
}
