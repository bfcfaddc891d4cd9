// Files that leave the console, the map, and how soon the first page can be used.

import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { claim, must } from "../claims.mjs";
import { Desk } from "../browser.mjs";
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

/** The page of the export, told that everything is large. The file goes on only when `release` is called. */
async function largeExport(world) {
  const desk = await Desk.open(world.browser, world.base);
  await desk.logIn("supervisor", world.password);
  await desk.visit("/console/queue/export?state=all");
  await desk.page.locator("#export-progress").evaluate((place) => (place.dataset.large = "0"));
  let release;
  const held = new Promise((done) => (release = done));
  await desk.page.route("**/console/export?*", async (route) => {
    const answer = await route.fetch();
    await held;
    // Somebody may have given the file up meanwhile.
    await route.fulfill({ response: answer }).catch(() => {});
  });
  await desk.tabTo('form[method=get] button[value="csv"]');
  return { desk, release, said: () => desk.page.locator("#export-progress p[role=status]").innerText() };
}

claim("a large export tells how far it is by what the server has written, and comes whole", async (world) => {
  const { desk, release, said } = await largeExport(world);
  const count = await desk.page.locator("#export-progress").getAttribute("data-count");
  await desk.press("Enter");
  const running = desk.page.locator("#export-progress p[role=status]", { hasText: `${count} / ${count}` });
  await running.waitFor();
  must((await desk.page.locator("#export-progress progress").getAttribute("value")) === count, "the bar follows");
  const [file] = await Promise.all([desk.page.waitForEvent("download"), release()]);
  const csv = readFileSync(await file.path(), "utf8");
  must(csv.startsWith("\ufeff") && csv.trimEnd().split("\r\n").length === Number(count) + 1, csv.slice(0, 200));
  must(/\.csv$/.test(file.suggestedFilename()), file.suggestedFilename());
  must((await said()).includes("已生成并下载"), await said());
  must((await desk.faults()).length === 0, "axe");
  await desk.close();
});

claim("a large export is cancelled by keyboard, and nothing is downloaded", async (world) => {
  const { desk, release, said } = await largeExport(world);
  let files = 0;
  desk.page.on("download", () => (files += 1));
  await desk.press("Enter");
  await desk.page.locator("#export-progress:not([hidden])").waitFor();
  await desk.tabTo("#export-progress button", true);
  await desk.press("Enter");
  await desk.page.locator("#export-progress p[role=status]", { hasText: "已取消" }).waitFor();
  release();
  // Another one can be begun at once, and is the only one that comes.
  await desk.tabTo('form[method=get] button[value="csv"]');
  await Promise.all([desk.page.waitForEvent("download"), desk.press("Enter")]);
  must(files === 1, `${files} files`);
  must((await said()).includes("已生成并下载"), await said());
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

claim("one report prints on A4 with its whole story, and without what only a screen needs", async (world) => {
  const desk = await Desk.open(world.browser, world.base);
  await desk.logIn("clerk", world.password);
  await desk.visit("/console/queue?state=closed");
  await desk.press("j");
  await desk.go("Enter");
  await desk.tabTo('a[href$="/print"]');
  await desk.go("Enter");
  must((await desk.count(".story-table tbody tr")) > 4, "the story is short");
  const pdf = (await desk.page.pdf({ preferCSSPageSize: true })).toString("latin1");
  const sheets = [...pdf.matchAll(/\/MediaBox\s*\[\s*0\s+0\s+([\d.]+)\s+([\d.]+)/g)];
  must(sheets.length > 0, "no page");
  for (const [, wide, high] of sheets) must(Math.abs(wide - 595) < 2 && Math.abs(high - 842) < 2, `${wide} × ${high}`);
  await desk.page.emulateMedia({ media: "print" });
  must(!(await desk.page.locator(".screen-only").isVisible()), "the way back is printed");
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
