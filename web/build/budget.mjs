// Fails the build when what every page loads grows past its budget (brotli, as it is served).
import { readFileSync } from "node:fs";
import { brotliCompressSync } from "node:zlib";

const dist = new URL("../../src/sundial/server/ui/static/dist/", import.meta.url);
const manifest = JSON.parse(readFileSync(new URL("manifest.json", dist), "utf8"));
const budgets = { script: 40 * 1024, styles: 30 * 1024 };

function files(name, seen = new Set()) {
  const chunk = manifest[name];
  if (!chunk || seen.has(name)) return seen;
  seen.add(name);
  for (const next of chunk.imports ?? []) files(next, seen);
  return seen;
}

const weigh = (paths) =>
  [...paths].reduce((sum, path) => sum + brotliCompressSync(readFileSync(new URL(path, dist))).length, 0);

const chunks = [...files("src/base.ts"), "src/theme.ts"].map((name) => manifest[name]);
const weights = {
  script: weigh(new Set(chunks.map((chunk) => chunk.file))),
  styles: weigh(new Set(chunks.flatMap((chunk) => chunk.css ?? []))),
};
let failed = false;
for (const [kind, weight] of Object.entries(weights)) {
  const over = weight > budgets[kind];
  failed ||= over;
  console.log(`${kind}: ${(weight / 1024).toFixed(1)} of ${budgets[kind] / 1024} KB${over ? " — over budget" : ""}`);
}
process.exit(failed ? 1 : 0);
