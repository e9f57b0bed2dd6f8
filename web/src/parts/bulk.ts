import { counted, within } from "./dom";

const boxes = (scope: Element) => [...scope.querySelectorAll<HTMLInputElement>(":not(thead) .tick")].filter((box) => !box.closest("thead"));

/** Say how many rows are chosen, and let the box in the head tell all, some or none. */
export function refreshBulk(scope: Element): void {
  const all = boxes(scope);
  const chosen = all.filter((box) => box.checked).length;
  const head = scope.querySelector<HTMLInputElement>("thead .tick");
  if (head) {
    head.checked = chosen > 0 && chosen === all.length;
    head.indeterminate = chosen > 0 && chosen < all.length;
  }
  const word = scope.querySelector<HTMLElement>(".bulk-count");
  if (word) word.textContent = counted(chosen, word.dataset.one, word.dataset.many);
}

export function startBulk(): void {
  document.querySelectorAll(".bulk-scope").forEach(refreshBulk);
  document.addEventListener("change", (event) => {
    const box = within<HTMLInputElement>(event, ".bulk-scope .tick");
    const scope = box?.closest(".bulk-scope");
    if (!box || !scope) return;
    if (box.closest("thead")) for (const one of boxes(scope)) one.checked = box.checked;
    refreshBulk(scope);
  });
}
