// The room's rarer acts, each from the queue to its end by keyboard alone.

import { claim, must } from "../claims.mjs";
import { Desk } from "../browser.mjs";

/** The clerk's desk with a report open that nobody else works on: he enters it himself. */
async function own(world, job) {
  const desk = await Desk.open(world.browser, world.base);
  await desk.logIn("clerk", world.password);
  await desk.enterReport("老槐树下", "来电反映，路灯不亮");
  await job(desk);
  must(desk.problems.length === 0, desk.problems.join("\n"));
  await desk.close();
}

/** Types into a field of an act, which the act's key may have reached already. */
async function fill(desk, slug, name, typed) {
  const field = `.act[data-act="${slug}"] [name="${name}"]`;
  const isThere = await desk.page.evaluate((selector) => document.activeElement?.matches(selector), field);
  if (!isThere) await desk.tabTo(field);
  await desk.type(typed);
}

async function stands(desk, state) {
  const text = await desk.text(".standing .tag");
  must(text.includes(state), `${text} instead of ${state}`);
}

claim("a report is held, taken up again, sent down and that step taken back, by keyboard alone", (world) =>
  own(world, async (desk) => {
    await desk.act("hold", async () => {
      // In which order a day is typed is the system's affair: it is set here, and everything else typed.
      await desk.page.locator('.act[data-act="hold"] [name="until"]').fill("2027-12-31");
      await fill(desk, "hold", "reason", "等汛期过后再施工");
    });
    await stands(desk, "挂账");
    await desk.act("resume");
    await stands(desk, "待受理");
    await desk.act("send_down");
    await stands(desk, "处置中");
    await desk.act("withdraw");
    await stands(desk, "待受理");
  }),
);

claim("a report is made void and opened again by keyboard alone", (world) =>
  own(world, async (desk) => {
    await desk.act("accept");
    await stands(desk, "已受理");
    must((await desk.count('.act[data-act="void"]')) === 0, "nobody decides about what he entered himself");
    const here = desk.page.url();
    await desk.logOut();
    await desk.logIn("coordinator", world.password);
    await desk.visit(here.slice(world.base.length));
    await desk.act("void", () => fill(desk, "void", "reason", "重复上报"));
    await stands(desk, "已作废");
    await desk.act("reopen", () => fill(desk, "reopen", "reason", "并不是同一件"));
    await stands(desk, "已受理");
  }),
);

claim("a report is split in two and merged again by keyboard alone", (world) =>
  own(world, async (desk) => {
    // The part that goes on by itself has its own code, which names it.
    const part = await desk.text(".code");
    await desk.enterReport("水口塘边", "来电反映，护栏断了一截");
    await desk.act("split", () => fill(desk, "split", "into", part));
    must((await desk.text(".story")).includes("拆分"), await desk.text(".story"));
    await desk.act("merge", () => fill(desk, "merge", "into", part));
    await stands(desk, "已并案");
  }),
);

claim("a report is passed up to the county by keyboard alone", (world) =>
  own(world, async (desk) => {
    await desk.act("pass_up");
    must((await desk.text(".story")).includes("提级"), await desk.text(".story"));
  }),
);
