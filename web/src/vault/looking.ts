import type { Tree } from "./rule";

export interface Wrong {
  message: string;
  start: number;
  end: number;
  suggestion: string;
}

export interface Someone {
  name: string;
  email: string;
  reason: string;
}

/** What the server says of a rule: why it is none, or what it is and who could open. */
export interface Looked {
  error: Wrong | null;
  text?: string;
  tree?: Tree;
  problems?: Wrong[];
  who?: { count: number; of: number; could: Someone[]; could_not: Someone[] };
  warnings?: string[];
}

/** A text with a part replaced; places count characters as the server does, not as JavaScript does. */
export function mended(text: string, wrong: Wrong): string {
  const letters = [...text];
  return [...letters.slice(0, wrong.start), wrong.suggestion, ...letters.slice(wrong.end)].join("");
}

/** Asks after a pause, and only the answer to the last question counts. */
export class Looker {
  private last = 0;
  private waiting: number | undefined;

  constructor(
    private readonly ask: (what: object) => Promise<Looked>,
    private readonly pause = 250,
  ) {}

  look(what: object, then: (looked: Looked) => void, failed: () => void): void {
    const mine = ++this.last;
    window.clearTimeout(this.waiting);
    this.waiting = window.setTimeout(() => {
      this.ask(what).then(
        (looked) => void (mine === this.last && then(looked)),
        () => void (mine === this.last && failed()),
      );
    }, this.pause);
  }
}
