import { Upload, type DetailedError } from "tus-js-client";
import { csrfToken } from "../parts/requests";

/** One file on its way into the vault; what came of it stays with it. */
export interface Wish {
  file: File;
  rule: string;
  folder: string;
  same?: "version" | "both";
}

export type Told =
  | { state: "going"; percent: number }
  | { state: "lost"; percent: number }
  | { state: "done"; fileId: string }
  | { state: "refused"; code: string; message: string; status: number };

export interface Going {
  cancel(): Promise<void>;
}

export const PART = 8 * 1024 * 1024;
const AGAIN_AFTER = [0, 1000, 3000, 5000, 10_000, 20_000, 30_000, 60_000];

/** Whole per cent; a hundred only once all came. */
export function percent(sent: number, all: number): number {
  return sent >= all ? 100 : Math.floor((100 * sent) / all);
}

interface Refusal {
  error?: { code?: string; message?: string };
}

/** What the server said in its refusal, or nothing. */
export function refusalOf(body: string | undefined): { code: string; message: string } {
  try {
    const told = JSON.parse(body ?? "") as Refusal;
    return { code: told.error?.code ?? "", message: told.error?.message ?? "" };
  } catch {
    return { code: "", message: "" };
  }
}

/** Worth trying again: no answer at all, a busy server, or a part that another part overtook. */
export function isWorthAnother(status: number): boolean {
  return status === 0 || status === 409 || status === 423 || status === 429 || status >= 500;
}

function statusOf(error: Error | DetailedError): number {
  return "originalResponse" in error ? (error.originalResponse?.getStatus() ?? 0) : 0;
}

function refused(error: Error | DetailedError): Told {
  const body = "originalResponse" in error ? error.originalResponse?.getBody() : "";
  return { state: "refused", status: statusOf(error), ...refusalOf(body) };
}

/** Begin, or go on where the same file ended before, and tell how it goes. */
export async function send(endpoint: string, wish: Wish, tell: (told: Told) => void): Promise<Going> {
  let sent = 0;
  let fileId = "";
  const upload = new Upload(wish.file, {
    endpoint,
    chunkSize: PART,
    retryDelays: AGAIN_AFTER,
    removeFingerprintOnSuccess: true,
    headers: { "X-CSRFToken": csrfToken() },
    metadata: { filename: wish.file.name, rule: wish.rule, folder: wish.folder, same: wish.same ?? "" },
    onProgress: (bytes, all) => tell({ state: "going", percent: (sent = percent(bytes, all)) }),
    onAfterResponse: (_request, response) => {
      fileId = response.getHeader("Sundial-File") ?? fileId;
    },
    onShouldRetry: (error) => {
      const isAnother = isWorthAnother(statusOf(error));
      if (isAnother) tell({ state: "lost", percent: sent });
      return isAnother;
    },
    onError: (error) => tell(refused(error)),
    onSuccess: () => tell({ state: "done", fileId }),
  });
  const before = await upload.findPreviousUploads();
  const last = before[0];
  if (last && !wish.same) upload.resumeFromPreviousUpload(last);
  upload.start();
  return { cancel: () => upload.abort(true) };
}
