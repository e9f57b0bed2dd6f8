import { on, onAskAgain } from "../live/feed";
import { type Counts, setProgress, STATES } from "../parts/progress";

const PAUSE = 250;
const LOOK_AGAIN = 500;
const LOOKS = 40;

/** What a fragment of the progress line says: counts by state, and when they were counted. */
export function countsIn(fragment: ParentNode): { counts: Counts; asOf?: Date } {
  const counts: Counts = {};
  for (const state of STATES) {
    counts[state] = Number(fragment.querySelector(`li[data-segment="${state}"] [data-count]`)?.textContent ?? 0);
  }
  const moment = fragment.querySelector("time")?.getAttribute("datetime");
  return moment ? { counts, asOf: new Date(moment) } : { counts };
}

/** An agent that is still applying will speak soon. */
export function isSettling(counts: Counts): boolean {
  return (counts.applying ?? 0) > 0;
}

async function fragmentAt(address: string): Promise<DocumentFragment> {
  const answer = await fetch(address, { headers: { "X-Requested-With": "fetch" } });
  if (!answer.ok) throw new Error(String(answer.status));
  const holder = document.createElement("template");
  holder.innerHTML = await answer.text();
  return holder.content;
}

/** Keep the progress line true: at every word of the agents, and while any is still applying. */
function followProgress(place: HTMLElement): void {
  const address = place.dataset.href ?? "";
  const company = Number(place.dataset.company);
  let looks = 0;
  let version = place.querySelector<HTMLElement>("[data-progress]")?.dataset.version;

  async function look(): Promise<void> {
    const fragment = await fragmentAt(address);
    const fresh = fragment.querySelector<HTMLElement>("[data-progress]");
    const line = place.querySelector<HTMLElement>("[data-progress]");
    if (!fresh || !line) return;
    const { counts, asOf } = countsIn(fragment);
    if (fresh.dataset.version !== version || !line.querySelector("[data-applied]")) {
      version = fresh.dataset.version;
      place.replaceChildren(fragment);
    } else {
      setProgress(line, counts, asOf);
    }
    if (isSettling(counts) && looks++ < LOOKS) window.setTimeout(() => void look().catch(() => undefined), LOOK_AGAIN);
  }

  on("agents_status tracking_policy_changed", (event) => {
    if (Number(event["company_id"]) !== company) return;
    looks = 0;
    void look().catch(() => undefined);
  });
  onAskAgain(look);
  void look().catch(() => undefined);
}

/** Say what the values in the form would mean, a moment after the person stops moving them. */
function followMeaning(form: HTMLFormElement): void {
  const slot = form.querySelector<HTMLElement>("[data-meaning-slot]");
  const address = form.dataset.meaning;
  if (!slot || !address) return;
  let waiting = 0;
  const ask = async (): Promise<void> => {
    const fields = [...new FormData(form)].filter(([name]) => name !== "csrfmiddlewaretoken" && name !== "etag");
    const query = new URLSearchParams(fields.map(([name, value]) => [name, String(value)]));
    slot.replaceChildren(await fragmentAt(`${address}?${query}`));
  };
  form.addEventListener("input", () => {
    window.clearTimeout(waiting);
    waiting = window.setTimeout(() => void ask().catch(() => slot.replaceChildren()), PAUSE);
  });
  form.addEventListener("reset", () => slot.replaceChildren());
  // A refused page comes back with what was asked for: say at once what that would mean.
  if (form.querySelector("[data-unsaved]:not([hidden])")) void ask().catch(() => slot.replaceChildren());
}

const progress = document.querySelector<HTMLElement>("[data-policy-progress]");
if (progress) followProgress(progress);
const form = document.querySelector<HTMLFormElement>("[data-policy-form]");
if (form) followMeaning(form);
