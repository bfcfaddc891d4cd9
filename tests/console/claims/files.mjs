// Files that leave the console, the map, and how soon the first page can be used.

import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { claim, must } from "../claims.mjs";
import { Desk, MANNERS } from "../browser.mjs";
import { target } from "../stage.mjs";

const run = promisify(execFile);

/** Presses Enter on what has the focus and gives the path of the file that comes. */
async function download(desk) {
  const [file] = await Promise.all([desk.page.waitForEvent("download"), desk.press("Enter")]);
  return file.path();
}

claim("a supervisor takes a month as XLSX and CSV by keyboard alone", async (world) => {
  const desk = await Desk.open(world.browser, world.base);
  await desk.logIn("supervisor", world.password);
  await desk.visit("/console/queue?state=all");
  await desk.tabTo('a[href^="/console/queue/export"]');
  await desk.go("Enter");
  await desk.tabTo('form[method=get] button[value="xlsx"]');
  must(readFileSync(await download(desk)).subarray(0, 2).toString() === "PK", "no XLSX");
  await desk.tabTo('form[method=get] button[value="csv"]');
  const csv = readFileSync(await download(desk), "utf8");
  must(csv.startsWith("\ufeff") && csv.split("\r\n").length > 50, csv.slice(0, 200));
  await desk.logOut();
  await desk.close();
});

claim("a signed archive is taken by keyboard alone, and the server's program verifies it", async (world) => {
  const desk = await Desk.open(world.browser, world.base);
  await desk.logIn("clerk", world.password);
  await desk.visit("/console/queue?state=closed");
  await desk.press("j");
  await desk.go("Enter");
  await desk.tabTo('a[href$="/archive"]');
  await desk.go("Enter");
  await desk.tabTo("form[data-download] button");
  const file = await download(desk);
  const data = join(world.stage.folder, "stage", "server");
  const { stdout } = await run(join(target, "debug", "xunge-server"), ["--data", data, "verify-archive", file]);
  must(stdout.includes("档案完好"), stdout);
  await desk.close();
});

claim("the coverage map draws its layers, tells what is clicked, and can be left by keyboard", async (world) => {
  const desk = await Desk.open(world.browser, world.base);
  await desk.logIn("supervisor", world.password);
  await desk.visit("/console/coverage");
  await desk.page.waitForSelector('[data-map-place][data-state="drawn"]');
  const box = await desk.page.locator("[data-map-place]").boundingBox();
  await desk.page.mouse.click(box.x + box.width * 0.45, box.y + box.height * 0.6);
  await desk.page.waitForSelector("[data-told]:not([hidden])");
  must((await desk.text("[data-told]")).includes("网格"), await desk.text("[data-told]"));
  await desk.tabTo("[data-map-place]");
  await desk.press("ArrowRight", "Tab");
  const stuck = await desk.page.evaluate(() => document.activeElement.matches("[data-map-place]"));
  must(!stuck, "the map keeps the focus");
  await desk.close();
});

claim("an administrator appoints somebody, enrols a phone by QR code and logs out, by keyboard alone", async (world) => {
  const desk = await Desk.open(world.browser, world.base);
  await desk.logIn("admin", world.password);
  await desk.tabTo('a[href="/console/keep"]');
  await desk.go("Enter");
  await desk.tabTo('a[href="/console/keep/people"]');
  await desk.go("Enter");
  await desk.tabTo("#code");
  await desk.type("n001");
  await desk.tabTo("#name");
  await desk.type("新来的人");
  await desk.go("Enter");
  must(desk.page.url().endsWith("/n001"), desk.page.url());
  await desk.tabTo("details summary");
  while (!(await desk.page.evaluate(() => document.activeElement.closest("section")?.querySelector("#unit")))) await desk.tabTo("details summary");
  await desk.press("Enter");
  await desk.tabTo("#unit");
  // County, township, village, its first grid.
  await desk.press("ArrowDown", "ArrowDown", "ArrowDown");
  await desk.tabTo('form[action$="/posts"] button[type=submit]');
  await desk.go("Enter");
  await desk.tabTo('form[action$="/enrol"] button');
  await desk.go("Enter");
  must((await desk.count("svg.qr")) === 1, await desk.text());
  must((await desk.faults()).length === 0, "the page with the code has faults");
  await desk.logOut();
  await desk.close();
});

claim("the first page can be used within a second of being asked for", async (world) => {
  const desk = await Desk.open(world.browser, world.base, MANNERS.plain);
  await desk.logIn("clerk", world.password);
  await desk.visit("/console");
  const ms = await desk.page.evaluate(() => performance.getEntriesByType("navigation")[0].domContentLoadedEventEnd);
  must(ms < 1000, `${ms} ms`);
  await desk.close();
});
