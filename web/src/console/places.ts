import { el } from "./build";
import type { Place } from "./people-state";

/** The choices of departments, in the filter and in the form; what was chosen, or stands in the address, stays chosen. */
export function offer(places: Place[]): void {
  const asked = new URLSearchParams(window.location.search).get("department") ?? "";
  for (const select of document.querySelectorAll<HTMLSelectElement>("select[data-places]")) {
    const chosen = select.value || (select.name === "department" ? asked : "");
    const [first] = select.options;
    select.replaceChildren(...(first ? [first] : []), ...places.map((one) => el("option", { value: String(one.id) }, one.path)));
    select.value = chosen;
    if (select.selectedIndex < 0) select.selectedIndex = 0;
    select.closest<HTMLElement>("[data-places-field]")?.toggleAttribute("hidden", !places.length);
  }
}

/** What a department is called there. */
export function placeName(id: unknown): string {
  const options = document.querySelector<HTMLSelectElement>("#console-department")?.options ?? [];
  return [...options].find((one) => one.value === String(id ?? ""))?.text ?? String(id ?? "");
}
