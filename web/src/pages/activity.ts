import { isWriting } from "../parts/dom";
import { startLightbox } from "../parts/lightbox";
import { startTimelines } from "../parts/timeline";

/** The arrows lead to the day before and after, unless somebody writes or walks along a timeline. */
function startDays(): void {
  document.addEventListener("keydown", (event) => {
    const way = { ArrowLeft: "previous", ArrowRight: "next" }[event.key];
    if (!way || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    if (isWriting(event.target) || document.querySelector("dialog:modal")) return;
    if (event.target instanceof Element && event.target.closest("[data-timeline], details[open]")) return;
    document.querySelector<HTMLAnchorElement>(`a[data-day="${way}"]`)?.click();
  });
}

startTimelines();
startLightbox();
startDays();
