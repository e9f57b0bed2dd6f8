import { toast } from "../parts/toast";
import { clearRefusal, refuse } from "./refusal";

let act: (() => Promise<unknown>) | null = null;
let after: string | ((answer: unknown) => void) = "";

/** Ask before something ends, for `whom` if it is more than the title says; say it, or hand the answer on, once it is done. */
export function sure(title: string, about: "person" | "attribute", does: () => Promise<unknown>, done: typeof after, whom = ""): void {
  const dialog = document.querySelector<HTMLDialogElement>("#console-sure");
  const [head, text] = [dialog?.querySelector<HTMLElement>("[data-title]"), dialog?.querySelector<HTMLElement>("[data-text]")];
  if (!dialog || !head || !text) return;
  [act, after] = [does, done];
  head.textContent = `${title}?`;
  text.textContent = `${whom} ${text.dataset[about] ?? ""}`.trim();
  clearRefusal(dialog);
  dialog.showModal();
}

async function agreed(dialog: HTMLDialogElement): Promise<void> {
  try {
    const answer = await act?.();
    dialog.close();
    if (typeof after === "string") toast({ text: after, tone: "good" });
    else after(answer);
  } catch (failure) {
    refuse(dialog, failure);
  }
}

export function startSure(): void {
  const dialog = document.querySelector<HTMLDialogElement>("#console-sure");
  dialog?.querySelector("form")?.addEventListener("submit", (event) => {
    event.preventDefault();
    void agreed(dialog);
  });
}
