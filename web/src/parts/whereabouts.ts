/** Where one is stands in sight, also in a menu or among tabs that are longer than the screen. */
export function showWhereabouts(root: ParentNode): void {
  for (const link of root.querySelectorAll(".rail [aria-current], .tabs [aria-current]")) {
    link.scrollIntoView({ block: "nearest", inline: "nearest" });
  }
}
