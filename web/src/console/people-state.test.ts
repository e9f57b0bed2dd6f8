import { describe, expect, it } from "vitest";
import type { LiveEvent } from "../live/feed";
import { fits, merged, type Entry } from "./audit-state";
import { field } from "./csv";
import { borrowed, carried, named, outcomeOf, passed, same, teamsOf, viewOf, within, type Person } from "./people-state";
import { changesOf, listOf } from "./person";

const person = (email: string, more: Partial<Person> = {}): Person => ({
  id: email.length, email, name: email, first_name: "", last_name: "", role: "EMPLOYEE", status: "ACTIVE", department_id: null, department: "", teams: [],
  attributes: [], lent: [], online: false, last_seen: null, revision: "r", ...more,
});
const rows = (...people: Person[]): Map<string, Person> => new Map(people.map((one) => [one.email, one]));
const event = (more: object): LiveEvent => ({ timestamp: "", room: "", actor: "", offset: 1, ...more });

describe("teams and what they lend", () => {
  const [north, night] = [{ id: 2, name: "North" }, { id: 1, name: "Night" }];

  it("counts before what is lent what a person has themselves", () => {
    expect(borrowed(person("a", { attributes: ["level=3", "finance"], lent: ["level=1", "night"] }))).toEqual(["night"]);
  });

  it("names every team that somebody is in once, by name", () => {
    expect(teamsOf([person("a", { teams: [north] }), person("b", { teams: [north, night] }), person("c")])).toEqual([night, north]);
  });

  it("tells rows apart by their teams and by what is lent", () => {
    const one = person("a", { teams: [north], lent: ["night"] });
    expect(same(one, { ...one, teams: [{ ...north }], lent: ["night"] })).toBe(true);
    expect(same(one, { ...one, teams: [{ id: 2, name: "South" }] })).toBe(false);
    expect(same(one, { ...one, lent: [] })).toBe(false);
  });

  it("shows those who are in a team", () => {
    const filters = { search: "", role: "", status: "", attribute: "", departments: null, sort: "name" };
    const people = [person("a", { teams: [north] }), person("b", { teams: [night] })];
    expect(viewOf(people, { ...filters, team: 2 }).map((row) => row.email)).toEqual(["a"]);
  });
});

