import { glow } from "./glow";

export type State = "online" | "idle" | "away" | "offline" | "never";

/** Show another live state; `word` is the translated word that stands beside the mark. */
export function setState(element: HTMLElement, state: State, word: string): void {
  if (element.dataset.state === state) return;
  element.dataset.state = state;
  const spoken = element.querySelector(".state-word");
  if (spoken) spoken.textContent = word;
  glow(element);
}
