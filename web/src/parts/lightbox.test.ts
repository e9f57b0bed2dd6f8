import { beforeAll, describe, expect, it } from "vitest";
import { startLightbox, stepped } from "./lightbox";

const get = <T extends Element = HTMLElement>(selector: string) => document.querySelector(selector) as unknown as T;
const shot = (id: number) =>
  `<li><a data-shot href="/s/${id}/" data-full="/s/${id}/image/" aria-label="Picture ${id}"></a><template data-facts><p>facts ${id}</p></template></li>`;

beforeAll(() => {
  document.body.innerHTML = `<svg><a class="timeline-pin" href="/s/3/"></a></svg><div data-gallery><ul>${[1, 2, 3].map(shot).join("")}</ul></div>
    <dialog data-lightbox><img data-full alt=""><button data-step="-1"></button><button data-step="1"></button><span data-count></span><button data-close></button><div data-facts-slot></div></dialog>`;
  startLightbox();
});

const press = (key: string) => get("[data-lightbox]").dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
const click = (target: Element, more: MouseEventInit = {}) => {
  const event = new MouseEvent("click", { bubbles: true, cancelable: true, ...more });
  target.dispatchEvent(event);
  return event;
};

describe("the lightbox", () => {
  it("opens the picture that was clicked, with its facts", () => {
    expect(click(get('a[href="/s/2/"]')).defaultPrevented).toBe(true);
    expect(get<HTMLDialogElement>("[data-lightbox]").open).toBe(true);
    expect(get("[data-full][alt]").getAttribute("src")).toBe("/s/2/image/");
    expect(get("[data-facts-slot]").textContent).toBe("facts 2");
    expect(get("[data-count]").textContent).toBe("2 / 3");
  });

  it("walks by arrows and stays at the ends", () => {
    press("ArrowRight");
    press("ArrowRight");
    expect(get("[data-count]").textContent).toBe("3 / 3");
    expect(get('[data-step="1"]').hasAttribute("disabled")).toBe(true);
    press("Home");
    expect(get("[data-count]").textContent).toBe("1 / 3");
    expect(stepped(0, -1, 3)).toBe(0);
    get("[data-close]").click();
    expect(get<HTMLDialogElement>("[data-lightbox]").open).toBe(false);
  });

  it("shows no broken picture for one that is being prepared", () => {
    get('a[href="/s/1/"]').removeAttribute("data-full");
    click(get('a[href="/s/1/"]'));
    expect(get("[data-full][alt]").hidden).toBe(true);
    press("ArrowRight");
    expect(get("[data-full][alt]").hidden).toBe(false);
    get("[data-close]").click();
  });

  it("opens from a pin of the timeline, and leaves a click with a modifier to the browser", () => {
    click(get("a.timeline-pin"));
    expect(get("[data-count]").textContent).toBe("3 / 3");
    get("[data-close]").click();
    expect(click(get('a[href="/s/1/"]'), { ctrlKey: true }).defaultPrevented).toBe(false);
  });
});