describe("what an event makes of the rows", () => {
  const known = rows(person("a", { attributes: ["clearance=1", "night"] }), person("b"));

  it("asks about whom it only names", () => {
    expect(outcomeOf(known, "user_added", event({ user: "c", attributes: [] })).ask).toEqual(["c"]);
    expect(outcomeOf(known, "user_updated", event({ user: "a", attributes: [] })).ask).toEqual(["a"]);
  });

  it("asks about everybody when a department is another", () => {
    expect(outcomeOf(known, "department_updated", event({ department: "Low", id: 5 })).everything).toBe(true);
  });

  it("knows who is gone", () => {
    expect(outcomeOf(known, "user_deleted", event({ user: "a" })).gone).toEqual(["a"]);
    expect(outcomeOf(known, "users_bulk_deleted", event({ users: ["a", "b"] })).gone).toEqual(["a", "b"]);
  });

  it("works a role in, and asks about somebody it does not know", () => {
    expect(outcomeOf(known, "user_roles_updated", event({ user: "b", roles: ["ADMIN"] })).changed[0]?.role).toBe("ADMIN");
    expect(outcomeOf(known, "user_roles_updated", event({ user: "z", roles: ["ADMIN"] })).ask).toEqual(["z"]);
  });

  it("works attributes of many in, in each of the three ways", () => {
    expect(carried(["clearance=1", "night"], ["clearance=3"], "add")).toEqual(["clearance=3", "night"]);
    expect(carried(["clearance=1", "night"], ["clearance"], "remove")).toEqual(["night"]);
    expect(carried(["clearance=1", "night"], ["finance"], "replace")).toEqual(["finance"]);
    const many = outcomeOf(known, "users_bulk_attrs_updated", event({ users: ["a", "z"], attributes: ["finance"], how: "add" }));
    expect(many.changed[0]?.attributes).toEqual(["clearance=1", "finance", "night"]);
    expect(many.ask).toEqual(["z"]);
  });

  it("asks about those who were brought back to what each had", () => {
    expect(outcomeOf(known, "users_bulk_attrs_updated", event({ users: ["a", "b"], attributes: [], how: "restore" })).ask).toEqual(["a", "b"]);
  });

  it("asks about those to whom something else is lent", () => {
    expect(outcomeOf(known, "users_bulk_attrs_updated", event({ users: ["a", "b"], attributes: ["night"], how: "lent" })).ask).toEqual(["a", "b"]);
    expect(outcomeOf(rows(person("a", { lent: ["night", "nightly"] })), "attribute_removed", event({ attribute: "night" })).changed[0]?.lent).toEqual(["nightly"]);
  });

  it("takes an attribute that is gone from everybody, and from nobody else's name", () => {
    const some = rows(person("a", { attributes: ["night", "nightly"] }), person("b"));
    const { changed } = outcomeOf(some, "attribute_removed", event({ attribute: "night" }));
    expect(changed.map((one) => [one.email, one.attributes])).toEqual([["a", ["nightly"]]]);
  });

  it("is the same when it is told twice", () => {
    const told = event({ users: ["a"], attributes: ["finance"], how: "add" });
    const once = outcomeOf(known, "users_bulk_attrs_updated", told).changed[0] as Person;
    expect(outcomeOf(rows(once), "users_bulk_attrs_updated", told).changed[0]).toEqual(once);
  });

  it("is another row than the server's of before, so that one who is brought back is seen to be", () => {
    const before = known.get("a") as Person;
    const [given] = outcomeOf(known, "users_bulk_attrs_updated", event({ users: ["a"], attributes: ["finance"], how: "add" })).changed;
    expect(same(given as Person, before)).toBe(false);
    expect(same(before, { ...before, attributes: [...before.attributes] })).toBe(true);
  });
});

describe("what time alone changes", () => {
  const one = (id: number, more: Partial<Person> = {}) => person(`p${id}`, { id, ...more });

  it("is who is online, who is so no more, and when somebody was seen", () => {
    const people = [one(1), one(2, { online: true, last_seen: "08:00" }), one(3, { online: true, last_seen: "08:00" }), one(4, { last_seen: "07:00" })];
    const changed = passed(people, { moment: "", online: [1, 3], seen: [[1, "09:00"], [2, "08:30"], [99, "09:00"]], named: [] });
    expect(changed.map(({ id, online, last_seen }) => [id, online, last_seen])).toEqual([[1, true, "09:00"], [2, false, "08:30"]]);
  });

  it("keeps what is edited, and its mark", () => {
    const [changed] = passed([one(1, { attributes: ["night"], revision: "abc" })], { moment: "", online: [1], seen: [], named: [] });
    expect([changed?.attributes, changed?.revision]).toEqual([["night"], "abc"]);
  });
});

describe("rows by name", () => {
  const crowd = (...names: string[]) => rows(...names.map((name) => person(name, { name })));
  const names = (people: Person[]) => people.map((row) => row.name);

  it("take those in who come, let those go who went, and move whoever is called otherwise", () => {
    const before = named(crowd("Cy", "Ada", "Bo"), []);
    expect(names(before)).toEqual(["Ada", "Bo", "Cy"]);
    const after = crowd("Cy", "Di", "Abe", "Bo");
    after.set("Bo", person("Bo", { name: "Zed" }));
    expect(names(named(after, before))).toEqual(["Abe", "Cy", "Di", "Zed"]);
  });

  it("are the rows of now, not those that stood there before", () => {
    const [now] = named(rows(person("a", { attributes: ["night"] })), [person("a")]);
    expect(now?.attributes).toEqual(["night"]);
  });

  it("are compared only with their neighbours once they stand in order", () => {
    let compared = 0;
    const called = (name: string) => Object.assign(Object(name) as String, { localeCompare: (other: string) => ((compared += 1), name.localeCompare(other)) });
    const many = rows(...Array.from({ length: 1_000 }, (_, n) => person(`p${n}`, { name: called(`Person ${(n * 7_919) % 1_000}`) as string })));
    const before = named(many, []);
    compared = 0;
    named(many, before);
    expect(compared).toBeLessThan(1_000);
  });
});

