const AGAIN = 15_000; // milliseconds after which an order that got no answer may be given again

/** What has to be mended first in a form that came back: the field, or the words about the form as a whole. */
export function firstFault(root: ParentNode): HTMLElement | null {
  return root.querySelector<HTMLElement>('[aria-invalid="true"]') ?? root.querySelector<HTMLElement>(".form-errors:not([hidden])");
}

/** Put the focus where something has to be mended, also where only words stand. */
export function showFault(root: ParentNode): void {
  const fault = firstFault(root);
  if (!fault) return;
  if (fault.matches(".form-errors")) fault.tabIndex = -1;
  fault.focus();
}

/** An order is sent once, however often its button is pressed; one whose answer is a file (`data-file`) may follow another. */
export function sendOnce(sent: WeakMap<HTMLFormElement, number>, event: SubmitEvent): void {
  const form = event.target;
  if (event.defaultPrevented || !(form instanceof HTMLFormElement) || form.method !== "post") return;
  if (event.submitter?.dataset.file !== undefined) return;
  const before = sent.get(form);
  if (before !== undefined && event.timeStamp - before < AGAIN) event.preventDefault();
  else sent.set(form, event.timeStamp);
}

/** Forms of every page; what a page's own scripts send has been prevented before it comes here, at the window. */
export function startForms(): void {
  let sent = new WeakMap<HTMLFormElement, number>();
  showFault(document);
  window.addEventListener("submit", (event) => {
    sendOnce(sent, event);
  });
  window.addEventListener("pageshow", () => {
    sent = new WeakMap();
  });
}
