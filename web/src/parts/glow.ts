/** Let what changed glow once and settle. */
export function glow(element: Element): void {
  element.classList.remove("glow");
  void (element as HTMLElement).offsetWidth; // a second change starts the glow anew
  element.classList.add("glow");
  element.addEventListener("animationend", () => element.classList.remove("glow"), { once: true });
}

/** Put new words into an element and let it glow; nothing happens if they are the same. */
export function say(element: Element | null, words: string): void {
  if (!element || element.textContent === words) return;
  element.textContent = words;
  glow(element);
}