describe("the rows that are shown", () => {
  const all = [person("ada@x", { name: "Ada", role: "ADMIN" }), person("bo@x", { name: "Bo", attributes: ["clearance=3"] })];
  const none = { search: "", role: "", status: "", attribute: "", departments: null, team: 0, sort: "name" };

  it("stand by role or by when somebody was seen, and by name among those", () => {
    const people = [person("a", { role: "MANAGER", last_seen: "1" }), person("b", { role: "ADMIN" }), person("c", { role: "ADMIN", last_seen: "2" })];
    const shown = (sort: string) => viewOf(people, { ...none, sort }).map((one) => one.name).join("");
    expect([shown("role"), shown("-role"), shown("last_seen"), shown("-last_seen")]).toEqual(["bca", "acb", "cab", "bac"]);
  });

  it("fit every filter", () => {
    expect(viewOf(all, none).map((one) => one.name)).toEqual(["Ada", "Bo"]);
    expect(viewOf(all, { ...none, sort: "-name" }).map((one) => one.name)).toEqual(["Bo", "Ada"]);
    expect(viewOf(all, { ...none, role: "ADMIN" })).toHaveLength(1);
    expect(viewOf(all, { ...none, attribute: "clearance" })).toHaveLength(1);
    expect(viewOf(all, { ...none, attribute: "clear" })).toHaveLength(0);
    expect(viewOf(all, { ...none, search: "BO x" })).toHaveLength(1);
  });

  it("are those of a department and of all that lie in it", () => {
    const places = [{ id: 1, path: "Top" }, { id: 2, path: "Top / Low" }, { id: 3, path: "Topping" }];
    const people = [person("a", { department_id: 1 }), person("b", { department_id: 2 }), person("c", { department_id: 3 }), person("d")];
    const shown = (id: number) => viewOf(people, { ...none, departments: within(places, id) }).map((one) => one.email);
    expect([shown(1), shown(2), shown(3), shown(0)]).toEqual([["a", "b"], ["b"], ["c"], ["a", "b", "c", "d"]]);
  });

  it("are ten thousand within a blink", () => {
    const crowd = Array.from({ length: 10_000 }, (_, n) => person(`p${n}@x`, { name: `Person ${n}` }));
    const began = performance.now();
    expect(viewOf(crowd, { ...none, search: "99" }).length).toBeGreaterThan(100);
    expect(performance.now() - began).toBeLessThan(2_000);
  });
});

describe("the form of a person", () => {
  it("reads a list, and sends only what changed", () => {
    expect(listOf(" b, a ,, a")).toEqual(["a", "b"]);
    const before = person("a", { last_name: "Old", attributes: ["b", "a"] });
    expect(changesOf(before, { last_name: "New", role: "EMPLOYEE", attributes: ["a", "b"] })).toEqual({ last_name: "New" });
  });
});

describe("the log", () => {
  const entry = (id: number, more: Partial<Entry> = {}): Entry => ({ id, action_type: "POLICY_CHANGED", description: "Ada did", user: "ada@x", timestamp: "", ...more });

  it("has every entry once, newest first, however pages overlap", () => {
    expect(merged([entry(3), entry(2)], [entry(4), entry(2), entry(1)]).map((one) => one.id)).toEqual([4, 3, 2, 1]);
  });

  it("lets in what fits what is asked for", () => {
    const asked = { search: "ada did", user: "ADA@x", action_type: "POLICY_CHANGED" };
    expect(fits(entry(1), asked)).toBe(true);
    expect(fits(entry(1, { user: "bo@x" }), asked)).toBe(false);
    expect(fits(entry(1, { action_type: "KEY_ROTATED" }), asked)).toBe(false);
  });
});

describe("fields of a file of rows", () => {
  it("are never formulas for a spreadsheet", () => {
    expect(field("=1+1")).toBe("'=1+1");
    expect(field('a,"b"')).toBe('"a,""b"""');
  });
});
