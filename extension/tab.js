// What may be told of a tab. Pure: no browser in here, so that it can be read and tested on its own.

const LONGEST_URL = 2000;
const LONGEST_TITLE = 500;

/** Nothing, the name of the website, or also its address and title. */
export const WANTS = ["none", "domain", "detail"];

/** What the agent wants to hear, or "none" for anything that is not one of its words. */
export function understood(message) {
  const want = message && typeof message === "object" ? message.want : undefined;
  return WANTS.includes(want) ? want : "none";
}

/** The words to send about a tab, no more than is wanted; null: there is nothing to tell. */
export function told(tab, want) {
  if (want === "none" || !tab || tab.incognito) return null;
  const address = website(tab.url);
  if (!address) return null;
  const domain = address.hostname.replace(/\.$/, "");
  if (want === "domain") return { domain };
  return { domain, url: withoutSecrets(address), title: cut(tab.title ?? "", LONGEST_TITLE) };
}

/** Only websites: not settings, files, or other extensions' pages. */
function website(url) {
  if (!url || !URL.canParse(url)) return null;
  const address = new URL(url);
  return ["http:", "https:"].includes(address.protocol) && address.hostname ? address : null;
}

/** Without name and password, and without what follows "?" and "#": searches and keys stand there. */
function withoutSecrets(address) {
  return cut(`${address.origin}${address.pathname}`, LONGEST_URL);
}

/** Cut, and without half a character, which is no text. */
function cut(text, longest) {
  return text.slice(0, longest).toWellFormed();
}
