import { beforeEach, describe, expect, it } from "vitest";
import { Refused } from "./doors";
import { clearRefusal, refuse } from "./refusal";

const get = <T extends HTMLElement = HTMLElement>(selector: string) => document.querySelector(selector) as T;
const refused = (fields: Record<string, string>) => new Refused(422, { code: "invalid", message: "Some values do not fit.", fields });

describe("a form that was refused", () => {
  beforeEach(() => {
    document.body.innerHTML = `<form><div class="form-errors" data-errors hidden></div>
      <div class="field"><input id="first" name="first_name"></div>
      <div class="field"><input id="mail" name="email"></div></form>`;
  });

  it("says beside its field what does not fit, and leads there", () => {
    refuse(get("form"), refused({ email: "This person is already in the company." }));
    expect(get("#mail").getAttribute("aria-invalid")).toBe("true");
    expect(get(`#${get("#mail").getAttribute("aria-errormessage")}`).textContent).toBe("This person is already in the company.");
    expect(get("[data-errors]").textContent).toBe("Some values do not fit.");
    expect(get("#first").hasAttribute("aria-invalid")).toBe(false);
    expect(document.activeElement).toBe(get("#mail"));
  });

  it("says above it what belongs to no field", () => {
    refuse(get("form"), refused({ seats: "No seat is free." }));
    expect(get("[data-errors]").textContent).toBe("Some values do not fit. No seat is free.");
    expect(document.activeElement).toBe(get("[data-errors]"));
  });

  it("says once what was refused twice, and nothing once it is asked again", () => {
    refuse(get("form"), refused({ email: "No address." }));
    refuse(get("form"), refused({ email: "Still none." }));
    expect([...document.querySelectorAll(".field-error")].map((one) => one.textContent)).toEqual(["Still none."]);
    clearRefusal(get("form"));
    expect(document.querySelector(".field-error, [aria-invalid], [aria-errormessage]")).toBeNull();
    expect(get("[data-errors]").hidden).toBe(true);
  });
});
