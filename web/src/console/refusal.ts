import { showFault } from "../parts/forms";
import { el } from "./build";
import { Refused } from "./doors";

/** Say what does not fit beside its field; false where the form has none of that name. */
function saidBeside(form: HTMLElement, name: string, words: string): boolean {
  const control = form.querySelector<HTMLElement>(`[name="${CSS.escape(name)}"]`);
  const field = control?.closest(".field");
  if (!control || !field) return false;
  control.setAttribute("aria-invalid", "true");
  control.setAttribute("aria-errormessage", `${control.id}-wrong`);
  field.append(el("p", { class: "field-error", id: `${control.id}-wrong` }, words));
  return true;
}

/** Say why a form was refused, beside each field and above it, and lead to what is to be mended. */
export function refuse(form: HTMLElement, failure: unknown): void {
  const place = form.querySelector<HTMLElement>("[data-errors]");
  if (!place) return;
  clearRefusal(form);
  const { message, fields = {} } = failure instanceof Refused ? failure.problem : { message: document.body.dataset.unreachable ?? String(failure) };
  const others = Object.entries(fields).filter(([name, words]) => !saidBeside(form, name, words));
  place.textContent = [message, ...others.map(([, words]) => words)].join(" ");
  place.hidden = false;
  showFault(form);
}

/** Take back what was said of the last attempt. */
export function clearRefusal(form: HTMLElement): void {
  const place = form.querySelector<HTMLElement>("[data-errors]");
  if (place) place.hidden = true;
  for (const error of form.querySelectorAll(".field-error")) error.remove();
  for (const control of form.querySelectorAll("[aria-invalid]")) {
    control.removeAttribute("aria-invalid");
    control.removeAttribute("aria-errormessage");
  }
}
