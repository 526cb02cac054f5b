// Serves dev/ on the loopback address, bundled afresh on each reload.
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { context } from "esbuild";

const js = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const bundle = await context({
  absWorkingDir: js,
  entryPoints: ["dev/main.ts", "src/style.css"],
  entryNames: "[name]",
  outdir: "dev",
  bundle: true,
  format: "esm",
  target: "es2022",
  jsx: "automatic",
  jsxImportSource: "preact",
  sourcemap: "inline",
  write: false,
});
const { port } = await bundle.serve({
  servedir: "dev",
  host: "127.0.0.1",
  port: Number(process.argv[2] ?? 0),
});
console.log(`http://127.0.0.1:${port}/`);
