import { on } from "../live/feed";
import { toast } from "../parts/toast";

/** What pages are told after which the answer may be another. */
const CHANGES = "vault_changed user_updated user_roles_updated users_bulk_attrs_updated attribute_removed";
const EVERY = 700; // milliseconds: what is revoked leaves an open page within a second

interface Standing {
  open: boolean;
  reason: string;
}

/** Whether the file is open to whoever looks at the page; null when nobody can say just now. */
async function ask(address: string): Promise<Standing | null> {
  try {
    const answer = await fetch(address, { headers: { "X-Requested-With": "fetch" }, cache: "no-store" });
    if (answer.status === 403 || answer.status === 404 || answer.redirected) return { open: false, reason: "" };
    return answer.ok ? ((await answer.json()) as Standing) : null;
  } catch {
    return null;
  }
}

/** Take what is in the file off the page, and say why. */
export function close(page: HTMLElement, reason: string): void {
  const words = page.dataset["closedWords"] ?? "";
  page.dataset["open"] = "false";
  for (const way of document.querySelectorAll("[data-needs-open]")) way.remove();
  const place = page.querySelector<HTMLElement>("[data-preview]");
  if (place) {
    const heading = Object.assign(document.createElement("h3"), { textContent: words });
    const text = Object.assign(document.createElement("p"), { textContent: reason });
    const box = Object.assign(document.createElement("div"), { className: "empty" });
    box.append(heading, ...(reason ? [text] : []));
    place.replaceChildren(box);
  }
  toast({ text: words, tone: "caution" });
}

/** While the page is seen, ask again and again, and at once when something changed; after no, nothing of the file stays. */
export function watchStanding(page: HTMLElement): void {
  const address = page.dataset["standing"];
  const isOpen = () => page.dataset["open"] === "true";
  if (!address || !isOpen()) return;
  const look = async (): Promise<void> => {
    const found = document.visibilityState === "visible" && isOpen() ? await ask(address) : null;
    if (found && !found.open && isOpen()) close(page, found.reason);
  };
  const again = async (): Promise<void> => {
    await look();
    if (isOpen()) window.setTimeout(() => void again(), EVERY);
  };
  document.addEventListener("visibilitychange", () => void look());
  on(CHANGES, () => void look());
  window.setTimeout(() => void again(), EVERY);
}
