// Debian's Chromium, somebody signed in, nothing but a keyboard; and axe.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

export const WIDE = { width: 1366, height: 860 };
export const PHONE = { width: 390, height: 844 };

/** The manners in which every page must work. 200 %: half the room, everything twice as large. */
export const MANNERS = {
  plain: {},
  dark: { dark: true },
  english: { english: true },
  phone: { size: PHONE },
  large: { size: { width: WIDE.width / 2, height: WIDE.height / 2 }, scale: 2 },
  noscript: { script: false },
};

export async function openBrowser() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--force-color-profile=srgb"],
  });
}

/** A desk: a browser window of its own, with what went wrong in it. */
export class Desk {
  static async open(browser, base, options = {}) {
    const context = await browser.newContext({
      viewport: options.size ?? WIDE,
      deviceScaleFactor: options.scale ?? 1,
      colorScheme: options.dark ? "dark" : "light",
      javaScriptEnabled: options.script ?? true,
      locale: "zh-CN",
      timezoneId: "Asia/Shanghai",
      reducedMotion: "reduce",
    });
    const page = await context.newPage();
    const desk = new Desk(context, page, base);
    if (options.english) await page.goto(`${base}/console/language/en`);
    return desk;
  }

  constructor(context, page, base) {
    this.context = context;
    this.page = page;
    this.base = base;
    this.problems = [];
    page.on("console", (message) => {
      // An answer of 4xx is often what is tested; the browser complains of it all the same.
      if (message.type() === "error" && !message.text().includes("status of 4")) this.problems.push(message.text());
    });
    page.on("pageerror", (error) => this.problems.push(String(error)));
  }

  async close() {
    await this.context.close();
  }

  /** Logs in by keyboard: the first field has the focus. */
  async logIn(name, password) {
    await this.page.goto(`${this.base}/console/login`);
    // The browser gives the focus to the first field when it has drawn the page.
    await this.page.locator("#name:focus").waitFor();
    await this.type(name);
    await this.press("Tab");
    await this.type(password);
    await this.go("Enter");
  }

  /** Logs out by keyboard: the menu of the person, then its button. */
  async logOut() {
    await this.tabTo("details.who > summary");
    await this.press("Enter");
    await this.tabTo('form[action="/console/logout"] button');
    await this.go("Enter");
    if (!this.page.url().includes("/console/login")) throw new Error(`still at ${this.page.url()}`);
  }

  async type(text) {
    await this.page.keyboard.type(text);
  }

  async press(...keys) {
    for (const key of keys) await this.page.keyboard.press(key);
  }

  /** Presses a key that leads to another page, and waits for that page. */
  async go(key) {
    await Promise.all([this.page.waitForEvent("framenavigated"), this.page.keyboard.press(key)]);
    await this.page.waitForLoadState("load");
  }

  /** Presses Tab until the focus stands on what the selector names. */
  async tabTo(selector, back = false) {
    for (let n = 0; n < 250; n++) {
      await this.page.keyboard.press(back ? "Shift+Tab" : "Tab");
      if (await this.page.evaluate((s) => document.activeElement?.matches(s), selector)) return;
    }
    throw new Error(`no way by keyboard to ${selector} on ${this.page.url()}`);
  }

  /** The address, opened as a person opens one: typed. */
  async visit(path) {
    const answer = await this.page.goto(this.base + path);
    await this.page.waitForLoadState("load");
    return answer.status();
  }

  /** Enters a report that somebody telephoned in, and ends on its page. */
  async enterReport(place, words) {
    await this.visit("/console/enter");
    await this.tabTo("#category");
    await this.press("ArrowDown");
    await this.tabTo('form[action="/console/enter"] button');
    await this.go("Enter");
    await this.tabTo("#place");
    await this.type(place);
    await this.tabTo("#description");
    await this.type(words);
    for (const field of await this.page.locator("[name^='answer.'][required]").all()) {
      await field.focus();
      const tag = await field.evaluate((f) => (f.tagName === "SELECT" ? "select" : f.type));
      if (tag === "select") await this.press("ArrowDown");
      else await this.type(tag === "date" ? "20260301" : "3");
    }
    await this.tabTo('form[action="/console/enter/report"] button');
    await this.go("Enter");
    if (!this.page.url().includes("/console/reports/")) throw new Error(`not entered: ${await this.text()}`);
  }

  /** Does an act of a report's page: opens it by its letter, fills in what the job types, and sends it. */
  async act(slug, job) {
    const key = await this.page.locator(`.act[data-act="${slug}"]`).first().getAttribute("data-key");
    if (key && (await this.count(`form.act.direct[data-act="${slug}"]`)) > 0) {
      await this.go(key.toLowerCase());
    } else {
      if (key) await this.press(key.toLowerCase());
      else {
        await this.tabTo(`.act[data-act="${slug}"] > summary`);
        await this.press("Enter");
      }
      if (job) await job();
      await this.tabTo(`.act[data-act="${slug}"] form button[type=submit]`);
      await this.go("Enter");
    }
    if ((await this.count(".notice.good")) === 0) throw new Error(`${slug} left ${await this.text()}`);
  }

  async text(selector = "main") {
    return this.page.locator(selector).first().innerText();
  }

  async count(selector) {
    return this.page.locator(selector).count();
  }

  /** What axe finds, as lines; and whether anything is wider than the window. */
  async faults() {
    await this.page.evaluate(axe);
    const found = await this.page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
    const lines = found.violations.map((v) => `${v.id}: ${v.help} — ${v.nodes.map((n) => n.target.join(" ")).slice(0, 3).join("; ")}`);
    const wide = await this.page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    if (wide > 1) lines.push(`the page is ${wide} px wider than the window`);
    return [...lines, ...this.problems.splice(0)];
  }
}
