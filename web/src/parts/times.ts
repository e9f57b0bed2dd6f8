const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Say how long ago a moment was, in the page's language; null once the day itself should be said. */
export function ago(moment: number, now: number, language: string): string | null {
  const passed = now - moment;
  const words = new Intl.RelativeTimeFormat(language, { numeric: "always" });
  if (passed < 45_000) return null;
  if (passed < HOUR - MINUTE / 2) return words.format(-Math.max(1, Math.round(passed / MINUTE)), "minute");
  if (passed < 24 * HOUR) return words.format(-Math.round(passed / HOUR), "hour");
  return null;
}

/** Say again what has aged; what the server named by its day keeps its name. */
export function refreshTimes(now: number): void {
  const language = document.documentElement.lang || "en";
  for (const time of document.querySelectorAll<HTMLTimeElement>("time[data-when]")) {
    const moment = Date.parse(time.dateTime);
    const sameDay = new Date(moment).toDateString() === new Date(now).toDateString();
    const words = sameDay ? ago(moment, now, language) : null;
    if (words && words !== time.textContent) time.textContent = words;
  }
}

/** Hours, minutes and seconds in the time zone of the page, which the server names. */
export function clockFace(moment: Date): string {
  const timeZone = document.documentElement.dataset.timeZone || undefined;
  return moment.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit", timeZone });
}

/** Put another moment into a `<time>` that shows hours, minutes and seconds. */
export function setClock(time: HTMLTimeElement | null, moment: Date): void {
  if (!time) return;
  time.dateTime = moment.toISOString();
  time.textContent = clockFace(moment);
}

export function startTimes(): void {
  window.setInterval(() => refreshTimes(Date.now()), 30_000);
}
