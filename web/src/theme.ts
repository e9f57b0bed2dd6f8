// Loaded as a small blocking script in the head, so that the chosen look is there before the first paint.
// It must stay without imports: it is not a module.
(() => {
  const root = document.documentElement;
  root.dataset.script = ""; // styles show what works without a script until this stands
  try {
    const theme = localStorage.getItem("sundial-theme");
    if (theme === "light" || theme === "dark") root.dataset.theme = theme;
    if (localStorage.getItem("sundial-rail") === "narrow") root.dataset.rail = "narrow";
  } catch {
    // Storage may be forbidden; the system's own look is then the right one.
  }
})();
