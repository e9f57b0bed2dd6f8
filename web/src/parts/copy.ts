import { within } from "./dom";

/** Copy a field's value; where the clipboard is closed to us, select it so that the person can. */
export async function copyField(button: HTMLElement): Promise<boolean> {
  const field = document.getElementById(button.dataset.copy ?? "");
  if (!(field instanceof HTMLInputElement)) return false;
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
  } catch {
    return false;
  }
  confirmOn(button);
  return true;
}

function confirmOn(button: HTMLElement): void {
  const word = button.querySelector("span");
  if (!word || button.hasAttribute("data-done")) return;
  const before = word.textContent;
  word.textContent = button.dataset.doneWord ?? before;
  button.setAttribute("data-done", "");
  window.setTimeout(() => {
    word.textContent = before;
    button.removeAttribute("data-done");
  }, 2000);
}

export function startCopy(): void {
  document.addEventListener("click", (event) => {
    const button = within(event, "[data-copy]");
    if (button) void copyField(button);
  });
}
