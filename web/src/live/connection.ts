import { deliver, askAgain, type LiveEvent } from "./feed";
import { begin, step, type Effect, type Input, type Link, type Place } from "./link";

/** As much of a Socket.IO socket as is used here. */
export interface Wire {
  connect(): unknown;
  disconnect(): unknown;
  emit(kind: string, said: object): unknown;
  on(kind: "connect" | "disconnect", heard: () => void): unknown;
  on(kind: "connect_error", heard: (failure: Error & { data?: { code?: string } }) => void): unknown;
  onAny(heard: (kind: string, said: LiveEvent) => void): unknown;
  io: { on(kind: "ping", heard: () => void): unknown };
}

export interface Surroundings {
  now(): number;
  /** A number from 0 to 1. */
  random(): number;
  later(what: () => void, milliseconds: number): void;
  /** The companies whose passing facts this page shows (owners). */
  companies(): number[];
  /** Called after each change of the link. */
  show(link: Link): void;
  /** Called once when nobody may listen here any more. */
  gone(code: string): void;
}

export type Door = "admin" | "dashboard";

const LONGEST_PAUSE = 4_000;
const NOT_FOR_THE_PAGE = /^(joined_|error$)/;

/** Joins what the wire tells with what the page hears; what to do is decided in `link`. */
export class Connection {
  link: Link;

  constructor(
    private readonly wire: Wire,
    private readonly door: Door,
    private readonly around: Surroundings,
    page: { place: Place | null; network: boolean },
  ) {
    this.link = begin(around.now(), page.place, page.network);
    wire.on("connect", () => this.take({ type: "connected" }));
    wire.on("disconnect", () => this.lost());
    wire.on("connect_error", (failure) => this.take(failure.data?.code ? refusal(failure.data.code) : { type: "disconnected" }));
    wire.onAny((kind, said) => this.hear(kind, said));
    wire.io.on("ping", () => this.take({ type: "heard" }));
  }

  start(): void {
    this.wire.connect();
    this.around.show(this.link);
  }

  /** Take a fact in and do what follows from it. */
  take(input: Input, said?: { kind: string; event: LiveEvent }): void {
    const { link, effects } = step(this.link, input, this.around.now());
    this.link = link;
    for (const effect of effects) this.perform(effect, said);
    this.around.show(this.link);
  }

  private hear(kind: string, event: LiveEvent): void {
    if (kind === `joined_${this.door}`) this.take({ type: "joined", ...(event as unknown as Answer) });
    else if (kind === "error") this.take(refusal(String(event.code)));
    else if (!NOT_FOR_THE_PAGE.test(kind)) this.take({ type: "event", offset: event.offset }, { kind, event });
  }

  private lost(): void {
    const wasOpen = this.link.open;
    this.take({ type: "disconnected" });
    // After a farewell from the server the client waits for us; after anything else it comes back by itself.
    if (wasOpen && this.link.refused === null) this.pause(() => this.link.open || this.wire.connect());
  }

  private perform(effect: Effect, said?: { kind: string; event: LiveEvent }): void {
    switch (effect.type) {
      case "join":
        this.wire.emit(`join_${this.door}`, { ...effect.place, ...this.companies() });
        break;
      case "deliver":
        if (said) deliver(said.kind, said.event);
        break;
      case "ask":
        void this.ask(effect.question);
        break;
      case "reconnect":
        this.reconnect();
        break;
      case "later":
        this.pause(() => this.reconnect());
        break;
      case "close":
        this.wire.disconnect();
        this.around.gone(effect.code);
        break;
    }
  }

  private async ask(question: number): Promise<void> {
    try {
      await askAgain();
      this.take({ type: "answered", question });
    } catch {
      this.pause(() => question === this.link.question && void this.ask(question));
    }
  }

  private reconnect(): void {
    if (this.link.refused !== null) return;
    this.wire.disconnect();
    this.wire.connect();
  }

  private pause(then: () => unknown): void {
    this.around.later(() => then(), this.around.random() * LONGEST_PAUSE);
  }

  private companies(): { companies?: number[] } {
    const companies = this.around.companies();
    return companies.length ? { companies } : {};
  }
}

interface Answer {
  epoch: number;
  offset: number;
  recovered?: boolean;
}

function refusal(code: string): Input {
  return { type: "refused", code };
}
