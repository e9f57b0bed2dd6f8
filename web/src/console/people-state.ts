/** What an event changes in the table of people; pure, so that old rows and events always make the new rows. */
import type { LiveEvent } from "../live/feed";

export interface Person {
  id: number;
  email: string;
  name: string;
  first_name: string;
  last_name: string;
  role: string;
  status: string;
  department_id: number | null;
  department: string;
  teams: Team[];
  attributes: string[];
  /** What teams and departments lend, whatever the person has themselves. */
  lent: string[];
  online: boolean;
  last_seen: string | null;
  /** The server's mark of all that is edited; empty where the row was worked out here. */
  revision: string;
}

export interface Team {
  id: number;
  name: string;
}

/** What time alone changed: whoever is not named as online is not. */
export interface Passing {
  moment: string;
  online: number[];
  seen: [number, string][];
  named: string[];
}

export interface Outcome {
  gone: string[];
  changed: Person[];
  /** Whom an event only names: the ordinary door says what they are now. */
  ask: string[];
  /** A department is said of everybody in it. */
  everything: boolean;
}

/** A department, by its path from the top. */
export interface Place {
  id: number;
  path: string;
}

/** This department and all that lie in it; null, which is everywhere, for none. */
export function within(places: Place[], id: number): ReadonlySet<number> | null {
  const top = places.find((one) => one.id === id);
  return top ? new Set(places.filter((one) => one === top || one.path.startsWith(`${top.path} / `)).map((one) => one.id)) : null;
}

export const KINDS =
  "user_added user_updated user_deleted users_bulk_deleted users_bulk_attrs_updated user_roles_updated attribute_removed department_updated";

const NOTHING: Outcome = { gone: [], changed: [], ask: [], everything: false };

const nameOf = (attribute: string): string => attribute.split("=", 1)[0] ?? attribute;

/** What a person carries after a change of many. */
export function carried(before: string[], said: string[], how: string): string[] {
  const names = new Set(said.map(nameOf));
  const others = before.filter((one) => !names.has(nameOf(one)));
  const after = how === "replace" ? said : how === "add" ? [...others, ...said] : others;
  return [...after].sort();
}

/** The ways of changing many that are worked in here; after any other one the page asks. */
const HOWS: ReadonlySet<string> = new Set(["add", "remove", "replace"]);

const altered = (row: Person, more: Partial<Person>): Person => ({ ...row, ...more, revision: "" });

function alike<T>(some: readonly T[], others: readonly T[], is: (one: T, other: T) => boolean): boolean {
  return some.length === others.length && some.every((one, at) => is(one, others[at] as T));
}

/** Whether two rows of one person say the same. */
export function same(one: Person, other: Person): boolean {
  return (
    one.revision === other.revision &&
    alike(one.teams, other.teams, (a, b) => a.id === b.id && a.name === b.name) &&
    alike(one.lent, other.lent, (a, b) => a === b) &&
    one.id === other.id &&
    one.department === other.department &&
    one.online === other.online &&
    one.last_seen === other.last_seen
  );
}

/** The rows that are others now that time has passed. */
export function passed(rows: Iterable<Person>, told: Passing): Person[] {
  const [online, seen] = [new Set(told.online), new Map(told.seen)];
  const now = (row: Person): Person => ({ ...row, online: online.has(row.id), last_seen: seen.get(row.id) ?? row.last_seen });
  return [...rows].flatMap((row) => {
    const next = now(row);
    return same(row, next) ? [] : [next];
  });
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : typeof value === "string" ? [value] : [];
}

function ofMany(rows: ReadonlyMap<string, Person>, event: LiveEvent): Outcome {
  const users = texts(event["users"]);
  const how = typeof event["how"] === "string" ? event["how"] : "replace";
  if (!HOWS.has(how)) return { ...NOTHING, ask: users };
  const said = texts(event["attributes"]);
  const changed = users.flatMap((user) => {
    const row = rows.get(user);
    return row ? [altered(row, { attributes: carried(row.attributes, said, how) })] : [];
  });
  return { ...NOTHING, changed, ask: users.filter((user) => !rows.has(user)) };
}

