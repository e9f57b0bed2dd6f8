import { toast } from "./toast";

/** The token that the sign-out form carries; every signed-in page has one. */
export function csrfToken(): string {
  return document.querySelector<HTMLInputElement>('input[name="csrfmiddlewaretoken"]')?.value ?? "";
}

interface RequestDetail {
  ctx?: { request?: { headers?: Record<string, string>; method?: string } };
}

/** Partial refreshes carry the token and say when they fail, with what was kept. */
export function startRequests(): void {
  document.addEventListener("htmx:config:request", (event) => {
    const headers = (event as CustomEvent<RequestDetail>).detail.ctx?.request?.headers;
    if (headers) headers["X-CSRFToken"] = csrfToken();
  });
  document.addEventListener("htmx:error", () => {
    const words = document.body.dataset.unreachable;
    if (words) toast({ text: words, tone: "bad" });
  });
}
