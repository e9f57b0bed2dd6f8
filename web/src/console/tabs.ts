/** Going from tab to tab without leaving the page: each keeps its rows, its filters and its place in the address. */
export function startTabs(shown: (tab: string) => void): void {
  const links = [...document.querySelectorAll<HTMLAnchorElement>("[data-console-tabs] [data-tab]")];
  const go = (tab: string): void => {
    for (const link of links) {
      if (link.dataset.tab === tab) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
    for (const part of document.querySelectorAll<HTMLElement>("[data-part]")) part.hidden = part.dataset.part !== tab;
    shown(tab);
  };
  for (const link of links) {
    link.addEventListener("click", (event) => {
      if (event.metaKey || event.ctrlKey || event.shiftKey) return;
      event.preventDefault();
      window.history.pushState(null, "", link.href);
      go(link.dataset.tab ?? "");
    });
  }
  window.addEventListener("popstate", () => {
    go(new URLSearchParams(window.location.search).get("tab") ?? links[0]?.dataset.tab ?? "");
  });
}
