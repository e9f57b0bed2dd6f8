/** The phone's drawer is opened by its address (#rail); this adds Esc, and gives the focus where it belongs. */
export function startDrawer(): void {
  const rail = document.getElementById("rail");
  if (!rail) return;
  const isOpen = () => location.hash === "#rail";
  window.addEventListener("hashchange", () => {
    if (isOpen()) rail.querySelector<HTMLElement>("a")?.focus();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !isOpen()) return;
    location.hash = "#main";
    document.querySelector<HTMLElement>(".rail-open")?.focus();
  });
}
