import { within } from "./dom";

const OPEN = "details[data-menu][open]";

function close(menu: HTMLDetailsElement, giveFocusBack: boolean): void {
  menu.open = false;
  if (giveFocusBack) menu.querySelector("summary")?.focus();
}

function move(menu: HTMLDetailsElement, step: number): void {
  const items = [...menu.querySelectorAll<HTMLElement>(".menu-item")];
  if (!items.length) return;
  const at = items.indexOf(document.activeElement as HTMLElement);
  items[(at + step + items.length + (at < 0 && step < 0 ? 1 : 0)) % items.length]?.focus();
}

/** Keep a sheet inside the window: a menu near the right edge opens to the left. */
function place(menu: HTMLDetailsElement): void {
  const sheet = menu.querySelector<HTMLElement>(".menu-sheet");
  if (!sheet || menu.dataset.side === "end") return;
  if (sheet.getBoundingClientRect().right > document.documentElement.clientWidth - 8) menu.dataset.side = "end";
}

export function startMenus(): void {
  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll<HTMLDetailsElement>(OPEN)) {
      const inside = event.target instanceof Node && menu.contains(event.target);
      const chosen = inside && within(event, ".menu-item") && !within(event, "[data-theme-choice]");
      if (!inside || chosen) close(menu, false);
    }
  });
  document.addEventListener(
    "toggle",
    (event) => {
      if (event.target instanceof HTMLDetailsElement && event.target.matches(OPEN)) place(event.target);
    },
    true,
  );
  document.addEventListener("keydown", (event) => {
    const menu = document.querySelector<HTMLDetailsElement>(OPEN);
    if (!menu) return;
    if (event.key === "Escape") close(menu, true);
    else if (event.key === "ArrowDown") move(menu, 1);
    else if (event.key === "ArrowUp") move(menu, -1);
    else return;
    event.preventDefault();
  });
}
