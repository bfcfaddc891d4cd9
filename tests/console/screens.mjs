// Pictures of every page that links lead to, for each person and in each manner, into target/screens/console.
//
//   node screens.mjs [WORD]      WORD takes the people and manners whose name begins with it
//
// Starts a stage of its own; CONSOLE and PASSWORD name a server that is up instead. Nothing is asserted here: the pictures are for eyes.

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { Desk, MANNERS, openBrowser } from "./browser.mjs";
import { kindOf, walk } from "./pages.mjs";
import { setStage, target } from "./stage.mjs";

const SITTINGS = [
  ["clerk", "plain"],
  ["supervisor", "plain"],
  ["admin", "plain"],
  ["c05", "plain"],
  ["va", "plain"],
  ["dept-zf", "plain"],
  ["clerk", "dark"],
  ["supervisor", "dark"],
  ["clerk", "english"],
  ["supervisor", "english"],
  ["clerk", "phone"],
  ["supervisor", "phone"],
  ["clerk", "large"],
  ["admin", "dark"],
  ["admin", "english"],
  ["admin", "phone"],
  ["admin", "large"],
  ["supervisor", "noscript"],
];

const folder = join(target, "screens", "console");
mkdirSync(folder, { recursive: true });
const stage = process.env.CONSOLE ? null : await setStage();
const base = stage?.programme.url ?? process.env.CONSOLE;
const password = stage?.programme.password ?? process.env.PASSWORD ?? "xunge-demo-2026";
const browser = await openBrowser();

/** A file's name for an address. */
function fileOf(href) {
  const kind = kindOf(href).replace("/console", "").replaceAll("*", "one");
  return kind.replace(/^\//, "").replace(/[^a-z0-9]+/gi, "-").replace(/-+$/, "") || "home";
}

let count = 0;
for (const [who, manner] of SITTINGS) {
  const name = `${who}-${manner}`;
  if (process.argv[2] && !name.startsWith(process.argv[2])) continue;
  const desk = await Desk.open(browser, base, MANNERS[manner]);
  await desk.logIn(who, password);
  await walk(desk, async (href) => {
    const map = desk.page.locator("[data-map-place]");
    if ((await map.count()) && manner !== "noscript") await desk.page.waitForSelector("[data-map-place][data-state]");
    await desk.page.screenshot({ path: join(folder, `${name}-${fileOf(href)}.png`), fullPage: true });
    count += 1;
    for (const problem of desk.problems.splice(0)) console.log(`${href}: ${problem}`);
  });
  await desk.close();
}
await browser.close();
await stage?.strike();
console.log(`${count} pictures in ${folder}`);
