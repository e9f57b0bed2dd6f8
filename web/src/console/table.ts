import { observeWindowOffset, observeWindowRect, Virtualizer, windowScroll } from "@tanstack/virtual-core";
import { glow } from "../parts/glow";
import { el } from "./build";

export interface Shape<T> {
  key(row: T): string;
  cells(row: T): HTMLElement[];
  /** What a row's element carries beside its cells, such as who edits it; told each time it is drawn. */
  dress?(element: HTMLTableRowElement, row: T): void;
}

const ROW = 45; // pixels, until a row was measured
const SPARE = 12; // rows drawn beyond what is seen, so that the keyboard always finds a next one
const FAREWELL = 180; // milliseconds a row takes to go
const MOST_PASSES = 5; // each may bring rows into view that were not measured yet
const FEW = 30; // more than that come and go at once

const still = (): boolean => window.matchMedia("(prefers-reduced-motion: reduce)").matches;

interface Drawn<T> {
  element: HTMLTableRowElement;
  row: T;
}

/** A table of any length of which only what is seen is drawn; rows that stay keep their element, and with it the focus. */
export class LiveTable<T> {
  private rows: T[] = [];
  private keys = new Set<string>();
  private drawn = new Map<string, Drawn<T>>();
  private arrived = new Set<string>();
  private news: Element[] = []; // cells that say something else than before
  private going = 0;
  private isDrawing = false;
  private isMeasuredAnew = false;
  private readonly before = el("tr", { class: "console-gap", "aria-hidden": "true" });
  private readonly after = el("tr", { class: "console-gap", "aria-hidden": "true" });
  private readonly body: HTMLTableSectionElement;
  private readonly virtual: Virtualizer<Window, HTMLTableRowElement>;

  constructor(
    private readonly table: HTMLTableElement,
    private readonly shape: Shape<T>,
  ) {
    this.body = table.tBodies[0] ?? table.createTBody();
    this.virtual = new Virtualizer<Window, HTMLTableRowElement>(this.options());
    this.virtual._didMount();
    this.virtual._willUpdate();
  }

  private options() {
    return {
      count: this.rows.length,
      getScrollElement: () => window,
      estimateSize: () => ROW,
      overscan: SPARE,
      observeElementRect: observeWindowRect,
      observeElementOffset: observeWindowOffset,
      scrollToFn: windowScroll,
      scrollMargin: this.body.getBoundingClientRect().top + window.scrollY,
      getItemKey: (index: number) => this.keyAt(index),
      onChange: () => this.draw(),
    };
  }

  private keyAt(index: number): string {
    const row = this.rows[index];
    return row === undefined ? String(index) : this.shape.key(row);
  }

  /** Show exactly these rows; those that come and go do so gently if they are few. */
  show(rows: T[], gently = true): void {
    window.clearTimeout(this.going);
    const keys = new Set(rows.map((row) => this.shape.key(row)));
    const gone = [...this.drawn].filter(([key]) => !keys.has(key));
    const isGentle = gently && !still() && this.keys.size > 0 && Math.abs(rows.length - this.rows.length) <= FEW;
    this.arrived = isGentle ? new Set([...keys].filter((key) => !this.keys.has(key))) : new Set();
    const settle = (): void => {
      this.rows = rows;
      this.keys = keys;
      this.refresh();
    };
    if (!isGentle || !gone.length) return settle();
    for (const [, { element }] of gone) element.dataset.leaving = "";
    this.going = window.setTimeout(settle, FAREWELL);
  }

  /** Draw again what is seen, after a change of the rows or of what they carry. */
  refresh(): void {
    this.table.setAttribute("aria-rowcount", String(this.rows.length + 1));
    this.virtual.setOptions(this.options());
    this.virtual._willUpdate();
    this.draw();
  }

  /** Draw until what was measured changes nothing any more: rows are measured together, not each with a drawing of its own. */
  private draw(): void {
    if (this.table.closest("[hidden]")) return; // it is drawn again once its tab is shown
    if (this.isDrawing) {
      this.isMeasuredAnew = true;
      return;
    }
    this.isDrawing = true;
    for (let passes = 0; passes < MOST_PASSES && (passes === 0 || this.isMeasuredAnew); passes += 1) {
      this.isMeasuredAnew = false;
      this.pass();
    }
    this.isDrawing = false;
    glow(...this.news.splice(0));
  }

  private pass(): void {
    const items = this.virtual.getVirtualItems();
    const margin = this.virtual.options.scrollMargin;
    const wanted = new Map(items.map((item) => [this.keyAt(item.index), item]));
    for (const [key, { element }] of this.drawn) {
      if (wanted.has(key)) continue;
      element.remove();
      this.drawn.delete(key);
    }
    this.stretch(this.before, (items[0]?.start ?? margin) - margin);
    this.stretch(this.after, this.virtual.getTotalSize() - ((items.at(-1)?.end ?? margin) - margin));
    this.place([...wanted].map(([key, item]) => this.element(key, item.index)));
  }

  /** Put the elements into the order of the rows, moving only those that stand elsewhere. */
  private place(elements: HTMLTableRowElement[]): void {
    const all = [this.before, ...elements, this.after];
    all.forEach((element, index) => {
      if (this.body.children[index] !== element) this.body.insertBefore(element, this.body.children[index] ?? null);
    });
    while (this.body.children.length > all.length) this.body.lastElementChild?.remove();
    for (const element of elements) this.virtual.measureElement(element);
  }

  private element(key: string, index: number): HTMLTableRowElement {
    const row = this.rows[index] as T;
    const known = this.drawn.get(key);
    const element = known?.element ?? this.made(key, row);
    if (known && known.row !== row) this.change(known.element, row);
    element.dataset.index = String(index);
    element.setAttribute("aria-rowindex", String(index + 2));
    this.drawn.set(key, { element, row });
    this.shape.dress?.(element, row);
    return element;
  }

  private made(key: string, row: T): HTMLTableRowElement {
    const element = el("tr", { "data-key": key }, ...this.shape.cells(row));
    if (this.arrived.delete(key)) element.dataset.arrived = "";
    return element;
  }

  private change(element: HTMLTableRowElement, row: T): void {
    delete element.dataset.leaving;
    this.shape.cells(row).forEach((fresh, index) => {
      const old = element.cells[index];
      if (!old || old.innerHTML === fresh.innerHTML) return;
      const isNews = old.textContent !== fresh.textContent;
      old.replaceChildren(...fresh.childNodes);
      if (isNews) this.news.push(old);
    });
  }

  private stretch(gap: HTMLTableRowElement, height: number): void {
    gap.hidden = height <= 0;
    gap.style.height = `${Math.max(0, height)}px`;
  }
}
