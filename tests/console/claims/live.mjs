// A real terminal phone reports, and open consoles hear of it.

import { claim, must } from "../claims.mjs";
import { Desk } from "../browser.mjs";

claim("a report of a real terminal phone arrives in an open queue, and nothing moves under the cursor", async (world) => {
  const phone = world.stage.phone("w01");
  await phone.enrol();
  const desk = await Desk.open(world.browser, world.base);
  await desk.logIn("clerk", world.password);
  await desk.visit("/console/queue?state=submitted");
  await desk.page.waitForFunction(() => document.documentElement.dataset.live === "on");
  await desk.press("j");
  const held = () => desk.page.evaluate(() => document.activeElement?.closest("[data-id]")?.dataset.id ?? null);
  const rows = () => desk.page.locator("#rows > [data-id]").evaluateAll((all) => all.map((row) => row.dataset.id).join());
  const [before, beforeRows] = [await held(), await rows()];
  await phone.report("终端手机拍到的横幅");
  await desk.page.waitForSelector("#live button", { timeout: 10_000 });
  must((await held()) === before, "the cursor moved");
  must((await rows()) === beforeRows, "the rows moved");
  await desk.go("r");
  const found = await desk.page.locator("#rows > [data-id]").count();
  must(found > beforeRows.split(",").filter(Boolean).length, "the new row did not come");
  await desk.close();
});
