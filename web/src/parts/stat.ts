import { say } from "./glow";
import { setClock } from "./times";

/** Put a new figure into every stat card of that key, and the moment at which it was true. */
export function setStat(key: string, value: number | string, asOf = new Date()): void {
  for (const card of document.querySelectorAll(`[data-stat="${CSS.escape(key)}"]`)) {
    say(card.querySelector("[data-value]"), String(value));
    setClock(card.querySelector(".as-of time"), asOf);
  }
}
