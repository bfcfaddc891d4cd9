// Each person's day from log-in to log-out, with nothing but the keyboard.

import { claim, must } from "../claims.mjs";
import { Desk } from "../browser.mjs";

async function day(world, who, job, options) {
  const desk = await Desk.open(world.browser, world.base, options);
  await desk.logIn(who, world.password);
  must(desk.page.url().endsWith("/console"), `${who} logged in at ${desk.page.url()}`);
  await job(desk);
  await desk.logOut();
  must(desk.problems.length === 0, desk.problems.join("\n"));
  await desk.close();
}

/** From the first page to the queue, with one of its tabs, and into its first report. */
async function openFirst(desk, state) {
  await desk.visit(`/console/queue?state=${state}`);
  must((await desk.count("li.line")) > 0, `nothing is ${state}`);
  await desk.press("j");
  await desk.go("Enter");
  must(desk.page.url().includes("/console/reports/"), desk.page.url());
}

/** The key of the act has put the focus on the list of units: the next one, unless one is proposed. */
async function chooseUnit(desk) {
  const chosen = await desk.page.evaluate(() => document.activeElement.value);
  if (!chosen) await desk.press("ArrowDown");
}

claim("a clerk accepts, classifies and dispatches by keyboard alone", (world) =>
  day(world, "clerk", async (desk) => {
    await openFirst(desk, "queued");
    await desk.act("accept");
    await desk.act("classify", async () => {
      await desk.tabTo('.act[data-act="classify"] select[name=risk]');
      await desk.press("ArrowDown");
    });
    await desk.act("dispatch", () => chooseUnit(desk));
    const story = await desk.text(".story");
    must(story.includes("交办"), story);
    await desk.go("0");
    must(desk.page.url().includes("/console/queue"), desk.page.url());
  }),
);

claim("a clerk finds a report by two characters, by keyboard alone", (world) =>
  day(world, "clerk", async (desk) => {
    await desk.press("/");
    await desk.type("路灯");
    await desk.go("Enter");
    must((await desk.count("li.line")) > 0, "the search found nothing");
    await desk.press("j");
    await desk.go("Enter");
    must((await desk.text()).includes("路灯"), "another report");
  }),
);

claim("a chief decides what waits for him by keyboard alone", (world) =>
  day(world, "c05", async (desk) => {
    const links = desk.page.locator("li.line a.open");
    if (!(await links.count())) return;
    await desk.press("j");
    await desk.go("Enter");
    await desk.act("approve");
  }),
);

claim("a department signs and feeds back by keyboard alone", (world) =>
  day(world, "dept-zf", async (desk) => {
    if (await desk.count("li.line a.open")) {
      await desk.press("j");
      await desk.go("Enter");
      if (await desk.count('.act[data-act="sign"]')) await desk.act("sign");
      if (await desk.count('.act[data-act="feed_back"]')) {
        await desk.act("feed_back", async () => {
          await desk.tabTo('.act[data-act="feed_back"] textarea');
          await desk.type("已到现场清理");
        });
      }
    }
  }),
);

claim("what somebody typed stays when the report moved meanwhile, and twice the same act is one", async (world) => {
  const [one, other] = [await Desk.open(world.browser, world.base), await Desk.open(world.browser, world.base)];
  for (const desk of [one, other]) await desk.logIn("clerk", world.password);
  await openFirst(one, "accepted");
  const here = new URL(one.page.url()).pathname;
  await other.visit(here);
  const words = "等施工队进场再办";
  const key = await one.page.locator('.act[data-act="hold"]').getAttribute("data-key");
  await one.press(key.toLowerCase());
  const isDay = await one.page.evaluate(() => document.activeElement.type === "date");
  if (!isDay) await one.tabTo('.act[data-act="hold"] input[type=date]');
  await one.type("20271231");
  await one.tabTo('.act[data-act="hold"] textarea');
  await one.type(words);
  await other.act("dispatch", () => chooseUnit(other));
  await one.tabTo('.act[data-act="hold"] form button[type=submit]');
  await one.go("Enter");
  must((await one.count(".notice.bad")) > 0, "nobody was told that the report moved");
  must((await one.page.locator('.act[data-act="hold"] textarea').first().inputValue()) === words, "the words went");
  for (const desk of [one, other]) await desk.close();
});
