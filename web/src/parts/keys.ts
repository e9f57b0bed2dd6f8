import { openDialog } from "./dialog";
import { isWriting } from "./dom";
import { rowKey } from "./table";

const WAIT = 1200;
let going = 0; // until when a letter after `g` counts

function search(): boolean {
  const box =
    document.querySelector<HTMLInputElement>("[data-list-search]") ?? document.querySelector<HTMLInputElement>("[data-search]");
  box?.focus();
  box?.select();
  return box !== null;
}

function go(letter: string): boolean {
  const link = document.querySelector<HTMLAnchorElement>(`[data-go="${CSS.escape(letter)}"]`);
  link?.click();
  return link !== null;
}

function editPage(): boolean {
  const link = document.querySelector<HTMLElement>("main [data-edit-page]");
  link?.click();
  return link !== null;
}

/** Do what a single key asks for; false if it means nothing here. */
export function press(key: string, now: number): boolean {
  if (now < going) {
    going = 0;
    if (go(key)) return true;
  }
  if (key === "g") {
    going = now + WAIT;
    return true;
  }
  if (key === "/") return search();
  if (key === "?") {
    openDialog("keys");
    return true;
  }
  return rowKey(key) || (key === "e" && editPage());
}

export function startKeys(): void {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape" && isWriting(event.target)) (event.target as HTMLElement).blur();
    if (isWriting(event.target) || document.querySelector("dialog:modal")) return;
    if (press(event.key, performance.now())) event.preventDefault();
  });
}
