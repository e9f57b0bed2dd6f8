import type { LiveEvent } from "../live/feed";
import { Refused } from "./doors";

/** What an event leaves open: things that it only names, or that everything is to be asked for. */
export interface Open<K> {
  ask: K[];
  everything?: boolean;
}

export interface Answers<K> {
  /** Work an event into the rows. Told twice it must do no harm. */
  fold(kind: string, event: LiveEvent): Open<K>;
  /** Ask for all rows, or for these. */
  all(): Promise<void>;
  some?(named: K[]): Promise<void>;
  /** Everything is asked for instead of more than so many. */
  most?: number;
}

const AGAIN_AFTER = 2_000; // milliseconds until a question that failed is asked anew

/**
 * What events leave open is asked together, one question at a time.
 *
 * An answer may be older than an event that came while it was on its way: such events are worked in once more on top of
 * it. What could not be asked stays open and is asked again.
 */
export class Questions<K> {
  private named = new Set<K>();
  private everything = false;
  private timer = 0;
  private asking: Promise<void> | null = null;
  private meanwhile: [string, LiveEvent][] = [];

  constructor(
    private readonly answers: Answers<K>,
    private readonly together: () => number,
  ) {}

  take(kind: string, event: LiveEvent): void {
    if (this.asking) this.meanwhile.push([kind, event]);
    this.stay(this.answers.fold(kind, event), this.together());
  }

  /** Leave these open, as an event does that names them. */
  wonder(named: K[]): void {
    this.stay({ ask: named }, this.together());
  }

  /** Ask for everything now; fails if the door cannot be reached, and is then for the caller to ask again. */
  load(): Promise<void> {
    return this.settle(true);
  }

  private stay({ ask, everything }: Open<K>, pause: number): void {
    for (const one of ask) this.named.add(one);
    this.everything ||= everything === true || this.named.size > (this.answers.most ?? Infinity);
    if (everything || ask.length) this.later(pause);
  }

  private later(pause: number): void {
    if (!this.timer) this.timer = window.setTimeout(() => void this.settle(false).catch(() => undefined), pause);
  }

  /** What a door refuses it will refuse again; what it could not answer it may answer soon. */
  private failed(open: Open<K>, failure: unknown): void {
    if (failure instanceof Refused && failure.status < 500) return;
    this.stay(open, AGAIN_AFTER);
  }

  private async settle(whole: boolean): Promise<void> {
    window.clearTimeout(this.timer);
    this.timer = 0;
    while (this.asking) await this.asking.catch(() => undefined);
    const open: Open<K> = { ask: [...this.named], everything: this.everything };
    if (!whole && !open.everything && !open.ask.length) return;
    this.named = new Set();
    this.everything = false;
    this.asking = this.answer(open, whole);
    await this.asking;
  }

  private async answer(open: Open<K>, whole: boolean): Promise<void> {
    try {
      await (whole || open.everything || !this.answers.some ? this.answers.all() : this.answers.some(open.ask));
    } catch (failure) {
      this.failed(open, failure);
      throw failure;
    } finally {
      this.asking = null;
      for (const [kind, event] of this.meanwhile.splice(0)) this.take(kind, event);
    }
  }
}
