// The desk's own work: entering by keyboard, picking lines, pictures sent by tus over a cut, faces blurred by hand.

import { claim, must } from "../claims.mjs";
import { Desk } from "../browser.mjs";

async function at(world, who, job) {
  const desk = await Desk.open(world.browser, world.base);
  await desk.logIn(who, world.password);
  await job(desk);
  must(desk.problems.length === 0, desk.problems.join("\n"));
  await desk.close();
}

claim("a clerk enters a report from the telephone by keyboard alone", (world) =>
  at(world, "clerk", async (desk) => {
    await desk.enterReport("王家桥头", "来电反映，请派人看看");
    must((await desk.text()).includes("王家桥头"), await desk.text());
  }),
);

claim("lines are picked by a key and many are urged at once", (world) =>
  at(world, "clerk", async (desk) => {
    await desk.visit("/console/queue?state=queued");
    await desk.press("j", "x", "j", "x");
    must((await desk.count('input[name="pick"]:checked')) === 2, "two lines are picked");
    await desk.page.locator("#bulk-act").selectOption("urge");
    await desk.tabTo(".batch-acts button[type=submit]");
    await desk.go("Enter");
    must((await desk.count(".results .accepted")) === 2, await desk.text());
  }),
);

claim("many are accepted at once and taken back by one press", (world) =>
  at(world, "clerk", async (desk) => {
    await desk.visit("/console/queue?state=queued");
    const before = await desk.count("li.line");
    await desk.press("j", "x", "j", "x");
    await desk.page.locator("#bulk-act").selectOption("accept");
    await desk.tabTo(".batch-acts button[type=submit]");
    await desk.go("Enter");
    must((await desk.count(".results .accepted")) === 2, await desk.text());
    await desk.tabTo('button[name="act"][value="withdraw"]');
    await desk.go("Enter");
    must((await desk.count(".results .accepted")) === 2, await desk.text());
    await desk.visit("/console/queue?state=queued");
    must((await desk.count("li.line")) === before, "they wait again");
  }),
);

claim("pictures are sent by tus, go on after a cut, and stand in the report without what the camera wrote", (world) =>
  at(world, "clerk", async (desk) => {
    await desk.visit("/console/queue?state=queued");
    await desk.press("j");
    await desk.go("Enter");
    const here = desk.page.url();
    const before = await desk.count(".pictures figure");
    // The second piece is lost once on its way.
    let cuts = 0;
    await desk.page.route("**/v1/uploads/*", (route) => {
      const isCut = route.request().method() === "PATCH" && cuts++ === 1;
      return isCut ? route.abort() : route.continue();
    });
    const jpeg = await desk.page.evaluate(async () => {
      const canvas = document.createElement("canvas");
      [canvas.width, canvas.height] = [2400, 1800];
      const pen = canvas.getContext("2d");
      const noise = pen.createImageData(canvas.width, canvas.height);
      for (let i = 0; i < noise.data.length; i += 1) noise.data[i] = i % 4 === 3 ? 255 : (i * 7919) % 251;
      pen.putImageData(noise, 0, 0);
      return canvas.toDataURL("image/jpeg", 0.9).split(",")[1];
    });
    const buffer = Buffer.from(jpeg, "base64");
    await desk.page.locator("#adding > summary").press("Enter");
    await desk.page.setInputFiles("#upload-files", { name: "after.jpg", mimeType: "image/jpeg", buffer });
    const [answer] = await Promise.all([
      desk.page.waitForResponse((r) => r.url().endsWith("/pictures") && r.request().method() === "POST"),
      desk.page.locator("#upload button[type=submit]").press("Enter"),
    ]);
    must(answer.status() === 303, `${answer.status()}`);
    must(cuts > 1, "nothing was cut");
    await desk.page.goto(here);
    must((await desk.count(".pictures figure")) === before + 1, "the picture stands in the report");
    desk.problems.length = 0;
  }),
);

claim("a voice note is played by keyboard", (world) =>
  at(world, "clerk", async (desk) => {
    await desk.visit(`/console/reports/${world.stage.programme.reports["5"]}`);
    await desk.tabTo(".voices audio");
    await desk.press("Space");
    await desk.page.waitForFunction(() => {
      const audio = document.querySelector(".voices audio");
      return audio.currentTime > 0.2 && audio.duration > 3.5 && audio.duration < 4.5;
    });
  }),
);

claim("a face is blurred by keyboard on a copy, and the picture on the server stays", (world) =>
  at(world, "clerk", async (desk) => {
    await desk.visit("/console/queue?state=all");
    const links = desk.page.locator("li.line a.open");
    let found = null;
    for (const href of await links.evaluateAll((all) => all.slice(0, 20).map((a) => a.getAttribute("href")))) {
      await desk.visit(href);
      const picture = desk.page.locator('.pictures a[href*="/pictures/"]').first();
      if (await picture.count()) {
        found = await picture.getAttribute("href");
        break;
      }
    }
    must(found, "no report with a picture");
    await desk.visit(`${found}/blur`);
    await desk.page.locator("#blur-save:not([hidden])").waitFor();
    const sum = () =>
      desk.page.evaluate(() => {
        const canvas = document.getElementById("blur");
        const data = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
        return data.reduce((all, one, i) => (all * 31 + one * (i % 7)) % 1000003, 0);
      });
    const plain = await sum();
    await desk.page.locator("#blur").focus();
    await desk.press("ArrowLeft", "ArrowUp", "Shift+ArrowRight", "Enter");
    must((await sum()) !== plain, "nothing was blurred");
    const [download] = await Promise.all([
      desk.page.waitForEvent("download"),
      desk.page.locator("#blur-save").press("Enter"),
    ]);
    must(download.suggestedFilename().endsWith("-blurred.jpg"), download.suggestedFilename());
    await desk.page.locator("#blur-undo").press("Enter");
    must((await sum()) === plain, "undone");
  }),
);
