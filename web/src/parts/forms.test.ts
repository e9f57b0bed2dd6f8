import { beforeEach, describe, expect, it } from "vitest";
import { sendOnce, showFault } from "./forms";

const get = <T extends HTMLElement = HTMLElement>(selector: string) => document.querySelector(selector) as T;

describe("a form that came back", () => {
  it("has the focus in its first field that is wrong", () => {
    document.body.innerHTML = `<div class="form-errors"></div><input id="right"><input id="wrong" aria-invalid="true"><input aria-invalid="true">`;
    showFault(document);
    expect(document.activeElement?.id).toBe("wrong");
  });

  it("has it at the words about the whole where no field is wrong", () => {
    document.body.innerHTML = `<div class="form-errors" hidden></div><div class="form-errors" id="words"></div><input>`;
    showFault(document);
    expect(document.activeElement?.id).toBe("words");
  });

  it("that is right leaves the focus alone", () => {
    document.body.innerHTML = `<div class="form-errors" hidden></div><input id="first" aria-invalid="false">`;
    showFault(document);
    expect(document.activeElement).toBe(document.body);
  });
});

describe("an order", () => {
  let sent: WeakMap<HTMLFormElement, number>;

  beforeEach(() => {
    sent = new WeakMap();
    document.body.innerHTML = `<form method="post"><button id="save">Save</button><button id="take" data-file>Download</button></form><form id="ask"></form>`;
  });

  function press(form: string, button: string | null, at: number, prevented = false): boolean {
    const event = new SubmitEvent("submit", { cancelable: true, submitter: button ? get(button) : null });
    Object.defineProperties(event, { target: { value: get(form) }, timeStamp: { value: at } });
    if (prevented) event.preventDefault();
    sendOnce(sent, event);
    return !event.defaultPrevented;
  }

  it("is sent once, and again when no answer came for long", () => {
    expect(press("form", "#save", 0)).toBe(true);
    expect(press("form", "#save", 400)).toBe(false);
    expect(press("form", "#save", 20_000)).toBe(true);
  });

  it("for a file may follow another at once, and so may a question", () => {
    expect(press("form", "#take", 0)).toBe(true);
    expect(press("form", "#take", 400)).toBe(true);
    expect(press("#ask", null, 0)).toBe(true);
    expect(press("#ask", null, 400)).toBe(true);
  });

  it("that the page's own script took over does not count", () => {
    expect(press("form", "#save", 0, true)).toBe(false);
    expect(press("form", "#save", 400)).toBe(true);
  });
});
