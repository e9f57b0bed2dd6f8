import { toast, type Tone } from "../parts/toast";
import { on, type LiveEvent } from "./feed";

/** Which fact is worth a passing word, and what stands for # in it. The words are the server's, in the page's language. */
const SAID: Record<string, { word: string | ((event: LiveEvent) => string); about: (event: LiveEvent) => unknown }> = {
  user_added: { word: "userAdded", about: (event) => event.user },
  user_updated: { word: "userUpdated", about: (event) => event.user },
  user_deleted: { word: "userDeleted", about: (event) => event.user },
  users_bulk_deleted: { word: "usersBulkDeleted", about: (event) => count(event.users) },
  users_bulk_attrs_updated: { word: (event) => (event["how"] === "lent" ? "usersBelong" : "usersBulkAttrsUpdated"), about: (event) => count(event.users) },
  user_roles_updated: { word: "userRolesUpdated", about: (event) => event.user },
  tracking_policy_changed: { word: "trackingPolicyChanged", about: (event) => event.config_version },
};

function count(list: unknown): number {
  return Array.isArray(list) ? list.length : 0;
}

function words(): DOMStringMap {
  return document.getElementById("live-words")?.dataset ?? {};
}

function fill(word: string | undefined, about: unknown): string {
  return (word ?? "").replace("#", () => String(about));
}

/** Say what somebody else did; who did it themselves has seen it happen. */
export function tell(event: LiveEvent, kind: string): void {
  const said = SAID[kind];
  if (!said || event.actor === words().me) return;
  const word = typeof said.word === "string" ? said.word : said.word(event);
  const text = fill(words()[word], said.about(event));
  if (text) toast({ text, detail: fill(words().by, event.actor) });
}

const WHY: Record<string, { word: string; tone: Tone }> = {
  signed_out: { word: "signedOut", tone: "bad" },
  forbidden: { word: "forbidden", tone: "bad" },
  too_many: { word: "tooMany", tone: "caution" },
};

/** Say why the page is live no more; it stays until it is read. */
export function tellWhy(code: string): void {
  const why = WHY[code];
  const text = why && words()[why.word];
  if (text) toast({ text, tone: why.tone, stay: 0 });
}

export function startToasts(): void {
  on(Object.keys(SAID).join(" "), tell);
}
