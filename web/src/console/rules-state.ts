/** What an event changes in the table of file rules; pure, so that old rows and events always make the new rows. */
import type { LiveEvent } from "../live/feed";

export interface Ruled {
  id: number;
  name: string;
  place: string;
  owner: string;
  owner_email: string;
  policy: string;
  revision: number;
  updated_at: string;
}

export interface Outcome {
  gone: number[];
  /** Which an event only names: the ordinary door says what they are now. */
  ask: number[];
  /** A folder stands in the place of every file in it. */
  everything: boolean;
}

export const KINDS =
  "policy_added policy_updated policy_deleted policies_bulk_deleted file_uploaded file_updated file_deleted folder_updated user_updated";

const NOTHING: Outcome = { gone: [], ask: [], everything: false };

function among(rows: ReadonlyMap<string, Ruled>, fits: (row: Ruled) => boolean): number[] {
  return [...rows.values()].filter(fits).map((row) => row.id);
}

export function outcomeOf(rows: ReadonlyMap<string, Ruled>, kind: string, event: LiveEvent): Outcome {
  const id = Number(event["id"]);
  switch (kind) {
    case "file_deleted":
      return { ...NOTHING, gone: [id] };
    case "folder_updated":
      return { ...NOTHING, everything: true };
    case "policies_bulk_deleted": {
      const names = new Set(Array.isArray(event["files"]) ? event["files"].map(String) : []);
      return { ...NOTHING, ask: among(rows, (row) => names.has(row.name)) };
    }
    case "user_updated":
      return { ...NOTHING, ask: among(rows, (row) => row.owner_email === event["user"]) };
    default:
      return { ...NOTHING, ask: [id] };
  }
}

/** Whether two rows of one file say the same. */
export function same(one: Ruled, other: Ruled): boolean {
  return (Object.keys(other) as (keyof Ruled)[]).every((name) => one[name] === other[name]);
}

/** The rows that fit. */
export function ruled(rows: Iterable<Ruled>, search: string, policy: string): Ruled[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const fits = (row: Ruled) => (policy === "" || (policy === "with") === (row.policy !== "")) && words.every((one) => `${row.name} ${row.policy} ${row.owner}`.toLowerCase().includes(one));
  return [...rows].filter(fits).sort((a, b) => a.name.localeCompare(b.name) || a.id - b.id);
}
