import { counted } from "./dom";

type Field = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

/** A refused page shows what was asked for; what stands is then said beside it, as data-saved. */
function savedOf(field: Field): string | undefined {
  return field.dataset.saved ?? field.closest<HTMLElement>("[data-slider]")?.dataset.saved;
}

function differs(field: Field): boolean {
  const saved = savedOf(field);
  if (saved !== undefined) {
    return (field.type === "checkbox" ? ((field as HTMLInputElement).checked ? "on" : "off") : field.value) !== saved;
  }
  if (field instanceof HTMLSelectElement) {
    const options = [...field.options];
    const saved = options.findIndex((option) => option.hasAttribute("selected"));
    return options.findIndex((option) => option.selected) !== Math.max(0, saved);
  }
  if (field.type === "checkbox" || field.type === "radio") {
    return (field as HTMLInputElement).checked !== (field as HTMLInputElement).defaultChecked;
  }
  return field.value !== field.defaultValue;
}

/** The names of the fields in a form that differ from what is saved. */
export function unsavedIn(form: HTMLFormElement): string[] {
  const names = [...form.elements]
    .filter((element): element is Field => "name" in element && element.matches("input, select, textarea"))
    .filter((field) => field.name !== "" && field.type !== "hidden" && !field.disabled && differs(field))
    .map((field) => field.name);
  return [...new Set(names)];
}

/** Show or hide a form's bar; tells the page with `sundial:unsaved` so that it may say what the change means. */
export function refresh(bar: HTMLElement): void {
  const form = bar.closest("form");
  if (!form) return;
  const names = unsavedIn(form);
  const word = bar.querySelector<HTMLElement>(".unsaved-word");
  bar.hidden = names.length === 0;
  bar.dataset.watched = "";
  if (word && names.length) word.textContent = counted(names.length, word.dataset.one, word.dataset.many);
  for (const choice of form.querySelectorAll<HTMLElement>("[data-switch]")) {
    const box = choice.querySelector("input");
    choice.toggleAttribute("data-changed", !!box && names.includes(box.name));
  }
  form.dispatchEvent(new CustomEvent("sundial:unsaved", { bubbles: true, detail: names }));
}

export function startUnsaved(): void {
  const bars = () => [...document.querySelectorAll<HTMLElement>("[data-unsaved]")];
  const refreshAll = () => bars().forEach(refresh);
  let leaving = false;
  refreshAll();
  document.addEventListener("input", refreshAll);
  document.addEventListener("reset", () => window.setTimeout(refreshAll)); // the old values return after the event
  document.addEventListener("submit", () => (leaving = true));
  window.addEventListener("pageshow", () => {
    leaving = false;
    refreshAll();
  });
  document.addEventListener("click", (event) => {
    if (event.target instanceof Element && event.target.closest("a[data-discard]")) leaving = true;
  });
  window.addEventListener("beforeunload", (event) => {
    if (!leaving && bars().some((bar) => !bar.hidden)) event.preventDefault();
  });
}
