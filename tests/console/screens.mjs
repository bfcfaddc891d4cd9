// Pictures of the console's pages, one file a page, person, theme and size, into target/screens/console.
//
//   CONSOLE=http://127.0.0.1:8420 PASSWORD=… node screens.mjs
//
// Needs a demo that stays up (`make demo`) and Chromium (CHROMIUM names it). Nothing is asserted here: the pictures are for eyes.

import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const base = process.env.CONSOLE ?? "http://127.0.0.1:8420";
const password = process.env.PASSWORD ?? "xunge-demo-2026";
const here = dirname(fileURLToPath(import.meta.url));
const folder = join(here, "..", "..", process.env.CARGO_TARGET_DIR ?? "target", "screens", "console");
mkdirSync(folder, { recursive: true });

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--force-color-profile=srgb"],
});

const WIDE = { width: 1366, height: 860 };
const PHONE = { width: 390, height: 844 };

async function desk(name, options = {}) {
  const context = await browser.newContext({
    // 200 %: half the room, everything twice as large.
    viewport: options.large ? { width: WIDE.width / 2, height: WIDE.height / 2 } : (options.size ?? WIDE),
    deviceScaleFactor: options.large ? 2 : 1,
    colorScheme: options.dark ? "dark" : "light",
    javaScriptEnabled: options.script ?? true,
    locale: "zh-CN",
    timezoneId: "Asia/Shanghai",
  });
  const page = await context.newPage();
  const problems = [];
  page.on("console", (message) => message.type() === "error" && problems.push(message.text()));
  page.on("pageerror", (error) => problems.push(String(error)));
  if (options.english) await page.goto(`${base}/console/language/en`);
  await page.goto(`${base}/console/login`);
  if (name) {
    await page.fill("#name", name);
    await page.fill("#password", password);
    await page.click("button[type=submit]");
    await page.waitForURL(/\/console$/);
  }
  const shoot = async (file, path, whole = true) => {
    if (path) await page.goto(base + path);
    await page.waitForLoadState("load");
    await page.screenshot({ path: join(folder, `${file}.png`), fullPage: whole });
    for (const problem of problems.splice(0)) console.log(`${file}: ${problem}`);
  };
  return { context, page, shoot };
}

async function firstReport(page, query) {
  await page.goto(`${base}/console/queue?${query}`);
  const link = page.locator("li.line a.open").first();
  return (await link.count()) ? link.getAttribute("href") : null;
}

const only = process.argv[2];
const wants = (name) => !only || name.startsWith(only);

if (wants("login")) {
  const { shoot, context, page } = await desk(null);
  await shoot("login");
  await page.fill("#name", "clerk");
  await page.fill("#password", "wrong");
  await page.click("button[type=submit]");
  await shoot("login-wrong");
  await context.close();
}

if (wants("clerk")) {
  const { shoot, context, page } = await desk("clerk");
  await shoot("clerk-home", "/console");
  await shoot("clerk-queue", "/console/queue", false);
  await shoot("clerk-search", "/console/queue?q=%E9%9A%90%E6%82%A3", false);
  for (const state of ["queued", "accepted", "dispatched", "handling", "fed_back", "closed", "returned", "held"]) {
    const report = await firstReport(page, `state=${state}`);
    if (!report) continue;
    await shoot(`clerk-report-${state}`, report);
    if (state === "accepted" || state === "queued") {
      const open = page.locator("details.act:not([open]) > summary");
      for (let n = await open.count(); n > 0; n--) await open.nth(0).click();
      await shoot(`clerk-acts-${state}`);
    }
    if (state === "closed") {
      await shoot("clerk-print", `${report}/print`);
      await page.goto(base + report);
      const picture = page.locator(".pictures a").first();
      if (await picture.count()) await shoot("clerk-picture", await picture.getAttribute("href"));
    }
  }
  await context.close();
}

if (wants("chief")) {
  const { shoot, context } = await desk("c05");
  await shoot("chief-home", "/console");
  await context.close();
  const head = await desk("va");
  await head.shoot("village-home", "/console");
  await head.context.close();
}

if (wants("dept")) {
  const { shoot, context, page } = await desk("dept-zf");
  await shoot("dept-home", "/console");
  const report = await page.locator("li.line a.open").first().getAttribute("href").catch(() => null);
  if (report) await shoot("dept-report", report);
  await context.close();
}

if (wants("supervisor")) {
  const { shoot, context } = await desk("supervisor");
  await shoot("supervisor-home", "/console");
  await context.close();
}

for (const [name, options] of [
  ["dark", { dark: true }],
  ["english", { english: true }],
  ["phone", { size: PHONE }],
  ["large", { large: true }],
  ["noscript", { script: false }],
]) {
  if (!wants(name)) continue;
  const { shoot, context, page } = await desk("clerk", options);
  await shoot(`${name}-home`, "/console");
  await shoot(`${name}-queue`, "/console/queue", false);
  const report = await firstReport(page, "state=accepted");
  if (report) await shoot(`${name}-report`, report);
  await context.close();
}

await browser.close();
