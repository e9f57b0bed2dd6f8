/** The element of that kind which the event happened in or on, if any. */
export function within<T extends HTMLElement = HTMLElement>(event: Event, selector: string): T | null {
  return event.target instanceof Element ? event.target.closest<T>(selector) : null;
}

/** Is the person writing, so that single letters are theirs? */
export function isWriting(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement) return true;
  return target instanceof HTMLInputElement && !["checkbox", "radio", "range", "button", "submit"].includes(target.type);
}

/** Fill the number into words such as "# chosen". */
export function counted(count: number, one: string | undefined, many: string | undefined): string {
  return (count === 1 && one ? one : (many ?? "#")).replace("#", String(count));
}
