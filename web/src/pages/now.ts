import { on, onAskAgain } from "../live/feed";
import { say } from "../parts/glow";
import { takeIn } from "../parts/live-list";
import { setStat } from "../parts/stat";

const FACTS = ["online", "offline", "never_synced"] as const;
const AT_MOST_EVERY = 1_000; // as often as the consoles are told
const UNTOLD_EVERY = 15_000; // rooms that are not told who is present look for themselves

/** Which events make a list, or another part of the page, ask again. */
const KINDS: Record<string, string> = {
  agents: "agents_status tracking_policy_changed",
  work: "presence work_status agents_status",
  users: "agents_status user_added user_updated user_deleted user_roles_updated users_bulk_deleted",
  audit: "audit_log_added",
  alerts: "alerts_changed",
  halted: "agents_status",
  tasks: "tasks_changed",
  vault: "vault_changed",
};
const PLACES = "[data-live-list], [data-live-part]";

/** Put a company's new figures into its row, or into the cards of its own page. */
function show(company: number, facts: Record<string, unknown>): void {
  for (const place of document.querySelectorAll<HTMLElement>(`[data-live-company="${company}"]`)) {
    for (const name of FACTS) {
      say(place.querySelector(`[data-fact="${name}"]`), String(facts[name]));
      if (place.hasAttribute("data-cards")) setStat(name, String(facts[name]));
    }
  }
  for (const name of FACTS) sumUp(name);
}

/** A card that sums a column of this page. */
function sumUp(name: string): void {
  const cells = [...document.querySelectorAll(`td[data-fact="${name}"]`)];
  if (cells.length) setStat(`sum_${name}`, cells.reduce((sum, cell) => sum + Number(cell.textContent), 0));
}

function bringUpToDate(place: HTMLElement, fresh: HTMLElement): void {
  if (place.hasAttribute("data-live-list")) return takeIn(place, fresh);
  const isBusy = place.matches(":hover, :focus-within");
  if (!isBusy && place.innerHTML !== fresh.innerHTML) place.innerHTML = fresh.innerHTML;
}

/** Ask for this very page again and take in what its live places say now. */
async function refresh(): Promise<void> {
  const answer = await fetch(window.location.href, { headers: { "X-Requested-With": "fetch" } });
  if (!answer.ok || answer.redirected) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = [...page.querySelectorAll<HTMLElement>(PLACES)];
  document.querySelectorAll<HTMLElement>(PLACES).forEach((place, index) => {
    const its = fresh[index];
    if (its) bringUpToDate(place, its);
  });
}

function start(places: HTMLElement[]): void {
  let last = 0;
  let waiting = 0;
  const soon = (): void => {
    window.clearTimeout(waiting);
    waiting = window.setTimeout(
      () => {
        last = Date.now();
        void refresh().catch(() => undefined);
      },
      Math.max(0, last + AT_MOST_EVERY - Date.now()),
    );
  };
  const names = places.map((place) => KINDS[place.dataset.liveList ?? place.dataset.livePart ?? ""] ?? "");
  on([...new Set(names.join(" ").split(" "))].join(" ").trim(), soon);
  onAskAgain(refresh);
  const every = Math.min(...places.map((place) => Number(place.dataset.liveEvery ?? Infinity)));
  if (Number.isFinite(every)) window.setInterval(() => document.visibilityState === "visible" && soon(), every);
  if (document.body.dataset.liveRoom === "dashboard") {
    window.setInterval(() => document.visibilityState === "visible" && soon(), UNTOLD_EVERY);
  }
}

on("agents_status", (event) => show(Number(event["company_id"]), event));
const places = [...document.querySelectorAll<HTMLElement>(PLACES)];
if (places.length) start(places);
