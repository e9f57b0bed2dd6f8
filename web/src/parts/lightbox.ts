/**
 * Pictures one at a time over their gallery: every `[data-shot]` link inside a `[data-gallery]` is a picture with its
 * facts in a `<template>`; without a script the link leads to the picture's own page.
 */

/** The place after (1) or before (-1) this one among so many; the ends stay. */
export function stepped(at: number, step: number, count: number): number {
  return Math.min(Math.max(at + step, 0), count - 1);
}

class Lightbox {
  private at = 0;

  constructor(
    private readonly box: HTMLDialogElement,
    private readonly shots: () => HTMLAnchorElement[],
  ) {
    box.addEventListener("keydown", (event) => this.press(event));
    box.addEventListener("click", (event) => this.click(event));
    box.addEventListener("close", () => this.shots()[this.at]?.focus());
  }

  open(shot: HTMLAnchorElement): void {
    this.show(Math.max(0, this.shots().indexOf(shot)));
    if (!this.box.open) this.box.showModal();
  }

  private press(event: KeyboardEvent): void {
    const step = { ArrowRight: 1, ArrowLeft: -1, j: 1, k: -1 }[event.key];
    if (step === undefined && event.key !== "Home" && event.key !== "End") return;
    event.preventDefault();
    const last = this.shots().length - 1;
    this.show(step === undefined ? (event.key === "Home" ? 0 : last) : stepped(this.at, step, last + 1));
  }

  private click(event: MouseEvent): void {
    if (!(event.target instanceof Element)) return;
    const step = event.target.closest<HTMLElement>("[data-step]")?.dataset.step;
    if (step) this.show(stepped(this.at, Number(step), this.shots().length));
    if (event.target === this.box || event.target.closest("[data-close]")) this.box.close();
  }

  private show(at: number): void {
    const shots = this.shots();
    const shot = shots[at];
    if (!shot) return;
    this.at = at;
    const picture = this.box.querySelector<HTMLImageElement>("[data-full]");
    if (picture) {
      picture.hidden = !shot.dataset.full; // one that is being prepared has its facts only
      if (shot.dataset.full) picture.src = shot.dataset.full;
      picture.alt = shot.getAttribute("aria-label") ?? "";
    }
    const facts = shot.parentElement?.querySelector<HTMLTemplateElement>("template[data-facts]");
    this.box.querySelector("[data-facts-slot]")?.replaceChildren(...(facts ? [facts.content.cloneNode(true)] : []));
    const count = this.box.querySelector("[data-count]");
    if (count) count.textContent = `${at + 1} / ${shots.length}`;
    this.box.querySelector('[data-step="-1"]')?.toggleAttribute("disabled", at === 0);
    this.box.querySelector('[data-step="1"]')?.toggleAttribute("disabled", at === shots.length - 1);
  }
}

/** Open pictures over the page; clicks with a modifier go where the link goes. */
export function startLightbox(): void {
  const box = document.querySelector<HTMLDialogElement>("[data-lightbox]");
  if (!box) return;
  const shots = (): HTMLAnchorElement[] => [...document.querySelectorAll<HTMLAnchorElement>("[data-gallery] a[data-shot]")];
  const lightbox = new Lightbox(box, shots);
  document.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0 || !(event.target instanceof Element)) return;
    const shot = event.target.closest<HTMLAnchorElement>("[data-gallery] a[data-shot]");
    const pin = event.target.closest<SVGElement>("a.timeline-pin");
    const wanted = shot ?? shots().find((one) => pin && one.getAttribute("href") === pin.getAttribute("href"));
    if (!wanted) return;
    event.preventDefault();
    lightbox.open(wanted);
  });
}
