// Two files of what the maps need of OpenLayers and of `src`: ES modules without names of this machine in them.

import { build } from "esbuild";

await build({
  entryPoints: ["src/map.ts", "src/draw.ts"],
  outdir: "dist",
  bundle: true,
  format: "esm",
  target: "es2022",
  minify: true,
  legalComments: "eof",
  charset: "utf8",
  logLevel: "warning",
});
