/** The filters of one tab: its form and the page's address say the same, and go on doing so while rows arrive. */
export class TabFilters {
  readonly form: HTMLFormElement | null;

  constructor(
    private readonly tab: string,
    private readonly changed: () => void,
  ) {
    this.form = document.querySelector<HTMLFormElement>(`form[data-filters="${tab}"]`);
    this.form?.addEventListener("submit", (event) => event.preventDefault());
    this.form?.addEventListener("input", () => this.written());
    window.addEventListener("popstate", () => this.read());
    this.fill();
  }

  value(name: string): string {
    return String(this.form ? (new FormData(this.form).get(name) ?? "") : "").trim();
  }

  /** What is not as it is at first, as the address says it. */
  address(): URLSearchParams {
    const said = new URLSearchParams({ tab: this.tab });
    for (const field of this.fields()) if (field.value.trim() !== this.first(field)) said.set(field.name, field.value.trim());
    return said;
  }

  private fields(): (HTMLInputElement | HTMLSelectElement)[] {
    return [...(this.form?.querySelectorAll<HTMLInputElement | HTMLSelectElement>("input[name], select[name]") ?? [])];
  }

  private first(field: HTMLInputElement | HTMLSelectElement): string {
    return field instanceof HTMLSelectElement ? (field.options[0]?.value ?? "") : "";
  }

  private fill(): void {
    const said = new URLSearchParams(window.location.search);
    if ((said.get("tab") ?? this.tab) !== this.tab) return;
    for (const field of this.fields()) {
      field.value = said.get(field.name) ?? this.first(field);
      if (field.value === "" && field instanceof HTMLSelectElement) field.selectedIndex = Math.max(0, field.selectedIndex);
    }
  }

  private read(): void {
    this.fill();
    this.changed();
  }

  private written(): void {
    window.history.replaceState(null, "", `?${this.address().toString()}`);
    this.changed();
  }
}
