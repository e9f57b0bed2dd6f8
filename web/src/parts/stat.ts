import { say } from "./glow";

/** Put a new figure into every stat card of that key. */
export function setStat(key: string, value: number | string): void {
  for (const card of document.querySelectorAll(`[data-stat="${CSS.escape(key)}"]`)) {
    say(card.querySelector("[data-value]"), String(value));
  }
}
