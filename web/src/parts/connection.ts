import { clockFace } from "./times";

export type Connection = "live" | "connecting" | "offline" | "none";

const WORDS: Record<Connection, string> = {
  live: "wordLive",
  connecting: "wordConnecting",
  offline: "wordOffline",
  none: "wordNone",
};

/** Say in the top line whether this page is live; `since` is when it stopped being so. */
export function setConnection(state: Connection, since?: Date): void {
  const indicator = document.getElementById("connection");
  if (!indicator) return;
  indicator.dataset.state = state;
  const word = indicator.querySelector(".connection-word");
  if (word) word.textContent = indicator.dataset[WORDS[state]] ?? "";
  const after = indicator.querySelector(".connection-since");
  if (!after) return;
  const clock = since && clockFace(since).slice(0, 5);
  after.textContent = clock && state !== "live" ? ` ${indicator.dataset.wordSince ?? ""} ${clock}` : "";
}
