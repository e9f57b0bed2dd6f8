import { describe, expect, it } from "vitest";
import { compares, conditionOf, emptyGroup, type Names, opsOf, toGroup, toTree, type Tree } from "./rule";

const NAMES: Names = {
  kinds: { finance: "flag", level: "number", site: "word", badge: "value", time: "time", role: "word", working: "flag" },
  ops: ["=", "!=", "<", "<=", ">", ">="],
  words: { role: ["admin", "manager", "employee"] },
};
const HAS: Tree = { kind: "has", name: "finance" };

const TREES: Tree[] = [
  HAS,
  { kind: "not", part: HAS },
  { kind: "not", part: { kind: "not", part: HAS } },
  { kind: "compare", name: "level", op: ">=", value: 2 },
  { kind: "compare", name: "badge", op: "=", value: "7" },
  { kind: "compare", name: "badge", op: "=", value: 7 },
  { kind: "compare", name: "site", op: "=", value: "3" },
  { kind: "compare", name: "time", op: "<", value: { time: "09:00" } },
  { kind: "all", parts: [HAS, { kind: "any", parts: [HAS, { kind: "not", part: HAS }] }] },
  { kind: "not", part: { kind: "any", parts: [HAS, HAS] } },
  { kind: "some", count: 2, parts: [HAS, { kind: "not", part: { kind: "all", parts: [HAS, HAS] } }, HAS] },
  { kind: "some", count: 1, parts: [HAS] },
];

describe("rows and trees", () => {
  it.each(TREES.map((tree) => [JSON.stringify(tree), tree] as const))("%s is the same after being rows", (_name, tree) => {
    expect(toTree(toGroup(tree), NAMES)).toEqual(tree);
  });

  it("says nothing while there is nothing", () => {
    expect(toTree(toGroup(null), NAMES)).toBeNull();
    expect(toTree({ ...emptyGroup(), parts: [emptyGroup()] }, NAMES)).toBeNull();
  });

  it("never asks for more than there is", () => {
    const group = { ...emptyGroup(), joint: "some" as const, count: 9, parts: toGroup(HAS).parts };
    expect(toTree(group, NAMES)).toEqual({ kind: "some", count: 1, parts: [HAS] });
  });

  it("leaves what does not fit for the server to say", () => {
    const row = { ...conditionOf("level", NAMES), value: "high" };
    expect(toTree({ ...emptyGroup(), parts: [row] }, NAMES)).toEqual({ kind: "compare", name: "level", op: ">=", value: "high" });
  });
});

describe("what may be asked of a name", () => {
  it("orders numbers and times, and compares words", () => {
    expect(opsOf("level", NAMES)).toHaveLength(6);
    expect(opsOf("site", NAMES)).toEqual(["=", "!="]);
    expect([compares("finance", NAMES), compares("site", NAMES)]).toEqual([false, true]);
  });

  it("begins with the first word that is known", () => {
    expect(conditionOf("role", NAMES)).toMatchObject({ op: "=", value: "admin" });
    expect(conditionOf("level", NAMES)).toMatchObject({ op: ">=", value: "" });
  });
});
