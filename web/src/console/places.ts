import { el } from "./build";
import type { Place, Team } from "./people-state";

/** The choices of departments, in the filter and in the form. */
export function offer(places: Place[]): void {
  for (const select of document.querySelectorAll<HTMLSelectElement>("select[data-places]")) fill(select, "department", places.map((one) => [String(one.id), one.path]));
}

/** The choices of teams in the filter. */
export function offerTeams(teams: Team[]): void {
  for (const select of document.querySelectorAll<HTMLSelectElement>("select[data-teams]")) fill(select, "team", teams.map((one) => [String(one.id), one.name]));
}

/** What was chosen, or stands in the address, stays chosen; a list that is open is not disturbed for nothing. */
function fill(select: HTMLSelectElement, filter: string, choices: [string, string][]): void {
  const asked = new URLSearchParams(window.location.search).get(filter) ?? "";
  const chosen = select.value || (select.name === filter ? asked : "");
  const [first, ...others] = select.options;
  select.closest<HTMLElement>("[data-places-field]")?.toggleAttribute("hidden", !choices.length);
  if (others.length === choices.length && others.every((one, at) => one.value === choices[at]?.[0] && one.text === choices[at]?.[1])) return;
  select.replaceChildren(...(first ? [first] : []), ...choices.map(([value, text]) => el("option", { value }, text)));
  select.value = chosen;
  if (select.selectedIndex < 0) select.selectedIndex = 0;
}

/** What a department is called there. */
export function placeName(id: unknown): string {
  const options = document.querySelector<HTMLSelectElement>("#console-department")?.options ?? [];
  return [...options].find((one) => one.value === String(id ?? ""))?.text ?? String(id ?? "");
}
