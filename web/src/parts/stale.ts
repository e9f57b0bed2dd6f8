import { clockFace } from "./times";

/** Grey the live parts of a page and say from when they are; null lifts the veil. */
export function setStale(since: Date | null, root: ParentNode = document): void {
  for (const zone of root.querySelectorAll<HTMLElement>("[data-stale-zone]")) {
    zone.toggleAttribute("data-stale", since !== null);
    const word = zone.querySelector("[data-stale-since]");
    if (since && word) word.textContent = clockFace(since);
  }
}
