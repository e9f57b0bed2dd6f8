import { beforeEach, expect, it } from "vitest";
import { refreshBulk, startBulk } from "./bulk";
import { currentRow, moveCursor, rowKey } from "./table";

const clicked: string[] = [];

beforeEach(() => {
  clicked.length = 0;
  document.body.innerHTML = `<div class="bulk-scope"><table data-rows><thead><tr><th><input class="tick" type="checkbox"></th></tr></thead><tbody>
    ${["a", "b", "c"].map((id) => `<tr id="${id}"><td><input class="tick" type="checkbox"></td><td><a href="#${id}">x</a><button data-edit>e</button></td></tr>`).join("")}
    </tbody></table><div class="bulk"><span class="bulk-count" data-one="1 chosen" data-many="# chosen"></span></div></div>`;
  for (const element of document.querySelectorAll<HTMLElement>("a, button")) {
    element.addEventListener("click", () => clicked.push(`${element.tagName} ${element.closest("tr")?.id}`));
  }
});

it("j and k walk the rows and stop at the ends", () => {
  rowKey("j");
  expect(currentRow()?.id).toBe("a");
  rowKey("j");
  rowKey("j");
  rowKey("j");
  expect(currentRow()?.id).toBe("c");
  rowKey("k");
  expect(currentRow()?.id).toBe("b");
});

it("k from nowhere lands on the last row", () => {
  moveCursor(-1);
  expect(currentRow()?.id).toBe("c");
});

it("neither the room around what is drawn of a long table, nor a table that is not seen, is walked", () => {
  const body = document.querySelector("tbody") as HTMLElement;
  body.insertAdjacentHTML("afterbegin", `<tr id="gap" aria-hidden="true" hidden></tr>`);
  document.body.insertAdjacentHTML("afterbegin", `<section hidden><table data-rows><tbody><tr id="other"></tr></tbody></table></section>`);
  rowKey("j");
  expect(currentRow()?.id).toBe("a");
});

it("Enter opens, e edits, x chooses the row under the cursor", () => {
  rowKey("j");
  rowKey("Enter");
  rowKey("e");
  rowKey("x");
  expect(clicked).toEqual(["A a", "BUTTON a"]);
  expect(document.querySelector<HTMLInputElement>("#a .tick")?.checked).toBe(true);
});

it("without a row under the cursor the keys are somebody else's", () => {
  expect(rowKey("Enter")).toBe(false);
  expect(rowKey("e")).toBe(false);
});

it("the head's box tells all, some or none, and chooses all", () => {
  startBulk();
  const scope = document.querySelector(".bulk-scope") as HTMLElement;
  const head = scope.querySelector("thead .tick") as HTMLInputElement;
  (scope.querySelector("#b .tick") as HTMLInputElement).checked = true;
  refreshBulk(scope);
  expect([head.checked, head.indeterminate]).toEqual([false, true]);
  expect(scope.querySelector(".bulk-count")?.textContent).toBe("1 chosen");
  head.checked = true;
  head.dispatchEvent(new Event("change", { bubbles: true }));
  expect(scope.querySelector(".bulk-count")?.textContent).toBe("3 chosen");
});
