import { counted } from "../parts/dom";
import { csrfToken } from "../parts/requests";
import { Builder } from "./builder";
import { type Looked, Looker, mended, type Someone, type Wrong } from "./looking";
import { type Group, type Names, toGroup, toTree } from "./rule";

function line(tag: string, className: string, ...inside: (Node | string)[]): HTMLElement {
  const element = document.createElement(tag);
  element.className = className;
  element.append(...inside);
  return element;
}

function button(words: string, pressed: () => void): HTMLButtonElement {
  const made = Object.assign(document.createElement("button"), { type: "button", className: "button", textContent: words });
  made.dataset.size = "small";
  made.addEventListener("click", pressed);
  return made;
}

/** The text and the builder of one rule, kept in step, and who could open with it. */
export class RuleField {
  private readonly names: Names;
  private readonly text: HTMLTextAreaElement;
  private readonly said: HTMLElement;
  private readonly who: HTMLElement;
  private readonly builder: Builder;
  private readonly looker: Looker;

  constructor(private readonly page: HTMLElement) {
    this.names = JSON.parse(page.dataset.names ?? "{}") as Names;
    this.text = page.querySelector<HTMLTextAreaElement>("[data-rule-text]")!;
    this.said = page.querySelector<HTMLElement>("[data-rule-said]")!;
    this.who = page.querySelector<HTMLElement>("[data-rule-who]")!;
    this.looker = new Looker((what) => this.ask(what));
    this.builder = new Builder(page.querySelector<HTMLElement>("[data-rule-builder]")!, this.names, page.dataset, (group) => this.built(group));
    this.text.addEventListener("input", () => this.written());
    if (this.text.value.trim()) this.written();
  }

  get value(): string {
    return this.text.value;
  }

  focus(): void {
    this.text.focus();
  }

  private async ask(what: object): Promise<Looked> {
    const headers = { "Content-Type": "application/json", "X-CSRFToken": csrfToken() };
    const answer = await fetch(this.page.dataset.look ?? "", { method: "POST", headers, body: JSON.stringify(what) });
    if (!answer.ok) throw new Error(String(answer.status));
    return (await answer.json()) as Looked;
  }

  private written(): void {
    this.look({ text: this.text.value }, (looked) => looked.tree && this.builder.show(toGroup(looked.tree)));
    if (!this.text.value.trim()) this.builder.show(toGroup(null));
  }

  private built(group: Group): void {
    const tree = toTree(group, this.names);
    if (!tree) this.text.value = "";
    this.look({ tree }, (looked) => {
      if (looked.text === undefined) return;
      this.text.value = looked.text;
      this.text.dispatchEvent(new Event("change", { bubbles: true }));
    });
  }

  private look(what: object, then: (looked: Looked) => void): void {
    this.looker.look(
      what,
      (looked) => {
        then(looked);
        this.tell(looked);
      },
      () => this.said.replaceChildren(line("p", "muted", this.page.dataset.wordsUnreachable ?? "")),
    );
  }

  private tell(looked: Looked): void {
    const wrongs = looked.error ? [looked.error] : (looked.problems ?? []);
    const empty = !this.text.value.trim();
    this.text.setAttribute("aria-invalid", String(wrongs.length > 0 && !empty));
    this.said.replaceChildren(...(empty ? [] : wrongs.map((wrong) => this.wrong(wrong))));
    this.tellWho(looked);
  }

  private wrong(wrong: Wrong): HTMLElement {
    const told = line("p", "field-error rule-wrong", wrong.message);
    if (wrong.end > wrong.start) told.append(button(`${this.page.dataset.wordsShow ?? ""}`, () => this.select(wrong)));
    if (!wrong.suggestion) return told;
    const mend = (): void => {
      this.text.value = mended(this.text.value, wrong);
      this.text.focus();
      this.written();
    };
    told.append(button(`${this.page.dataset.wordsMeant ?? ""} ${wrong.suggestion}?`, mend));
    return told;
  }

  private select(wrong: Wrong): void {
    const units = (count: number): number => [...this.text.value].slice(0, count).join("").length;
    this.text.focus();
    this.text.setSelectionRange(units(wrong.start), units(wrong.end));
  }

  private tellWho(looked: Looked): void {
    if (!looked.who) {
      this.who.dataset.stale = "true";
      return;
    }
    delete this.who.dataset.stale;
    const { count, of, could, could_not: not } = looked.who;
    const words = (this.page.dataset.wordsCould ?? "").replace("#", String(count)).replace("%", String(of));
    const warnings = (looked.warnings ?? []).map((text) => line("p", "rule-warning", text));
    const named = could.length + not.length > 0; // only an administrator reads who they are
    const people = named ? [this.people(could, count, true), this.people(not, of - count, false)] : [];
    this.who.replaceChildren(line("p", "rule-count-of", words), ...warnings, ...this.folded(people));
  }

  /** Where there is little room, names are shown to whom asks for them; they stay shown while the rule changes. */
  private folded(lists: HTMLElement[]): HTMLElement[] {
    if (!lists.length || this.page.dataset.folded === undefined) return lists;
    const fold = document.createElement("details");
    fold.open = this.who.querySelector("details")?.open ?? false;
    fold.append(line("summary", "", this.page.dataset.wordsNames ?? ""), ...lists);
    return [fold];
  }

  private people(people: Someone[], count: number, open: boolean): HTMLElement {
    const list = line("ul", "rule-people");
    for (const one of people) {
      const state = line("span", "rule-mark", open ? "✓" : "–");
      state.setAttribute("aria-hidden", "true");
      list.append(line("li", "", state, line("span", "", line("b", "", one.name), ...(open ? [] : [line("span", "muted rule-why", one.reason)]))));
    }
    const more = count - people.length;
    if (more > 0) list.append(line("li", "muted", counted(more, undefined, this.page.dataset.wordsMore)));
    return list;
  }
}
