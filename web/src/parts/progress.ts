import { say } from "./glow";
import { setClock } from "./times";

export const STATES = ["applied", "applying", "waiting", "rejected", "offline"] as const;
export type Counts = Partial<Record<(typeof STATES)[number], number>>;

/** Show new counts of reported rows: the stretches, the figures, and when they were counted. */
export function setProgress(line: HTMLElement, counts: Counts, asOf?: Date): void {
  const total = STATES.reduce((sum, state) => sum + (counts[state] ?? 0), 0);
  let x = 0;
  for (const state of STATES) {
    const count = counts[state] ?? 0;
    const width = total ? (100 * count) / total : 0;
    const stretch = line.querySelector(`rect[data-segment="${state}"]`);
    stretch?.setAttribute("x", `${x}%`);
    stretch?.setAttribute("width", `${width}%`);
    const entry = line.querySelector(`li[data-segment="${state}"]`);
    entry?.toggleAttribute("data-none", count === 0);
    say(entry?.querySelector("[data-count]") ?? null, String(count));
    x += width;
  }
  say(line.querySelector("[data-applied]"), String(counts.applied ?? 0));
  say(line.querySelector("[data-total]"), String(total));
  describe(line);
  if (asOf) setClock(line.querySelector<HTMLTimeElement>("[data-as-of] time"), asOf);
}

/** What the bar shows, in words, for those who do not see it. */
function describe(line: HTMLElement): void {
  const words = [...line.querySelectorAll(".progress-legend li")].map((entry) => entry.textContent?.trim() ?? "");
  line.querySelector("svg")?.setAttribute("aria-label", words.join(", "));
}
