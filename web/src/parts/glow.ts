/** Let what changed glow once and settle. */
export function glow(...elements: Element[]): void {
  const again = elements.filter((one) => one.classList.contains("glow"));
  for (const one of again) one.classList.remove("glow");
  // A second change starts the glow anew; the page is laid out for that once, however many they are.
  if (again.length) void (again[0] as HTMLElement).offsetWidth;
  for (const one of elements) {
    one.classList.add("glow");
    one.addEventListener("animationend", () => one.classList.remove("glow"), { once: true });
  }
}

/** Put new words into an element and let it glow; nothing happens if they are the same. */
export function say(element: Element | null, words: string): void {
  if (!element || element.textContent === words) return;
  element.textContent = words;
  glow(element);
}
