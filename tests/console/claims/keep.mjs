// The administrator: records by form, what a change means before it is written, outlines on the map, the second step at log-in.

import { claim, must } from "../claims.mjs";
import { Desk } from "../browser.mjs";

const GRID = "QH-YF-A1";

async function administrator(world, job) {
  const desk = await Desk.open(world.browser, world.base);
  await desk.logIn("admin", world.password);
  await job(desk);
  must(desk.problems.length === 0, desk.problems.join("\n"));
  await desk.close();
}

claim("an administrator changes a unit from log-in to log-out by keyboard alone, and sees first what it means", (world) =>
  administrator(world, async (desk) => {
    await desk.visit(`/console/keep/hand/unit?key=${GRID}`);
    await desk.tabTo("#f-telephone");
    await desk.press("Control+a");
    await desk.type("0570-5550123");
    await desk.tabTo("form.sheet-form button.main");
    await desk.go("Enter");
    must(desk.page.url().endsWith("/console/keep/proposal"), await desk.text());
    must((await desk.text()).includes("0570-5550123"), "the change is not shown");
    await desk.tabTo('form[action="/console/keep/proposal"] button.main');
    await desk.go("Enter");
    must((await desk.count(".notice.good")) > 0, await desk.text());
    await desk.logOut();
  }),
);

claim("a grid is drawn on the map, and what is drawn stands in the form as GeoJSON", (world) =>
  administrator(world, async (desk) => {
    await desk.visit("/console/keep/hand/unit?kind=grid");
    const map = desk.page.locator("[data-draw-place][data-state=drawn]");
    await map.waitFor();
    await desk.page.locator("button[data-draw=polygon]").click();
    await map.scrollIntoViewIfNeeded();
    const box = await map.boundingBox();
    const at = (x, y) => desk.page.mouse.click(box.x + box.width * x, box.y + box.height * y);
    await at(0.05, 0.05);
    await at(0.2, 0.06);
    await at(0.18, 0.2);
    await desk.page.mouse.dblclick(box.x + box.width * 0.06, box.y + box.height * 0.18);
    await desk.page.waitForFunction(() => document.querySelector("[data-outline]").value.includes("MultiPolygon"));
    await desk.page.locator("button[data-draw=clear]").click();
    must((await desk.page.locator("[data-outline]").inputValue()) === "", "cleared is empty");
  }),
);

claim("the first page can be used within a second of being asked for", async (world) => {
  const desk = await Desk.open(world.browser, world.base);
  await desk.logIn("clerk", world.password);
  await desk.visit("/console");
  const ms = await desk.page.evaluate(() => Math.round(performance.getEntriesByType("navigation")[0].domContentLoadedEventEnd));
  console.log(`        it can be used after ${ms} ms`);
  must(ms <= 1000, `${ms} ms`);
  await desk.close();
});
