import { toast } from "../parts/toast";
import { el, word } from "./build";
import { Refused } from "./doors";

const LONG_ENOUGH = 12_000; // milliseconds in which somebody can think twice

/** Say what was done, with a button that takes it back. */
export function saidWithUndo(text: string, undo: () => Promise<unknown>, detail?: string): void {
  const item = toast({ text, tone: "good", stay: LONG_ENOUGH, ...(detail ? { detail } : {}) });
  const button = el("button", { class: "button", type: "button", "data-size": "small" }, word("undo"));
  button.addEventListener("click", () => void takeBack(item, button, undo));
  item?.querySelector(".toast-text")?.after(button);
}

async function takeBack(item: HTMLElement | null, button: HTMLButtonElement, undo: () => Promise<unknown>): Promise<void> {
  button.disabled = true;
  try {
    await undo();
    toast({ text: word("undone"), tone: "good" });
  } catch (failure) {
    toast({ text: word("undoneNot", failure instanceof Refused ? failure.words : String(failure)), tone: "bad" });
  }
  item?.querySelector<HTMLElement>(".toast-close")?.click();
}
