import { on, onAskAgain } from "../live/feed";

const EVERY = 10_000; // the numbers are counted in steps of ten seconds

/** The tab of the system's health: the server draws it, the page asks for it again while it is seen. */
export function startHealth(): void {
  const place = document.querySelector<HTMLElement>("[data-health]");
  if (!place) return;
  const isSeen = () => document.visibilityState === "visible" && place.closest<HTMLElement>("[data-part]")?.hidden === false;
  const load = async (): Promise<void> => {
    const answer = await fetch("/console/health/", { headers: { "X-Requested-With": "fetch" } });
    if (!answer.ok || answer.redirected) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector(".console-health");
    const old = place.querySelector(".console-health");
    if (fresh && old && fresh.outerHTML !== old.outerHTML) old.replaceWith(document.importNode(fresh, true));
  };
  const soon = () => void (isSeen() && load().catch(() => undefined));
  on("agents_status", soon);
  onAskAgain(load);
  window.setInterval(soon, EVERY);
}
