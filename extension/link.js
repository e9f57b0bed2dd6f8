// The line to the agent: opened again whenever it ends, silent unless the agent wants something.

import { understood } from "./tab.js";

const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 20_000; // a worker that waits longer is put to sleep; from then on an alarm wakes it

/** Opens a line by `open`, waits by `later`, and says by `changed` what became of it. */
export class Link {
  #open;
  #later;
  #changed;
  #port = null;
  #failures = 0;
  #lastSent = undefined;

  /** What the agent wants to hear. */
  want = "none";
  /** The agent has answered on this line. */
  reached = false;
  /** What the browser said when the line ended. */
  problem = "";

  constructor({ open, later, changed }) {
    this.#open = open;
    this.#later = later;
    this.#changed = changed;
  }

  /** Open the line, unless it is open. */
  connect() {
    if (this.#port) return;
    const port = this.#open();
    this.#port = port;
    port.onMessage.addListener((message) => this.#heard(port, message));
    port.onDisconnect.addListener((_, problem = "") => this.#ended(port, problem));
  }

  /** Tell the agent about the tab in front, once, and only if it wants to hear of tabs. */
  send(tab) {
    const words = JSON.stringify(tab);
    if (!this.reached || this.want === "none" || words === this.#lastSent) return false;
    this.#lastSent = words;
    this.#port.postMessage({ tab });
    return true;
  }

  #heard(port, message) {
    if (port !== this.#port) return;
    this.reached = true;
    this.problem = "";
    this.#failures = 0;
    this.#lastSent = undefined;
    this.want = understood(message);
    this.#changed();
  }

  #ended(port, problem) {
    if (port !== this.#port) return;
    this.#port = null;
    this.reached = false;
    this.want = "none";
    this.problem = problem;
    this.#lastSent = undefined;
    const wait = Math.min(FIRST_WAIT_MS * 2 ** this.#failures, LONGEST_WAIT_MS);
    this.#failures += 1;
    this.#later(() => this.connect(), wait);
    this.#changed();
  }
}
