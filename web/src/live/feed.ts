/**
 * Where a page says what it wants to hear.
 *
 * In TypeScript: `on("user_added", …)` and `onAskAgain(…)`. In a template, through htmx, which hears the same as events
 * of the body: `hx-trigger="live:user_added from:body, live:again from:body"`.
 */

export interface LiveEvent {
  timestamp: string;
  room: string;
  actor: string;
  /** Facts that pass, such as who is present, have no number. */
  offset?: number;
  [more: string]: unknown;
}

export type Handler = (event: LiveEvent, kind: string) => void;
export type Again = () => void | Promise<void>;

export type Speaker = (kind: string, said: object) => void;

let speaker: Speaker = () => undefined;
const handlers = new Map<string, Set<Handler>>();
const askers = new Set<Again>();

/** Hear every event of these kinds ("*": of all); answers how to stop. An event may come for what is shown already. */
export function on(kinds: string, handler: Handler): () => void {
  const names = kinds.split(" ");
  for (const kind of names) {
    const known = handlers.get(kind) ?? new Set();
    handlers.set(kind, known.add(handler));
  }
  return () => names.forEach((kind) => handlers.get(kind)?.delete(handler));
}

/** Be called when more was missed than can be told: ask the ordinary door for everything shown. */
export function onAskAgain(again: Again): () => void {
  askers.add(again);
  return () => askers.delete(again);
}

/** Hand an event to the page; a part that fails does not keep it from the others. */
export function deliver(kind: string, event: LiveEvent): void {
  for (const handler of [...(handlers.get(kind) ?? []), ...(handlers.get("*") ?? [])]) {
    try {
      handler(event, kind);
    } catch (failure) {
      reportError(failure);
    }
  }
  document.body.dispatchEvent(new CustomEvent(`live:${kind}`, { detail: event }));
}

/** Have every part of the page ask again; fails if one of them does. */
export async function askAgain(): Promise<void> {
  document.body.dispatchEvent(new CustomEvent("live:again"));
  await Promise.all([...askers].map(async (again) => again()));
}

/** Say something to the server, such as which row is open here; said into the void while there is no connection. */
export function say(kind: string, said: object): void {
  speaker(kind, said);
}

/** Called once, by whoever holds the connection. */
export function speakThrough(through: Speaker): void {
  speaker = through;
}
