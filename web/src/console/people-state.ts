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
  attributes: string[];
  presence: string;
  last_seen: string | null;
  revision: string;
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

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : typeof value === "string" ? [value] : [];
}

function ofMany(rows: ReadonlyMap<string, Person>, event: LiveEvent): Outcome {
  const users = texts(event["users"]);
  const how = typeof event["how"] === "string" ? event["how"] : "replace";
  if (how === "restore") return { ...NOTHING, ask: users };
  const said = texts(event["attributes"]);
  const changed = users.flatMap((user) => {
    const row = rows.get(user);
    return row ? [{ ...row, attributes: carried(row.attributes, said, how) }] : [];
  });
  return { ...NOTHING, changed, ask: users.filter((user) => !rows.has(user)) };
}

function withoutAttribute(rows: ReadonlyMap<string, Person>, name: string): Outcome {
  const had = [...rows.values()].filter((row) => row.attributes.some((one) => nameOf(one) === name));
  return { ...NOTHING, changed: had.map((row) => ({ ...row, attributes: carried(row.attributes, [name], "remove") })) };
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
      return row ? { ...NOTHING, changed: [{ ...row, role: texts(event["roles"])[0] ?? row.role }] } : { ...NOTHING, ask: [user] };
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

export interface Filters {
  search: string;
  role: string;
  status: string;
  attribute: string;
  departments: ReadonlySet<number> | null;
  sort: string;
}

const ORDER: Record<string, (a: Person, b: Person) => number> = {
  name: (a, b) => a.name.localeCompare(b.name) || a.email.localeCompare(b.email),
  role: (a, b) => a.role.localeCompare(b.role) || a.name.localeCompare(b.name),
  last_seen: (a, b) => (b.last_seen ?? "").localeCompare(a.last_seen ?? "") || a.name.localeCompare(b.name),
};

function fits(row: Person, { search, role, status, attribute, departments }: Filters): boolean {
  if ((role && row.role !== role) || (status && row.status !== status)) return false;
  if (departments && !departments.has(row.department_id ?? 0)) return false;
  if (attribute && !row.attributes.some((one) => one === attribute || nameOf(one) === attribute)) return false;
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const said = `${row.name} ${row.email}`.toLowerCase();
  return words.every((one) => said.includes(one));
}

/** The rows that fit, in the order that was asked for ("-" before it turns it round). */
export function viewOf(rows: Iterable<Person>, filters: Filters): Person[] {
  const order = ORDER[filters.sort.replace(/^-/, "")] ?? ORDER["name"]!;
  const found = [...rows].filter((row) => fits(row, filters)).sort(order);
  return filters.sort.startsWith("-") ? found.reverse() : found;
}
