import { on, onAskAgain } from "./feed";

/** Put the reader's own number of unread alerts on the bell in the top line. */
export function showUnread(bell: HTMLElement, unread: number, label: string): void {
  bell.setAttribute("aria-label", label);
  let count = bell.querySelector<HTMLElement>(".top-count");
  if (!unread) {
    count?.remove();
    return;
  }
  if (!count) {
    count = document.createElement("span");
    count.className = "top-count";
    count.setAttribute("aria-hidden", "true");
    bell.append(count);
  }
  count.textContent = String(unread);
}

async function ask(bell: HTMLElement): Promise<void> {
  const answer = await fetch("/alerts/unread/", { headers: { Accept: "application/json" } });
  if (!answer.ok || answer.redirected) return;
  const said = (await answer.json()) as { unread: number; label: string };
  showUnread(bell, said.unread, said.label);
}

export function startAlerts(): void {
  const bell = document.querySelector<HTMLElement>("[data-alerts]");
  if (!bell) return;
  on("alerts_changed", () => void ask(bell).catch(() => undefined));
  onAskAgain(() => ask(bell));
}
