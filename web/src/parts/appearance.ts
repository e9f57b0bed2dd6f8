import { within } from "./dom";

export type Theme = "light" | "dark" | "auto";

/** Choose a look for this browser; "auto" follows the system. */
export function chooseTheme(theme: Theme): void {
  const root = document.documentElement;
  if (theme === "auto") delete root.dataset.theme;
  else root.dataset.theme = theme;
  keep("sundial-theme", theme === "auto" ? null : theme);
  markTheme();
}

/** Fold the rail to its icons, or unfold it. */
export function foldRail(): void {
  const root = document.documentElement;
  const narrow = root.dataset.rail !== "narrow";
  if (narrow) root.dataset.rail = "narrow";
  else delete root.dataset.rail;
  keep("sundial-rail", narrow ? "narrow" : null);
}

function keep(key: string, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, value);
  } catch {
    // Without storage the choice holds for this page.
  }
}

function markTheme(): void {
  const current = document.documentElement.dataset.theme ?? "auto";
  for (const button of document.querySelectorAll<HTMLElement>("[data-theme-choice]")) {
    button.setAttribute("aria-pressed", String(button.dataset.themeChoice === current));
  }
}

export function startAppearance(): void {
  markTheme();
  document.addEventListener("click", (event) => {
    const choice = within(event, "[data-theme-choice]")?.dataset.themeChoice;
    if (choice) chooseTheme(choice as Theme);
    if (within(event, "[data-fold]")) foldRail();
  });
}
