const FORMULA = /^[=+\-@\t\r]/;

/** A field as a spreadsheet may open it: quoted where needed, and never a formula. */
export function field(text: string): string {
  const safe = FORMULA.test(text) ? `'${text}` : text;
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Hand rows over as a file. */
export function csv(name: string, rows: string[][]): void {
  const text = rows.map((row) => row.map(field).join(",")).join("\r\n") + "\r\n";
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/csv;charset=utf-8" }));
  link.download = name;
  link.click();
  window.setTimeout(() => URL.revokeObjectURL(link.href), 1_000);
}