function withoutAttribute(rows: ReadonlyMap<string, Person>, name: string): Outcome {
  const had = [...rows.values()].filter((row) => [...row.attributes, ...row.lent].some((one) => nameOf(one) === name));
  const without = (before: string[]): string[] => carried(before, [name], "remove");
  return { ...NOTHING, changed: had.map((row) => altered(row, { attributes: without(row.attributes), lent: without(row.lent) })) };
}

export function outcomeOf(rows: ReadonlyMap<string, Person>, kind: string, event: LiveEvent): Outcome {
  const user = String(event["user"] ?? "");
  const row = rows.get(user);
  switch (kind) {
    case "user_deleted":
      return { ...NOTHING, gone: [user] };
    case "users_bulk_deleted":
      return { ...NOTHING, gone: texts(event["users"]) };
    case "user_roles_updated":
      return row ? { ...NOTHING, changed: [altered(row, { role: texts(event["roles"])[0] ?? row.role })] } : { ...NOTHING, ask: [user] };
    case "users_bulk_attrs_updated":
      return ofMany(rows, event);
    case "department_updated":
      return { ...NOTHING, everything: true };
    case "attribute_removed":
      return withoutAttribute(rows, String(event["attribute"]));
    default:
      return { ...NOTHING, ask: [user] };
  }
}

/** What is lent to a person and counts: not what they have themselves. */
export function borrowed(row: Person): string[] {
  const own = new Set(row.attributes.map(nameOf));
  return row.lent.filter((one) => !own.has(nameOf(one)));
}

/** Every team that somebody is in, by name. */
export function teamsOf(rows: Iterable<Person>): Team[] {
  const found = new Map([...rows].flatMap((row) => row.teams).map((one) => [one.id, one]));
  return [...found.values()].sort((a, b) => a.name.localeCompare(b.name));
}

export interface Filters {
  search: string;
  role: string;
  status: string;
  attribute: string;
  departments: ReadonlySet<number> | null;
  team: number;
  sort: string;
}

const byName = (a: Person, b: Person): number => a.name.localeCompare(b.name) || a.email.localeCompare(b.email);
const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** What other orders ask of rows that stand by name already. */
const ORDER: Record<string, (a: Person, b: Person) => number> = {
  role: (a, b) => byText(a.role, b.role),
  last_seen: (a, b) => byText(b.last_seen ?? "", a.last_seen ?? ""),
};

/** All rows by name; those that stood in order before are only looked through, for comparing names is slow. */
export function named(rows: ReadonlyMap<string, Person>, before: readonly Person[]): Person[] {
  const known = new Set(before.map((row) => row.email));
  const stood = before.flatMap((row) => rows.get(row.email) ?? []);
  const come = stood.length < rows.size ? [...rows.values()].filter((row) => !known.has(row.email)) : [];
  return [...stood, ...come].sort(byName);
}

/** What is asked of each row, made once for all of them. */
function fitting({ search, role, status, attribute, departments, team }: Filters): (row: Person) => boolean {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const holds = (row: Person): boolean => row.attributes.some((one) => one === attribute || nameOf(one) === attribute);
  const says = (row: Person): boolean => {
    const said = `${row.name} ${row.email}`.toLowerCase();
    return words.every((one) => said.includes(one));
  };
  return (row) =>
    (!role || row.role === role) &&
    (!status || row.status === status) &&
    (!departments || departments.has(row.department_id ?? 0)) &&
    (!team || row.teams.some((one) => one.id === team)) &&
    (!attribute || holds(row)) &&
    (!words.length || says(row));
}

/** Of rows that stand by name those that fit, in the order that was asked for ("-" before it turns it round). */
export function viewOf(rows: readonly Person[], filters: Filters): Person[] {
  const order = ORDER[filters.sort.replace(/^-/, "")];
  const found = rows.filter(fitting(filters));
  if (order) found.sort(order);
  return filters.sort.startsWith("-") ? found.reverse() : found;
}
