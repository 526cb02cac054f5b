// Fails when what a notebook downloads per widget grows beyond the budget: anywidget sends it once per instance.
import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const LIMIT = 60_000;
const out = resolve(dirname(fileURLToPath(import.meta.url)), "../../src/nb_remote/widget/static");

let total = 0;
for (const name of ["widget.js", "widget.css"]) {
  const bytes = readFileSync(resolve(out, name));
  const packed = gzipSync(bytes, { level: 9 }).length;
  total += packed;
  console.log(`${name}: ${bytes.length} bytes, ${packed} gzipped`);
}
console.log(`together ${total} of ${LIMIT} bytes gzipped`);
if (total > LIMIT) process.exitCode = 1;
