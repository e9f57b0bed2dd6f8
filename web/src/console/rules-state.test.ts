import { describe, expect, it } from "vitest";
import type { LiveEvent } from "../live/feed";
import { KINDS, outcomeOf, ruled, same, type Ruled } from "./rules-state";

const file = (id: number, name: string, more: Partial<Ruled> = {}): Ruled => ({
  id, name, place: "", owner: "Ada", owner_email: "ada@x", policy: "", revision: 1, updated_at: "", ...more,
});
const rows = (...files: Ruled[]): Map<string, Ruled> => new Map(files.map((one) => [String(one.id), one]));
const event = (more: object): LiveEvent => ({ timestamp: "", room: "", actor: "", offset: 1, ...more });

it("tells rows of one file apart by whatever they say", () => {
  expect(same(file(1, "plan"), file(1, "plan"))).toBe(true);
  for (const more of [{ revision: 2 }, { place: "Old" }, { owner: "Bo" }, { policy: "night" }]) expect(same(file(1, "plan"), file(1, "plan", more))).toBe(false);
});

describe("what an event makes of the rules", () => {
  const known = rows(file(1, "plan"), file(2, "plan", { place: "Old" }), file(3, "list", { owner_email: "bo@x" }));

  it("asks about a file that it names", () => {
    for (const kind of ["file_uploaded", "file_updated", "policy_added", "policy_updated", "policy_deleted"]) {
      expect(outcomeOf(known, kind, event({ file: "new", id: 9 }))).toEqual({ gone: [], ask: [9], everything: false });
    }
  });

  it("knows which file is gone", () => {
    expect(outcomeOf(known, "file_deleted", event({ file: "plan", id: 2 }))).toEqual({ gone: [2], ask: [], everything: false });
  });

  it("asks about every file of a name when rules of many go", () => {
    expect(outcomeOf(known, "policies_bulk_deleted", event({ files: ["plan"] })).ask).toEqual([1, 2]);
  });

  it("asks about the files of somebody whose name may be another", () => {
    expect(outcomeOf(known, "user_updated", event({ user: "bo@x" })).ask).toEqual([3]);
  });

  it("asks for everything when a folder has another name or place", () => {
    expect(outcomeOf(known, "folder_updated", event({ folder: "Old", id: 5 })).everything).toBe(true);
  });

  it("is the same when it is told twice", () => {
    for (const kind of KINDS.split(" ")) {
      const told = event({ id: 1, file: "plan", files: ["plan"], user: "ada@x" });
      const first = outcomeOf(known, kind, told);
      const left = new Map([...known].filter(([key]) => !first.gone.includes(Number(key))));
      expect(outcomeOf(left, kind, told)).toEqual(first);
    }
  });
});

describe("the rules that are shown", () => {
  it("are found by name, rule and owner", () => {
    const all = [file(1, "plan", { policy: "finance" }), file(2, "open.txt")];
    expect(ruled(all, "fin", "")).toHaveLength(1);
    expect(ruled(all, "", "without").map((one) => one.name)).toEqual(["open.txt"]);
    expect(ruled(all, "ada", "with").map((one) => one.name)).toEqual(["plan"]);
  });
});
