// Bundles the widget into the Python package: one ES module, one stylesheet, nothing fetched at run time.
import { mkdir } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build, context } from "esbuild";

const js = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const outdir = resolve(js, "../src/nb_remote/widget/static");

const options = {
  absWorkingDir: js,
  // anywidget loads the two files apart (`_esm`, `_css`), so the script does not import the style.
  entryPoints: [
    { in: "src/widget.tsx", out: "widget" },
    { in: "src/widget.css", out: "widget" },
  ],
  outdir,
  bundle: true,
  format: "esm",
  target: "es2022",
  jsx: "automatic",
  jsxImportSource: "preact",
  minify: true,
  charset: "utf8",
  legalComments: "none",
  logLevel: "info",
};

await mkdir(outdir, { recursive: true });
if (process.argv.includes("--watch")) {
  await (await context(options)).watch();
} else {
  await build(options);
}
