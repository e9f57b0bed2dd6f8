import { within } from "./dom";

const MARKS = ".timeline-bar, .timeline-pin";
const SCALES = [1, 2, 4, 8, 16, 32] as const;
const GAP = 12;

/** The next scale up (1) or down (-1); the last one stays. */
export function nextScale(scale: number, step: 1 | -1): number {
  const at = SCALES.findIndex((one) => one >= scale);
  return SCALES[Math.min(Math.max(at + step, 0), SCALES.length - 1)] ?? scale;
}

/** Where a tip stands so that it keeps inside its timeline: beside its mark, or on the mark's other side. */
export function placed(at: number, width: number, room: number): number {
  const beside = at + GAP + width <= room ? at + GAP : at - GAP - width;
  return Math.max(0, Math.min(beside, room - width));
}

function marksOf(lane: Element): SVGElement[] {
  return [...lane.querySelectorAll<SVGElement>(MARKS)].sort((one, other) => xOf(one) - xOf(other));
}

function xOf(mark: Element): number {
  return Number.parseFloat(mark.getAttribute("x") ?? mark.querySelector("circle")?.getAttribute("cx") ?? "0");
}

/** The mark that an arrow leads to: within the line, or to the nearest in the line above or below. */
export function towards(mark: SVGElement, key: string): SVGElement | null {
  const lane = mark.closest("[data-lane]");
  if (!lane) return null;
  const own = marksOf(lane);
  const at = own.indexOf(mark);
  if (key === "ArrowRight") return own[at + 1] ?? null;
  if (key === "ArrowLeft") return own[at - 1] ?? null;
  if (key === "Home") return own[0] ?? null;
  if (key === "End") return own.at(-1) ?? null;
  const lanes = [...(lane.parentElement?.querySelectorAll("[data-lane]") ?? [])].filter((one) => one.querySelector(MARKS));
  const next = lanes[lanes.indexOf(lane) + (key === "ArrowDown" ? 1 : -1)];
  const x = xOf(mark);
  return next ? (marksOf(next).sort((one, other) => Math.abs(xOf(one) - x) - Math.abs(xOf(other) - x))[0] ?? null) : null;
}

const WALKS = new Set(["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End"]);

function put(tip: HTMLElement, selector: string, words: string): void {
  const place = tip.querySelector<HTMLElement>(selector);
  if (place) place.textContent = words;
}

class Day {
  private scale = 1;
  private readonly tip: HTMLElement | null;
  private readonly canvas: HTMLElement | null;
  private readonly scroller: HTMLElement | null;

  constructor(private readonly place: HTMLElement) {
    this.tip = place.querySelector("[data-tip]");
    this.canvas = place.querySelector("[data-canvas]");
    this.scroller = place.querySelector("[data-scroll]");
    for (const lane of place.querySelectorAll("[data-lane]")) marksOf(lane)[0]?.setAttribute("tabindex", "0");
    place.addEventListener("pointermove", (event) => this.point(event));
    place.addEventListener("pointerleave", () => this.hide());
    place.addEventListener("focusin", (event) => this.focused(event));
    place.addEventListener("focusout", () => this.hide());
    place.addEventListener("keydown", (event) => this.press(event));
    place.addEventListener("click", (event) => this.zoomBy(within(event, "[data-zoom]")?.dataset.zoom));
  }

  private point(event: PointerEvent): void {
    const mark = event.target instanceof Element ? event.target.closest<SVGElement>(MARKS) : null;
    if (mark) this.show(mark, event.clientX);
    else this.hide();
  }

  private focused(event: FocusEvent): void {
    const mark = event.target instanceof Element ? event.target.closest<SVGElement>(MARKS) : null;
    if (!mark) return;
    this.bringIntoView(mark);
    this.show(mark);
  }

