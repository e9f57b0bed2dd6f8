import { counted } from "../parts/dom";
import { csrfToken } from "../parts/requests";
import { toast } from "../parts/toast";
import { send, type Going, type Told, type Wish } from "./uploads";

const AT_ONCE = 3;
const OFFERS: Record<string, string[]> = { name_taken: ["version", "both"], policy: ["rule"], name: [], no_room: ["retry"] };

interface Item {
  wish: Wish;
  row: HTMLElement;
  going: Going | null;
  state: "waiting" | "going" | "done" | "failed";
}

/** The files that go up, a few at a time, each with a row that says how far it is. */
export class Queue {
  private items: Item[] = [];

  constructor(
    private readonly place: HTMLElement,
    private readonly finished: () => void,
    private readonly askRule: (wish: Wish, wrong: string) => void,
  ) {}

  get busy(): boolean {
    return this.items.some((item) => item.state === "waiting" || item.state === "going");
  }

  add(wishes: Wish[]): void {
    for (const wish of wishes) this.items.push({ wish, row: this.row(wish), going: null, state: "waiting" });
    this.next();
  }

  private row(wish: Wish): HTMLElement {
    const template = this.place.querySelector<HTMLTemplateElement>("[data-upload-row]");
    const row = template?.content.firstElementChild?.cloneNode(true) as HTMLElement;
    const name = row.querySelector(".vault-upload-name");
    if (name) name.textContent = wish.file.name;
    row.querySelector("progress")?.setAttribute("aria-label", wish.file.name);
    for (const button of row.querySelectorAll("button")) button.setAttribute("aria-description", wish.file.name);
    this.place.querySelector("[data-uploads]")?.append(row);
    this.words(row, this.place.dataset["wordWaiting"]);
    row.addEventListener("click", (event) => this.clicked(row, event.target));
    return row;
  }

  private clicked(row: HTMLElement, target: EventTarget | null): void {
    const item = this.items.find((one) => one.row === row);
    const button = target instanceof Element ? target.closest("button") : null;
    if (!item || !button) return;
    if (button.hasAttribute("data-cancel")) return this.drop(item);
    const as = button.dataset["as"];
    if (as === "rule") return this.askAgain(item);
    if (as === "version" || as === "both") item.wish.same = as;
    this.again(item);
  }

  /** The rule was refused: ask for another one, with what was wrong with this. */
  private askAgain(item: Item): void {
    const wrong = item.row.querySelector(".vault-upload-state")?.textContent ?? "";
    this.askRule(item.wish, wrong);
  }

  /** Try one again that failed, after its wish was changed. */
  retry(wish: Wish): void {
    const item = this.items.find((one) => one.wish === wish);
    if (item) this.again(item);
  }

  private again(item: Item): void {
    const row = item.row;
    this.offer(row, []);
    item.state = "waiting";
    delete row.dataset["state"];
    this.words(row, this.place.dataset["wordWaiting"]);
    this.next();
  }

  private drop(item: Item): void {
    void item.going?.cancel().catch(() => undefined);
    this.items = this.items.filter((one) => one !== item);
    item.row.remove();
    this.next();
  }

  private next(): void {
    for (const item of this.items) {
      if (this.items.filter((one) => one.state === "going").length >= AT_ONCE) return;
      if (item.state === "waiting") this.start(item);
    }
    if (this.items.length && !this.busy) this.end();
  }

  private start(item: Item): void {
    const largest = Number(this.place.dataset["largest"]);
    item.state = "going";
    if (item.wish.file.size > largest) return this.fail(item, this.place.dataset["wordLarge"] ?? "", []);
    void send(this.place.dataset["endpoint"] ?? "", item.wish, (told) => this.heard(item, told))
      .then((going) => (item.going = going))
      .catch(() => this.fail(item, this.place.dataset["wordFailed"] ?? "", ["retry"]));
  }

  private heard(item: Item, told: Told): void {
    if (!this.items.includes(item)) return;
    if (told.state === "going" || told.state === "lost") return this.moved(item, told);
    if (told.state === "refused") return this.refused(item, told);
    item.state = "done";
    item.row.dataset["state"] = "done";
    item.row.querySelector("[data-cancel]")?.remove();
    this.bar(item.row, 100);
    this.words(item.row, this.place.dataset["wordDone"]);
    this.next();
  }

  private moved(item: Item, told: { state: "going" | "lost"; percent: number }): void {
    this.bar(item.row, told.percent);
    const words = told.state === "lost" ? this.place.dataset["wordLost"] : this.place.dataset["wordPercent"];
    this.words(item.row, (words ?? "#").replace("#", String(told.percent)));
  }

  private refused(item: Item, told: { code: string; message: string; status: number }): void {
    const isGone = told.status === 200 || told.status === 302 || told.status === 401;
    const words = isGone ? this.place.dataset["wordSignedOut"] : told.message || this.place.dataset["wordFailed"];
    this.fail(item, words ?? "", OFFERS[told.code] ?? ["retry"]);
  }

  private fail(item: Item, words: string, offers: string[]): void {
    item.state = "failed";
    item.row.dataset["state"] = "failed";
    this.words(item.row, words);
    this.offer(item.row, offers);
    this.next();
  }

  private offer(row: HTMLElement, offers: string[]): void {
    for (const button of row.querySelectorAll<HTMLButtonElement>("[data-as]")) {
      button.hidden = !offers.includes(button.dataset["as"] ?? "");
    }
  }

  private bar(row: HTMLElement, value: number): void {
    const bar = row.querySelector("progress");
    if (bar) bar.value = value;
  }

  private words(row: HTMLElement, words: string | undefined): void {
    const place = row.querySelector(".vault-upload-state");
    if (place) place.textContent = words ?? "";
  }

  private end(): void {
    const done = this.items.filter((item) => item.state === "done").length;
    const failed = this.items.length - done;
    this.items = this.items.filter((item) => item.state !== "done");
    if (!done) return;
    toast({ text: counted(done, this.place.dataset["wordOne"], this.place.dataset["wordMany"]), tone: "good" });
    if (!failed) this.finished();
  }
}

/** Give up an upload of before, which nobody goes on with. */
export async function giveUp(address: string): Promise<boolean> {
  const headers = { "Tus-Resumable": "1.0.0", "X-CSRFToken": csrfToken() };
  const answer = await fetch(address, { method: "DELETE", headers });
  return answer.ok || answer.status === 404;
}
