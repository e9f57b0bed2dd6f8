import { existsSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const web = new URL("./web/", import.meta.url);

/**
 * Every entry a template may ask for: the base, the theme, the live link, and one file a page that needs one;
 * and the letters of PDF files, which the server reads.
 */
function entries(): string[] {
  const always = ["src/theme.ts", "src/base.ts", "src/styles/paper.css"];
  const live = ["src/live/index.ts"].filter((name) => existsSync(new URL(name, web)));
  const pages = new URL("src/pages/", web);
  const own = existsSync(pages)
    ? readdirSync(pages).filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"))
    : [];
  return [...always, ...live, ...own.map((name) => `src/pages/${name}`)].map((name) => fileURLToPath(new URL(name, web)));
}

export default defineConfig({
  root: fileURLToPath(web),
  base: "./",
  publicDir: false,
  build: {
    outDir: "../src/sundial/server/ui/static/dist",
    emptyOutDir: true,
    manifest: "manifest.json",
    chunkSizeWarningLimit: 700, // ECharts, which only pages with charts load
    assetsInlineLimit: 0, // the content security policy allows no data: addresses for fonts
    modulePreload: { polyfill: false },
    target: ["chrome123", "firefox121", "safari17.5"], // light-dark(), :has(), nesting
    rolldownOptions: { input: entries() },
  },
  test: {
    environment: "happy-dom",
    include: ["src/**/*.test.ts", "../tests/agent/browser/*.test.js"],
  },
});
