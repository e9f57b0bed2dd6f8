import { csrfToken } from "../parts/requests";

const ANSWER_WITHIN = 30_000; // milliseconds: a line that died in silence must not hold up what is asked next

export interface Problem {
  code: string;
  message: string;
  fields?: Record<string, string>;
  difference?: Record<string, unknown>;
}

/** What a door refused, in the server's own words. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly problem: Problem,
  ) {
    super(problem.message);
  }

  /** Everything that was said, for people. */
  get words(): string {
    return [this.problem.message, ...Object.values(this.problem.fields ?? {})].join(" ");
  }
}

async function problemOf(answer: Response): Promise<Problem> {
  const unreachable = document.body.dataset.unreachable ?? "";
  try {
    const told = (await answer.json()) as { error?: Problem };
    return told.error ?? { code: "unknown", message: unreachable };
  } catch {
    return { code: "unknown", message: unreachable };
  }
}

/** Ask a door; what it refuses is thrown, and so is a server that cannot be reached. Only what writes is waited for however long. */
export async function ask<T>(method: string, path: string, body?: unknown, headers: Record<string, string> = {}, reads = method === "GET"): Promise<T> {
  const sent: RequestInit = { method, headers: { "X-CSRFToken": csrfToken(), ...headers } };
  if (body !== undefined) {
    sent.body = JSON.stringify(body);
    sent.headers = { ...sent.headers, "Content-Type": "application/json" };
  }
  if (reads) sent.signal = AbortSignal.timeout(ANSWER_WITHIN);
  const answer = await fetch(path, sent);
  if (answer.redirected || !answer.ok) throw new Refused(answer.status, await problemOf(answer));
  return (answer.status === 204 ? undefined : await answer.json()) as T;
}

/** Ask a door that only reads by a body, which may be longer than an address. */
export function look<T>(path: string, body: unknown): Promise<T> {
  return ask<T>("POST", path, body, {}, true);
}

/** Every page of a list of the API. */
export async function everything<T>(path: string): Promise<T[]> {
  const found: T[] = [];
  for (let page = 1, pages = 1; page <= pages; page += 1) {
    const told = await ask<{ items: T[]; pages: number }>("GET", `${path}?page_size=100&page=${page}`);
    found.push(...told.items);
    pages = told.pages;
  }
  return found;
}
