/** A rule as the server gives and takes it; there is one parser, and it is the server's. */
export type Value = string | number | { time: string };
export type Tree =
  | { kind: "has"; name: string }
  | { kind: "compare"; name: string; op: string; value: Value }
  | { kind: "not"; part: Tree }
  | { kind: "all" | "any"; parts: Tree[] }
  | { kind: "some"; count: number; parts: Tree[] };

/** What a company has to ask for: each name with what it holds, and the words that some of them know. */
export interface Names {
  kinds: Record<string, string>;
  ops: string[];
  words: Record<string, string[]>;
}

/** A condition as a person edits it: `value` is what was typed, and may not fit yet. */
export interface Condition {
  type: "condition";
  not: boolean;
  name: string;
  op: string;
  value: string;
  quoted: boolean;
}

export interface Group {
  type: "group";
  not: boolean;
  joint: "all" | "any" | "some";
  count: number;
  parts: Row[];
}

export type Row = Condition | Group;

const WHOLE = /^-?\d{1,15}$/;

export function emptyGroup(): Group {
  return { type: "group", not: false, joint: "all", count: 1, parts: [] };
}

/** A new condition about this name, with the first thing one may ask of it. */
export function conditionOf(name: string, names: Names): Condition {
  const first = names.words[name]?.[0] ?? "";
  const op = orders(names.kinds[name]) ? ">=" : "=";
  return { type: "condition", not: false, name, op: compares(name, names) ? op : "", value: first, quoted: false };
}

/** Does this name hold something that one compares? Flags one has or not. */
export function compares(name: string, names: Names): boolean {
  return (names.kinds[name] ?? "flag") !== "flag";
}

/** Can this kind be more or less? Words cannot. */
export function orders(kind: string | undefined): boolean {
  return kind === "number" || kind === "time" || kind === "value";
}

export function opsOf(name: string, names: Names): string[] {
  return orders(names.kinds[name]) ? names.ops : names.ops.slice(0, 2);
}

/** The rows of a tree; the outermost is always a group, so that there is somewhere to add to. */
export function toGroup(tree: Tree | null): Group {
  if (!tree) return emptyGroup();
  const row = toRow(tree, false);
  return row.type === "group" ? row : { ...emptyGroup(), parts: [row] };
}

function toRow(tree: Tree, not: boolean): Row {
  switch (tree.kind) {
    case "not":
      return tree.part.kind === "not" ? { ...emptyGroup(), not: !not, parts: [toRow(tree.part, false)] } : toRow(tree.part, !not);
    case "has":
      return { type: "condition", not, name: tree.name, op: "", value: "", quoted: false };
    case "compare": {
      const value = typeof tree.value === "object" ? tree.value.time : String(tree.value);
      const quoted = typeof tree.value === "string" && WHOLE.test(tree.value);
      return { type: "condition", not, name: tree.name, op: tree.op, value, quoted };
    }
    case "some":
      return { type: "group", not, joint: "some", count: tree.count, parts: tree.parts.map((part) => toRow(part, false)) };
    default:
      return { type: "group", not, joint: tree.kind, count: 1, parts: tree.parts.map((part) => toRow(part, false)) };
  }
}

/** The tree that rows say, or null while there is nothing in them. What does not fit yet, the server says. */
export function toTree(group: Group, names: Names): Tree | null {
  const parts = group.parts.flatMap((row) => (row.type === "group" ? (toTree(row, names) ?? []) : leafOf(row, names)));
  if (!parts.length) return null;
  return negated(group.not, joined(group, parts));
}

function joined(group: Group, parts: Tree[]): Tree {
  if (group.joint === "some") return { kind: "some", count: Math.min(Math.max(1, group.count), parts.length), parts };
  const [only] = parts;
  return parts.length === 1 && only ? only : { kind: group.joint, parts };
}

function leafOf(row: Condition, names: Names): Tree {
  const leaf: Tree = row.op
    ? { kind: "compare", name: row.name, op: row.op, value: valueOf(row, names) }
    : { kind: "has", name: row.name };
  return negated(row.not, leaf);
}

function valueOf(row: Condition, names: Names): Value {
  const kind = names.kinds[row.name];
  const text = row.value.trim();
  if (kind === "time") return { time: text };
  if (kind === "number" || (kind !== "word" && !row.quoted)) return WHOLE.test(text) ? Number(text) : text;
  return text;
}

function negated(not: boolean, tree: Tree): Tree {
  return not ? { kind: "not", part: tree } : tree;
}
