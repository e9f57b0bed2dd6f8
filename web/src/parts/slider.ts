import { within } from "./dom";

interface Parts {
  box: HTMLInputElement;
  range: HTMLInputElement | null;
  was: HTMLElement | null;
}

function partsOf(slider: HTMLElement): Parts | null {
  const box = slider.querySelector<HTMLInputElement>('input[type="number"]');
  const range = slider.querySelector<HTMLInputElement>('input[type="range"]');
  return box && { box, range, was: slider.querySelector<HTMLElement>("[data-was]") };
}

/** Draw the filled part and say the saved value while it differs. */
export function redraw(slider: HTMLElement): void {
  const parts = partsOf(slider);
  if (!parts) return;
  const { box, range, was } = parts;
  const saved = slider.dataset.saved ?? "";
  const changed = box.value !== saved;
  slider.toggleAttribute("data-changed", changed);
  if (was) {
    was.hidden = !changed;
    const word = was.querySelector("span");
    if (word) word.textContent = saved;
  }
  if (range) {
    const [low, high] = [Number(range.min), Number(range.max)];
    range.style.setProperty("--at", String(Math.round((1000 * (Number(range.value) - low)) / (high - low || 1)) / 10));
  }
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
