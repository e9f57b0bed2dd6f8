/** An element with these attributes and contents; text is always text. */
export function el<K extends keyof HTMLElementTagNameMap>(
  name: K,
  attributes: Record<string, string> = {},
  ...inside: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...inside);
  return made;
}

/** The words of the page, in its language; the server wrote them. */
export function word(name: string, about: string | number = ""): string {
  const words = document.getElementById("console-words")?.dataset ?? {};
  const key = `word${name.charAt(0).toUpperCase()}${name.slice(1)}`;
  return (words[key] ?? name).replace("#", () => String(about));
}

/** The word for one or for many. */
export function many(count: number, name: string): string {
  return word(count === 1 ? `${name}One` : name, count.toLocaleString());
}

export function badge(text: string, tone = ""): HTMLElement {
  return el("span", tone ? { class: "badge", "data-tone": tone } : { class: "badge" }, text);
}

/** A cell of a table that says its name on a phone, where rows are cards. */
export function cell(label: string, ...inside: (Node | string)[]): HTMLTableCellElement {
  return el("td", { "data-label": label }, ...inside);
}
