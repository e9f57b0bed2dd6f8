import { within } from "./dom";

interface Parts {
  box: HTMLInputElement;
  range: HTMLInputElement | null;
}

function partsOf(slider: HTMLElement): Parts | null {
  const box = slider.querySelector<HTMLInputElement>('input[type="number"]');
  return box && { box, range: slider.querySelector<HTMLInputElement>('input[type="range"]') };
}

const HOUR = 3600;
const MINUTE = 60;

function counted(count: number, unit: "second" | "minute" | "hour"): string {
  const language = document.documentElement.lang || "en";
  return new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "long" }).format(count);
}

/** A stretch of time as people say it: 600 s is "10 minutes"; nothing for what is not time. */
export function spoken(value: number, unit: string): string {
  const seconds = unit === "s" ? value : unit === "min" ? value * MINUTE : Number.NaN;
  if (!Number.isFinite(seconds)) return "";
  if (unit === "min" && seconds === 0) return counted(0, "minute");
  if (seconds >= HOUR && seconds % HOUR === 0) return counted(seconds / HOUR, "hour");
  if (seconds >= MINUTE && seconds % MINUTE === 0) return counted(seconds / MINUTE, "minute");
  return counted(seconds, "second");
}

function put(slider: HTMLElement, selector: string, words: string): void {
  const place = slider.querySelector(selector);
  if (place && place.textContent !== words) place.textContent = words;
}

/** Draw the filled part, say the value in words, and the saved one while it differs. */
export function redraw(slider: HTMLElement): void {
  const parts = partsOf(slider);
  if (!parts) return;
  const { box, range } = parts;
  const { saved = "", unit = "" } = slider.dataset;
  const inWords = (value: string): string => (value === "" ? "" : spoken(Number(value), unit));
  const changed = box.value !== saved;
  slider.toggleAttribute("data-changed", changed);
  slider.querySelector("[data-was]")?.toggleAttribute("hidden", !changed);
  put(slider, "[data-was] span", inWords(saved) || saved);
  // "300 s" is said again as "5 minutes"; "20 s" and "30 min" need no second word.
  const said = inWords(box.value);
  put(slider, "[data-said]", said === counted(Number(box.value), unit === "min" ? "minute" : "second") ? "" : said);
  if (!range) return;
  const [low, high] = [Number(range.min), Number(range.max)];
  put(slider, "[data-low]", inWords(range.min) || range.min);
  put(slider, "[data-high]", inWords(range.max) || range.max);
  range.setAttribute("aria-valuetext", inWords(range.value) || `${range.value} ${unit}`.trim());
  range.style.setProperty("--at", String(Math.round((1000 * (Number(range.value) - low)) / (high - low || 1)) / 10));
}

/** The number box is the field that is sent; slider and box follow one another. */
export function follow(slider: HTMLElement, moved: EventTarget | null): void {
  const parts = partsOf(slider);
  if (!parts) return;
  const { box, range } = parts;
  if (range && moved === range) box.value = range.value;
  else if (range && box.value !== "") range.value = box.value;
  redraw(slider);
}

export function startSliders(): void {
  const all = () => document.querySelectorAll<HTMLElement>("[data-slider]");
  all().forEach(redraw);
  document.addEventListener("input", (event) => {
    const slider = within(event, "[data-slider]");
    if (slider) follow(slider, event.target);
  });
  // A form that was reset has its old numbers back only after the event.
  document.addEventListener("reset", () => window.setTimeout(() => all().forEach((slider) => follow(slider, null))));
}
