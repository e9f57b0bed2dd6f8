import { within } from "./dom";

const NATIVE = "commandForElement" in HTMLButtonElement.prototype;

function asDialog(element: Element | null): HTMLDialogElement | null {
  return element instanceof HTMLDialogElement ? element : null;
}

/** Open a confirm dialog by its id, for scripts; buttons use `commandfor` and `command="show-modal"`. */
export function openDialog(id: string): void {
  const dialog = asDialog(document.getElementById(id));
  if (dialog && !dialog.open) dialog.showModal();
}

/** A dialog that wants a word typed lets nobody through without it. */
export function gateTyped(dialog: HTMLDialogElement): void {
  const box = dialog.querySelector<HTMLInputElement>("[data-typed]");
  const go = dialog.querySelector<HTMLButtonElement>('button[type="submit"]');
  if (box && go) go.disabled = box.value.trim() !== box.dataset.typed;
}

export function startDialogs(): void {
  for (const dialog of document.querySelectorAll<HTMLDialogElement>("dialog[data-dialog]")) gateTyped(dialog);
  document.addEventListener("input", (event) => {
    const dialog = asDialog(within(event, "dialog[data-dialog]"));
    if (dialog) gateTyped(dialog);
  });
  document.addEventListener("click", (event) => {
    const opener = within(event, '[commandfor][command="show-modal"]');
    if (opener && !NATIVE) openDialog(opener.getAttribute("commandfor") ?? "");
    if (within(event, "[data-close]")) asDialog(within(event, "dialog"))?.close();
    if (event.target instanceof HTMLDialogElement && event.target.matches("[data-dialog]")) event.target.close();
  });
}
