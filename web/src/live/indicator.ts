import { setConnection, type Connection as Word } from "../parts/connection";
import { setStale } from "../parts/stale";
import { kindOf, type Kind, type Link } from "./link";

/** For how long a page may be without its connection before its figures are veiled. */
export const VEIL_AFTER = 5_000;

const WORDS: Record<Kind, Word> = {
  connecting: "connecting",
  live: "live",
  recovering: "connecting",
  stale: "none",
  offline: "offline",
  refused: "none",
};

export interface Appearance {
  word: Word;
  /** Since when the page is not live. */
  since: Date | undefined;
  /** As of when the veiled figures are; null: no veil. */
  veil: Date | null;
}

/** How a page with this link has to look at this moment. */
export function appearance(link: Link, now: number): Appearance {
  const kind = kindOf(link, now);
  if (kind === "live") return { word: "live", since: undefined, veil: null };
  const asOf = new Date(link.trueAt);
  const old = kind === "refused" || now - link.trueAt > VEIL_AFTER;
  return { word: WORDS[kind], since: kind === "connecting" ? undefined : asOf, veil: old ? asOf : null };
}

/** Writes the appearance into the page, and only when it changed. */
export class Indicator {
  private shown = "";

  show(link: Link, now: number): void {
    const look = appearance(link, now);
    const words = JSON.stringify(look);
    if (words === this.shown) return;
    this.shown = words;
    setConnection(look.word, look.since);
    setStale(look.veil);
  }
}
