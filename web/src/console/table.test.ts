import { beforeEach, describe, expect, it } from "vitest";
import { el } from "./build";
import { LiveTable } from "./table";

interface Row {
  key: string;
}

const rows = (many: number): Row[] => Array.from({ length: many }, (_, index) => ({ key: `row ${index}` }));

describe("a table of many rows", () => {
  let table: HTMLTableElement;
  let dressed: number;

  beforeEach(() => {
    table = document.createElement("table");
    document.body.replaceChildren(table);
    dressed = 0;
  });

  const live = () =>
    new LiveTable<Row>(table, {
      key: (row) => row.key,
      cells: (row) => [el("td", {}, row.key)],
      dress: () => {
        dressed += 1;
      },
    });

  const drawn = () => table.querySelectorAll("tr[data-key]").length;

  it("draws what is seen of them, in few passes, however many are measured for the first time", () => {
    live().show(rows(10_000), false);
    expect(drawn()).toBeGreaterThan(10);
    expect(drawn()).toBeLessThan(500);
    expect(dressed).toBeLessThanOrEqual(5 * drawn());
  });

  it("draws nothing while its tab is hidden, and all of it once that is shown", () => {
    const tab = document.createElement("section");
    document.body.append(tab);
    tab.append(table);
    tab.hidden = true;
    const shown = live();
    shown.show(rows(10), false);
    expect([drawn(), table.getAttribute("aria-rowcount")]).toEqual([0, "11"]);
    tab.hidden = false;
    shown.refresh();
    expect(drawn()).toBe(10);
  });

  it("lets only those cells glow that say something else", () => {
    const told = new LiveTable<Row & { word: string }>(table, { key: (row) => row.key, cells: (row) => [el("td", {}, row.key), el("td", {}, row.word)] });
    told.show([{ key: "a", word: "one" }, { key: "b", word: "one" }], false);
    told.show([{ key: "a", word: "two" }, { key: "b", word: "one" }], false);
    expect([...table.querySelectorAll(".glow")].map((one) => one.textContent)).toEqual(["two"]);
  });

  it("says how many there are, and shows fewer when fewer fit", () => {
    const shown = live();
    shown.show(rows(10_000), false);
    shown.show(rows(3), false);
    expect(table.getAttribute("aria-rowcount")).toBe("4");
    expect(drawn()).toBe(3);
  });
});
