// One file of what the map needs of OpenLayers and of `src`: an ES module without names of this machine in it.

import { build } from "esbuild";

await build({
  entryPoints: ["src/map.ts"],
  outfile: "dist/map.js",
  bundle: true,
  format: "esm",
  target: "es2022",
  minify: true,
  legalComments: "eof",
  charset: "utf8",
  logLevel: "warning",
});
