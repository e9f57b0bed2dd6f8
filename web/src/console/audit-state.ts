/** The log as the tab holds it; pure. */
export interface Entry {
  id: number;
  action_type: string;
  description: string | null;
  user: string | null;
  timestamp: string;
}

export interface Search {
  search: string;
  user: string;
  action_type: string;
}

export const IN_VIEW = 100; // so many stay in view while the log goes on; whoever pages back has more

/** Newest first, each once. */
export function merged(known: Entry[], more: Entry[]): Entry[] {
  const all = new Map([...known, ...more].map((one) => [one.id, one]));
  return [...all.values()].sort((a, b) => b.id - a.id);
}

/** Does an entry that just came fit what is asked for? As the server would judge it. */
export function fits(entry: Entry, { search, user, action_type }: Search): boolean {
  if (action_type && entry.action_type !== action_type.toUpperCase()) return false;
  if (user && (entry.user ?? "").toLowerCase() !== user.toLowerCase()) return false;
  const said = `${entry.description ?? ""} ${entry.user ?? ""} ${entry.action_type}`.toLowerCase();
  return search.toLowerCase().split(/\s+/).filter(Boolean).every((one) => said.includes(one));
}