  private press(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "+" || event.key === "=") this.zoomBy("in");
    else if (event.key === "-") this.zoomBy("out");
    else if (event.key === "Escape") this.hide();
    else if (!WALKS.has(event.key) || !this.walk(event)) return;
    event.preventDefault();
    event.stopPropagation();
  }

  private walk(event: KeyboardEvent): boolean {
    const mark = event.target instanceof Element ? event.target.closest<SVGElement>(MARKS) : null;
    if (!mark) return false;
    const next = towards(mark, event.key);
    if (next) {
      const lane = next.closest("[data-lane]");
      lane?.querySelector('[tabindex="0"]')?.setAttribute("tabindex", "-1");
      next.setAttribute("tabindex", "0");
      next.focus({ preventScroll: true });
    }
    return true;
  }

  private zoomBy(way: string | undefined): void {
    if (!way || !this.canvas || !this.scroller) return;
    const middle = (this.scroller.scrollLeft + this.scroller.clientWidth / 2) / this.canvas.clientWidth;
    this.scale = nextScale(this.scale, way === "in" ? 1 : -1);
    this.canvas.style.width = `${this.scale * 100}%`;
    this.scroller.scrollLeft = middle * this.canvas.clientWidth - this.scroller.clientWidth / 2;
    this.scroller.tabIndex = this.scale > 1 ? 0 : -1;
    put(this.place, "[data-scale]", `${this.scale}×`);
    this.place.querySelector<HTMLButtonElement>('[data-zoom="out"]')?.toggleAttribute("disabled", this.scale === 1);
    this.place.querySelector<HTMLButtonElement>('[data-zoom="in"]')?.toggleAttribute("disabled", this.scale === SCALES.at(-1));
  }

  private bringIntoView(mark: SVGElement): void {
    if (!this.scroller || !this.canvas) return;
    const at = (xOf(mark) / 100) * this.canvas.clientWidth;
    const { scrollLeft, clientWidth } = this.scroller;
    if (at < scrollLeft || at > scrollLeft + clientWidth - GAP) this.scroller.scrollLeft = at - clientWidth / 3;
  }

  private show(mark: SVGElement, pointer?: number): void {
    const { tip } = this;
    if (!tip) return;
    put(tip, "[data-tip-label]", mark.dataset.label ?? "");
    put(tip, "[data-tip-note] bdi", mark.dataset.note ?? "");
    put(tip, "[data-tip-time]", mark.dataset.time ?? "");
    put(tip, "[data-tip-length]", mark.dataset.length ?? "");
    tip.querySelector("[data-tip-note]")?.toggleAttribute("hidden", !mark.dataset.note);
    const swatch = tip.querySelector<HTMLElement>("[data-tip-swatch]");
    swatch?.toggleAttribute("hidden", !mark.dataset.hue);
    if (swatch && mark.dataset.hue) swatch.dataset.hue = mark.dataset.hue;
    const picture = tip.querySelector<HTMLImageElement>("[data-tip-thumb]");
    if (picture) {
      picture.hidden = !mark.dataset.thumb;
      if (mark.dataset.thumb && picture.getAttribute("src") !== mark.dataset.thumb) picture.src = mark.dataset.thumb;
    }
    tip.hidden = false;
    const [own, box] = [this.place.getBoundingClientRect(), mark.getBoundingClientRect()];
    tip.style.left = `${placed((pointer ?? box.left) - own.left, tip.offsetWidth, own.width)}px`;
    const below = box.bottom + GAP + tip.offsetHeight <= window.innerHeight;
    tip.style.top = `${(below ? box.bottom + GAP : box.top - GAP - tip.offsetHeight) - own.top}px`;
  }

  private hide(): void {
    if (this.tip) this.tip.hidden = true;
  }
}

/** Bring every timeline of the page to life. */
export function startTimelines(root: ParentNode = document): void {
  for (const place of root.querySelectorAll<HTMLElement>("[data-timeline]")) {
    if (place.dataset.alive) continue;
    place.dataset.alive = "yes";
    new Day(place);
  }
}
