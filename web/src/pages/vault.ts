import { on } from "../live/feed";
import { openDialog } from "../parts/dialog";
import { counted, within } from "../parts/dom";
import { giveUp, Queue } from "../vault/queue";
import { RuleField } from "../vault/rulefield";
import type { Wish } from "../vault/uploads";

const drop = document.querySelector<HTMLElement>("[data-vault-drop]");
const dialog = document.querySelector<HTMLDialogElement>("#upload");
const input = document.querySelector<HTMLInputElement>("[data-files]");
const ruling = dialog?.querySelector<HTMLElement>("[data-rule]");
const rule = ruling ? new RuleField(ruling) : null;
let chosen: File[] = [];
let again: Wish | null = null; // the one whose rule was refused, while another is asked for

/** Ask for the rule of these files, then let them go. */
function ask(files: File[], wrong = ""): void {
  chosen = files;
  const place = dialog?.querySelector("[data-rule-wrong]");
  if (place) place.textContent = wrong;
  if (!drop || !dialog || !files.length) return;
  const list = dialog.querySelector("[data-chosen]");
  list?.replaceChildren(...files.map((file) => Object.assign(document.createElement("li"), { textContent: file.name })));
  const go = dialog.querySelector("[data-upload-go]");
  if (go) go.textContent = counted(files.length, drop.dataset["wordChosenOne"], drop.dataset["wordChosenMany"]);
  openDialog("upload");
  rule?.focus();
}

function startDropping(place: HTMLElement, queue: Queue): void {
  const hasFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes("Files") ?? false;
  document.addEventListener("dragover", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    place.toggleAttribute("data-over", true);
  });
  document.addEventListener("dragleave", (event) => event.relatedTarget ?? place.removeAttribute("data-over"));
  document.addEventListener("drop", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    place.removeAttribute("data-over");
    ask([...(event.dataTransfer?.files ?? [])]);
  });
  window.addEventListener("beforeunload", (event) => queue.busy && event.preventDefault());
}

function startChoosing(place: HTMLElement, queue: Queue): void {
  document.addEventListener("click", (event) => {
    if (within(event, "[data-choose-files]")) input?.click();
    const button = within(event, "[data-give-up]");
    const address = button?.dataset["giveUp"];
    if (button && address) void giveUp(address).then((isGone) => isGone && button.closest("li")?.remove());
  });
  input?.addEventListener("change", () => {
    ask([...(input.files ?? [])]);
    input.value = "";
  });
  dialog?.addEventListener("close", () => (again = null));
  dialog?.querySelector("form")?.addEventListener("submit", () => {
    const written = rule?.value ?? "";
    const folder = place.dataset["folder"] ?? "";
    if (again) {
      again.rule = written;
      return queue.retry(again);
    }
    for (const row of place.querySelectorAll("[data-before]")) {
      const name = row.querySelector(".vault-upload-name")?.textContent ?? "";
      if (chosen.some((file) => file.name === name)) row.remove();
    }
    queue.add(chosen.map((file) => ({ file, rule: written, folder })));
    chosen = [];
  });
}

interface Coming {
  by: string;
  user: string;
  file: string;
  percent: number;
}

/** What others are uploading, for whoever may read the names of all files. */
function showOthers(place: HTMLElement): void {
  const list = place.querySelector<HTMLElement>("[data-others]");
  const words = list?.dataset["word"] ?? "";
  on("upload_progress", (event) => {
    const coming = ((event["uploads"] ?? []) as Coming[]).filter((one) => one.percent < 100 && one.by !== list?.dataset["own"]);
    list?.replaceChildren(
      ...coming.map((one) => {
        const text = words.replace("{user}", one.user).replace("{file}", one.file).replace("{percent}", String(one.percent));
        return Object.assign(document.createElement("li"), { textContent: text });
      }),
    );
  });
}

/** One dialog for all rows: what is renamed or moved stands in the button. */
function startArranging(): void {
  document.addEventListener("click", (event) => {
    const button = within(event, "[data-arrange]");
    const form = document.querySelector<HTMLFormElement>("#arrange form");
    if (!button || !form) return;
    form.action = button.dataset["arrange"] ?? "";
    for (const name of ["name", "folder", "revision"]) {
      const field = form.elements.namedItem(name);
      if (field instanceof HTMLInputElement || field instanceof HTMLSelectElement) field.value = button.dataset[name] ?? "";
    }
    openDialog("arrange");
  });
}

startArranging();
if (drop) {
  const askRule = (wish: Wish, wrong: string): void => {
    ask([wish.file], wrong);
    again = wish;
  };
  const queue = new Queue(drop, () => window.location.reload(), askRule);
  startDropping(drop, queue);
  startChoosing(drop, queue);
  showOthers(drop);
}
