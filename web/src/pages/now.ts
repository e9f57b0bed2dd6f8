import { on, onAskAgain } from "../live/feed";
import { say } from "../parts/glow";
import { setStat } from "../parts/stat";

const FACTS = ["online", "offline", "never_synced"] as const;
const AT_MOST_EVERY = 2_000;

/** Which events make a list ask again. */
const KINDS: Record<string, string> = {
  agents: "agents_status",
  users: "agents_status user_added user_updated user_deleted user_roles_updated users_bulk_deleted",
  audit: "audit_log_added",
};

/** Put a company's new figures into its row, or into the cards of its own page. */
function show(company: number, facts: Record<string, unknown>): void {
  for (const place of document.querySelectorAll<HTMLElement>(`[data-live-company="${company}"]`)) {
    for (const name of FACTS) {
      say(place.querySelector(`[data-fact="${name}"]`), String(facts[name]));
      if (place.hasAttribute("data-cards")) setStat(name, String(facts[name]));
    }
  }
}

/** Replace the rows of a live list by what the server shows now; nothing moves while somebody points at it. */
async function refresh(list: HTMLElement): Promise<void> {
  if (list.matches(":hover, :focus-within")) {
    list.addEventListener("pointerleave", () => void refresh(list).catch(() => undefined), { once: true });
    return;
  }
  const answer = await fetch(window.location.href, { headers: { "X-Requested-With": "fetch" } });
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.querySelector(`[data-live-list="${CSS.escape(list.dataset.liveList ?? "")}"] tbody`);
  const body = list.querySelector("tbody");
  if (fresh && body && fresh.innerHTML !== body.innerHTML) body.innerHTML = fresh.innerHTML;
}

/** Ask for the rows again when something they show has changed, at most every two seconds. */
function follow(list: HTMLElement): void {
  let last = 0;
  let waiting = 0;
  const soon = (): void => {
    window.clearTimeout(waiting);
    const wait = Math.max(0, last + AT_MOST_EVERY - Date.now());
    waiting = window.setTimeout(() => {
      last = Date.now();
      void refresh(list).catch(() => undefined);
    }, wait);
  };
  on(KINDS[list.dataset.liveList ?? ""] ?? "", soon);
  onAskAgain(() => refresh(list));
}

on("agents_status", (event) => show(Number(event["company_id"]), event));
for (const list of document.querySelectorAll<HTMLElement>("[data-live-list]")) follow(list);
