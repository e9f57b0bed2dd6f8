import { compares, conditionOf, type Condition, emptyGroup, type Group, type Names, opsOf, type Row } from "./rule";

type Words = DOMStringMap;
type Made<K extends keyof HTMLElementTagNameMap> = Partial<Omit<HTMLElementTagNameMap[K], "children" | "dataset">>;

function make<K extends keyof HTMLElementTagNameMap>(tag: K, given: Made<K> = {}, ...inside: (Node | string)[]): HTMLElementTagNameMap[K] {
  const element = Object.assign(document.createElement(tag), given);
  element.append(...inside);
  return element;
}

/** The rule as rows that are put together by hand; it tells `changed` after each change, and shows what it is given. */
export class Builder {
  private group: Group = emptyGroup();

  constructor(
    private readonly place: HTMLElement,
    private readonly names: Names,
    private readonly words: Words,
    private readonly changed: (group: Group) => void,
  ) {
    this.draw();
  }

  show(group: Group): void {
    this.group = group;
    this.draw();
  }

  private draw(): void {
    this.place.replaceChildren(this.drawn(this.group, null));
  }

  /** Structure changed: draw it anew, and put the focus where the person goes on. */
  private redraw(focus?: string): void {
    this.draw();
    this.changed(this.group);
    if (focus) this.place.querySelector<HTMLElement>(`[data-key="${focus}"]`)?.focus();
  }

  private drawn(group: Group, above: Group | null, path = "g"): HTMLElement {
    const parts = make("ul", { className: "rule-parts" });
    group.parts.forEach((row, index) => {
      const key = `${path}-${index}`;
      parts.append(make("li", {}, row.type === "group" ? this.drawn(row, group, key) : this.row(row, group, key)));
    });
    const box = make("fieldset", { className: "rule-group" }, make("legend", { className: "visually-hidden" }, this.say("wordsConditions")));
    box.append(this.head(group, above, path), group.parts.length || above ? parts : make("p", { className: "muted" }, this.say("wordsEmpty")), this.foot(group, path));
    return box;
  }

  private head(group: Group, above: Group | null, path: string): HTMLElement {
    const joint = this.choice(
      [["all", this.say("wordsAll")], ["any", this.say("wordsAny")], ["some", this.say("wordsSome")]],
      group.joint, this.say("wordsConditions"), `${path}-joint`,
    );
    joint.addEventListener("change", () => {
      group.joint = joint.value as Group["joint"];
      this.redraw(`${path}-joint`);
    });
    const head = make("div", { className: "rule-head" }, this.turned(group, `${path}-not`), joint);
    if (group.joint === "some") head.append(this.count(group), make("span", {}, this.say("wordsSomeOf")));
    if (above) head.append(this.remove(above, group, path));
    return head;
  }

  private count(group: Group): HTMLElement {
    const field = make("input", { className: "input rule-count", type: "number", min: "1", max: String(Math.max(1, group.parts.length)), value: String(group.count), ariaLabel: this.say("wordsMany") });
    field.addEventListener("input", () => {
      group.count = Number(field.value) || 1;
      this.changed(this.group);
    });
    return field;
  }

  private foot(group: Group, path: string): HTMLElement {
    const first = Object.keys(this.names.kinds).find((name) => !(name in this.known())) ?? "role";
    const add = (row: Row, focus: string): void => {
      group.parts.push(row);
      this.redraw(focus);
    };
    const next = `${path}-${group.parts.length}`;
    const one = make("button", { type: "button", className: "button" }, this.say("wordsAdd"));
    const more = make("button", { type: "button", className: "button" }, this.say("wordsGroup"));
    for (const button of [one, more]) button.dataset.size = "small";
    one.addEventListener("click", () => add(conditionOf(first, this.names), `${next}-name`));
    more.addEventListener("click", () => add({ ...emptyGroup(), joint: "any", parts: [conditionOf(first, this.names)] }, `${next}-0-name`));
    return make("div", { className: "rule-foot" }, one, more);
  }

  private row(row: Condition, above: Group, path: string): HTMLElement {
    const name = this.nameChoice(row, path);
    name.addEventListener("change", () => {
      Object.assign(row, conditionOf(name.value, this.names), { not: row.not });
      this.redraw(`${path}-name`);
    });
    const line = make("div", { className: "rule-row" }, this.turned(row, `${path}-not`), name);
    if (row.op || compares(row.name, this.names)) line.append(this.opChoice(row, path), this.value(row, path));
    line.append(this.remove(above, row, path));
    return line;
  }

  private known(): Record<string, true> {
    return { role: true, department: true, team: true, working: true, enrolled: true, time: true, network: true };
  }

  private nameChoice(row: Condition, path: string): HTMLSelectElement {
    const known = this.known();
    const field = make("select", { className: "select", ariaLabel: this.say("wordsWhat") });
    const group = (label: string, names: string[]): void => {
      if (names.length) field.append(make("optgroup", { label }, ...names.map((one) => make("option", { value: one, selected: one === row.name }, one))));
    };
    const all = Object.keys(this.names.kinds);
    const own = all.filter((name) => !(name in known));
    group(this.say("wordsOwn"), all.includes(row.name) ? own : [...own, row.name]);
    group(this.say("wordsKnown"), all.filter((name) => name in known));
    field.dataset.key = `${path}-name`;
    return field;
  }

  private opChoice(row: Condition, path: string): HTMLElement {
    const ops = opsOf(row.name, this.names);
    const shown = ops.includes(row.op) ? ops : [...ops, row.op];
    const field = this.choice(shown.map((op) => [op, op]), row.op, this.say("wordsHow"), `${path}-op`);
    field.classList.add("rule-op");
    field.addEventListener("change", () => {
      row.op = field.value;
      this.changed(this.group);
    });
    return field;
  }

  private value(row: Condition, path: string): HTMLElement {
    const words = this.names.words[row.name];
    const label = this.say("wordsValue");
    const field = words?.length
      ? this.choice((words.includes(row.value) ? words : [row.value, ...words]).map((word) => [word, word]), row.value, label, `${path}-value`)
      : make("input", { className: "input", value: row.value, maxLength: 80, autocomplete: "off", spellcheck: false, ariaLabel: label, placeholder: this.names.kinds[row.name] === "time" ? "09:00" : "" });
    field.dataset.key = `${path}-value`;
    field.addEventListener("input", () => {
      row.value = field.value;
      this.changed(this.group);
    });
    return field;
  }

  private turned(row: Row, key: string): HTMLElement {
    const box = make("input", { type: "checkbox", className: "tick", checked: row.not });
    box.dataset.key = key;
    box.addEventListener("change", () => {
      row.not = box.checked;
      this.changed(this.group);
    });
    return make("label", { className: "rule-not" }, box, this.say("wordsNot"));
  }

  private remove(above: Group, row: Row, path: string): HTMLElement {
    const button = make("button", { type: "button", className: "button rule-remove", ariaLabel: this.say("wordsRemove"), title: this.say("wordsRemove") }, "×");
    button.dataset.kind = "quiet";
    button.dataset.size = "small";
    button.addEventListener("click", () => {
      above.parts.splice(above.parts.indexOf(row), 1);
      this.redraw(`${path.slice(0, path.lastIndexOf("-"))}-joint`);
    });
    return button;
  }

  private choice(options: [string, string][], chosen: string, label: string, key: string): HTMLSelectElement {
    const field = make("select", { className: "select", ariaLabel: label }, ...options.map(([value, word]) => make("option", { value, selected: value === chosen }, word)));
    field.dataset.key = key;
    return field;
  }

  private say(name: string): string {
    return this.words[name] ?? "";
  }
}
