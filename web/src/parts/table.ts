/** Rows by keyboard: the cursor is the focused row; a row's address is its first link, or data-href. */
const ROWS = "table[data-rows] tbody tr:not([aria-hidden])"; // the room that a long table keeps for what is not drawn is none

function rows(): HTMLTableRowElement[] {
  return [...document.querySelectorAll<HTMLTableRowElement>(ROWS)].filter((row) => !row.closest("[hidden]"));
}

export function currentRow(): HTMLTableRowElement | null {
  return document.activeElement?.closest<HTMLTableRowElement>(ROWS) ?? null;
}

/** Move the cursor down (1) or up (-1); from nowhere it lands on the first or the last row. */
export function moveCursor(step: 1 | -1): void {
  const all = rows();
  const current = currentRow();
  const at = current ? all.indexOf(current) : step > 0 ? -1 : all.length;
  const next = all[Math.min(Math.max(at + step, 0), all.length - 1)];
  if (!next) return;
  next.tabIndex = -1;
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest", behavior: "instant" }); // gliding begins anew with each key, and falls behind
}

export function openRow(row: HTMLTableRowElement): void {
  const link = row.querySelector<HTMLAnchorElement>("a[data-edit], a[href]");
  link?.click();
}

function editRow(row: HTMLTableRowElement): void {
  row.querySelector<HTMLElement>("[data-edit]")?.click();
}

function pickRow(row: HTMLTableRowElement): void {
  row.querySelector<HTMLInputElement>(".tick")?.click();
}

const KEYS: Record<string, (row: HTMLTableRowElement) => void> = { Enter: openRow, e: editRow, x: pickRow };

/** Handle a key that belongs to rows; false if it is somebody else's. */
export function rowKey(key: string): boolean {
  if (key === "j" || key === "k") {
    if (!rows().length) return false;
    moveCursor(key === "j" ? 1 : -1);
    return true;
  }
  const row = currentRow();
  const act = KEYS[key];
  if (!row || !act || (key === "Enter" && document.activeElement !== row)) return false;
  act(row);
  return true;
}

export function startTable(): void {
  document.addEventListener("focusin", (event) => {
    for (const row of document.querySelectorAll(`${ROWS}[data-cursor]`)) row.removeAttribute("data-cursor");
    if (event.target instanceof HTMLTableRowElement && event.target.matches(ROWS)) {
      event.target.setAttribute("data-cursor", "");
    }
  });
}
