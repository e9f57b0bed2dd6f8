import { within } from "./dom";

export type Tone = "" | "good" | "caution" | "bad";
export interface Toast {
  text: string;
  detail?: string;
  tone?: Tone;
  /** How long it stays, in milliseconds; what went wrong stays until it is dismissed. */
  stay?: number;
}

const SHOWN = 4;
const STAY = 6000;
const MARKS: Record<Tone, string> = {
  "": "M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14ZM10 9.5v4M10 6.7h.01",
  good: "m4 10.5 4 4 8-9",
  caution: "M10 3.2 2.5 16.3h15L10 3.2ZM10 8.2v3.6M10 14.2h.01",
  bad: "M10 3.2 2.5 16.3h15L10 3.2ZM10 8.2v3.6M10 14.2h.01",
};
const CLOSE = "m5 5 10 10M15 5 5 15";

interface Timer {
  left: number;
  since: number;
  handle: number;
}
const timers = new WeakMap<HTMLElement, Timer>();

function mark(path: string): SVGSVGElement {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("viewBox", "0 0 20 20");
  svg.setAttribute("aria-hidden", "true");
  const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}

function build({ text, detail, tone = "" }: Toast): HTMLLIElement {
  const item = document.createElement("li");
  item.className = "toast";
  if (tone) item.dataset.tone = tone;
  const words = document.createElement("span");
  words.className = "toast-text";
  words.textContent = text;
  if (detail) {
    const second = document.createElement("span");
    second.className = "toast-detail";
    second.textContent = detail;
    words.append(second);
  }
  item.append(mark(MARKS[tone]), words);
  return item;
}

function addClose(item: HTMLElement, label: string): void {
  const close = document.createElement("button");
  close.type = "button";
  close.className = "toast-close";
  close.setAttribute("aria-label", label);
  close.append(mark(CLOSE));
  item.append(close);
}

function run(item: HTMLElement, stay: number): void {
  const timer = { left: stay, since: performance.now(), handle: 0 };
  timer.handle = window.setTimeout(() => dismiss(item), stay);
  timers.set(item, timer);
}

function pause(item: HTMLElement): void {
  const timer = timers.get(item);
  if (!timer) return;
  window.clearTimeout(timer.handle);
  timer.left -= performance.now() - timer.since;
}

function resume(item: HTMLElement): void {
  const timer = timers.get(item);
  if (timer) run(item, Math.max(1000, timer.left));
}

/** Only the newest few are shown whole; how many more there are is said below them. */
function restack(stack: HTMLElement): void {
  const items = [...stack.querySelectorAll<HTMLElement>(".toast")];
  items.forEach((item, index) => (item.hidden = index < items.length - SHOWN));
  stack.querySelector(".toast-more")?.remove();
  if (items.length <= SHOWN) return;
  const more = document.createElement("li");
  more.className = "toast-more";
  more.textContent = (stack.dataset.more ?? "# more").replace("#", String(items.length - SHOWN));
  stack.prepend(more);
}

export function dismiss(item: HTMLElement): void {
  const stack = item.parentElement;
  pause(item);
  timers.delete(item);
  item.remove();
  if (stack) restack(stack);
}

/** Say something in passing; answers the element, or null on a page without a place for it. */
export function toast(said: Toast): HTMLElement | null {
  const stack = document.getElementById("toasts");
  return stack && put(stack, build(said), said.stay ?? (said.tone === "bad" ? 0 : STAY));
}

function put(stack: HTMLElement, item: HTMLElement, stay: number): HTMLElement {
  addClose(item, stack.dataset.close ?? "Dismiss");
  if (item.dataset.tone === "bad") item.setAttribute("role", "alert");
  stack.append(item);
  if (stay > 0) run(item, stay);
  restack(stack);
  return item;
}

export function startToasts(): void {
  const stack = document.getElementById("toasts");
  if (!stack) return;
  // What the server said is put in again, so that it is read aloud and leaves like the rest.
  for (const item of [...stack.querySelectorAll<HTMLElement>(".toast")]) {
    item.remove();
    put(stack, item, item.dataset.tone === "bad" ? 0 : STAY);
  }
  const all = () => stack.querySelectorAll<HTMLElement>(".toast");
  stack.addEventListener("mouseenter", () => all().forEach(pause));
  stack.addEventListener("mouseleave", () => all().forEach(resume));
  stack.addEventListener("focusin", () => all().forEach(pause));
  stack.addEventListener("focusout", () => all().forEach(resume));
  stack.addEventListener("click", (event) => {
    const item = within(event, ".toast-close")?.closest<HTMLElement>(".toast");
    if (item) dismiss(item);
  });
}
