import { counted } from "./dom";
import { glow } from "./glow";

/** A live list: `data-live-list` around a table whose rows each have a `data-key`. */
type Rows = Map<string, HTMLTableRowElement>;

function rowsIn(place: ParentNode): Rows {
  const rows = [...place.querySelectorAll<HTMLTableRowElement>("tbody tr[data-key]")];
  return new Map(rows.map((row) => [row.dataset.key ?? "", row]));
}

/** What a cell says, but for its moments: that time has passed is no news. */
function said(cell: Element): string {
  const copy = cell.cloneNode(true) as Element;
  for (const time of copy.querySelectorAll("time")) time.remove();
  return copy.textContent?.replace(/\s+/g, " ").trim() ?? "";
}

/** Put a row's news in its place; what somebody chose stays chosen, also where a browser's helpers wrote into its cell. */
function patchRow(row: HTMLTableRowElement, fresh: HTMLTableRowElement): void {
  [...row.cells].forEach((cell, index) => {
    const now = fresh.cells[index];
    if (!now || cell.matches(".table-pick") || cell.innerHTML === now.innerHTML || cell.contains(document.activeElement)) return;
    const isNews = said(cell) !== said(now);
    cell.innerHTML = now.innerHTML;
    if (isNews) glow(cell);
  });
}

/** Say above the rows that others came or went; they are shown when somebody asks for them. */
function announce(list: HTMLElement, came: number, went: number): void {
  list.querySelector(".table-new")?.remove();
  if (!came && !went) return;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "table-new";
  button.textContent = came ? counted(came, list.dataset.wordOne, list.dataset.wordMany) : (list.dataset.wordChanged ?? "");
  button.addEventListener("click", () => window.location.reload());
  list.prepend(button);
}

/** Bring a list up to date without moving a row: those that stayed are patched in their places. */
export function takeIn(list: HTMLElement, fresh: HTMLElement): void {
  const [now, then] = [rowsIn(fresh), rowsIn(list)];
  for (const [key, row] of then) {
    const its = now.get(key);
    if (its) patchRow(row, its);
  }
  const came = [...now.keys()].filter((key) => !then.has(key)).length;
  const went = [...then.keys()].filter((key) => !now.has(key)).length;
  announce(list, came, went);
}
