/**
 * Is this page live? A pure account of what is known about the connection.
 *
 * Facts go in by `step`, with the time; out come new facts and what is to be done. How the page looks is derived from
 * the facts each time it is asked (`kindOf`), never kept: so it cannot go on looking live when it no longer is.
 */

export type Kind = "connecting" | "live" | "recovering" | "stale" | "offline" | "refused";

/** A place in a room's history: which counting, and how far. */
export interface Place {
  epoch: number;
  offset: number;
}

export interface Link {
  /** The transport is open, as far as we know. */
  open: boolean;
  /** The room answered our last question to be let in. */
  joined: boolean;
  /** What the browser believes of its network. */
  network: boolean;
  /** Why we may not listen, for good. */
  refused: string | null;
  /** The last event that this page has worked in. */
  place: Place | null;
  /** Where the room was when it let us in; until `place` is there we are catching up. */
  goal: number;
  /** The number of the question by which the page is being asked for anew, and the last one answered. */
  question: number;
  answered: number;
  /** When the server last gave a sign of life, when we last asked to be let in, when the page was last true. */
  heardAt: number;
  askedAt: number;
  trueAt: number;
  everLive: boolean;
}

export type Input =
  | { type: "connected" }
  | { type: "disconnected" }
  | { type: "joined"; epoch: number; offset: number; recovered?: boolean | undefined }
  | { type: "event"; offset?: number | undefined }
  | { type: "heard" }
  | { type: "network"; online: boolean }
  | { type: "refused"; code: string }
  | { type: "answered"; question: number }
  | { type: "tick" };

export type Effect =
  /** Ask to be let in, from this place on. */
  | { type: "join"; place: Place | null }
  /** Hand the event to the page. */
  | { type: "deliver" }
  /** Too much was missed: the page asks its ordinary doors again. */
  | { type: "ask"; question: number }
  /** Drop this connection and open another at once. */
  | { type: "reconnect" }
  /** Try again after a random pause. */
  | { type: "later" }
  /** Give up and say why. */
  | { type: "close"; code: string };

export interface Step {
  link: Link;
  effects: Effect[];
}

/** The server gives a sign of life every 10 s. */
export const QUIET = 15_000;
export const GONE = 25_000;
export const ANSWER_WITHIN = 5_000;

const FOR_GOOD = new Set(["signed_out", "forbidden", "too_many"]);

/** A page that was made at `now`, showing what was true at `place` if it knows. */
export function begin(now: number, place: Place | null, network: boolean): Link {
  return {
    open: false,
    joined: false,
    network,
    refused: null,
    place,
    goal: 0,
    question: 0,
    answered: 0,
    heardAt: now,
    askedAt: now,
    trueAt: now,
    everLive: false,
  };
}

/** In the room, with everything worked in: true as long as signs of life come. */
function settled(link: Link): boolean {
  return link.open && link.joined && link.question === link.answered && (link.place?.offset ?? -1) >= link.goal;
}

export function kindOf(link: Link, now: number): Kind {
  if (link.refused !== null) return "refused";
  if (settled(link)) return now - link.heardAt > QUIET ? "stale" : "live";
  if (!link.network) return "offline";
  return link.everLive ? "recovering" : "connecting";
}

export function step(before: Link, input: Input, now: number): Step {
  if (before.refused !== null) return { link: before, effects: [] };
  const { link, effects } = react({ ...before }, input, now);
  if (settled(link)) {
    link.everLive = true;
    link.trueAt = Math.max(link.trueAt, link.heardAt);
  }
  return { link, effects };
}

function react(link: Link, input: Input, now: number): Step {
  switch (input.type) {
    case "connected":
      return knock({ ...link, open: true, heardAt: now }, now);
    case "disconnected":
      return { link: { ...link, open: false, joined: false }, effects: [] };
    case "joined":
      return letIn({ ...link, heardAt: now }, input);
    case "event":
      return hear({ ...link, heardAt: now }, input.offset, now);
    case "heard":
      return { link: { ...link, heardAt: now }, effects: [] };
    case "network":
      return link.open ? knock({ ...link, network: input.online }, now) : sought({ ...link, network: input.online });
    case "refused":
      return refuse(link, input.code);
    case "answered":
      return { link: { ...link, answered: Math.max(link.answered, input.question) }, effects: [] };
    case "tick":
      return tick(link, now);
  }
}

/** Ask to be let in; until the answer comes nothing is certain. It is also how a doubtful connection is tried. */
function knock(link: Link, now: number): Step {
  return { link: { ...link, joined: false, askedAt: now }, effects: [{ type: "join", place: link.place }] };
}

function sought(link: Link): Step {
  return { link, effects: link.network ? [{ type: "reconnect" }] : [] };
}

function letIn(link: Link, answer: { epoch: number; offset: number; recovered?: boolean | undefined }): Step {
  const entered = { ...link, joined: true, goal: answer.offset };
  if (answer.recovered && link.place) return { link: entered, effects: [] };
  const question = link.question + 1;
  const place = { epoch: answer.epoch, offset: answer.offset };
  return { link: { ...entered, place, question }, effects: [{ type: "ask", question }] };
}

function hear(link: Link, offset: number | undefined, now: number): Step {
  if (offset === undefined) return { link, effects: [{ type: "deliver" }] };
  if (!link.place || offset <= link.place.offset) return { link, effects: [] };
  if (offset > link.place.offset + 1) return knock(link, now); // something between was not heard
  return { link: { ...link, place: { ...link.place, offset } }, effects: [{ type: "deliver" }] };
}

function refuse(link: Link, code: string): Step {
  if (!FOR_GOOD.has(code)) return { link: { ...link, joined: false }, effects: [{ type: "later" }] };
  return { link: { ...link, refused: code, joined: false }, effects: [{ type: "close", code }] };
}

function tick(link: Link, now: number): Step {
  const unanswered = !link.joined && now - link.askedAt > ANSWER_WITHIN;
  if (!link.open || (!unanswered && now - link.heardAt <= GONE)) return { link, effects: [] };
  return { link: { ...link, open: false, joined: false }, effects: [{ type: "reconnect" }] };
}
