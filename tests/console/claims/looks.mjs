// Every page of every post: axe finds nothing, nothing is wider than the window, no script failed.

import { claim, must } from "../claims.mjs";
import { Desk, MANNERS } from "../browser.mjs";
import { walk } from "../pages.mjs";

const PEOPLE = ["clerk", "supervisor", "admin", "c05", "va", "dept-zf", "county"];

async function lookAround(world, who, manner) {
  const desk = await Desk.open(world.browser, world.base, MANNERS[manner]);
  await desk.logIn(who, world.password);
  const faults = [];
  const count = await walk(desk, async (href, status) => {
    if (status >= 500) faults.push(`${href}: ${status}`);
    const found = await desk.faults();
    faults.push(...found.map((fault) => `${href}: ${fault}`));
  });
  await desk.close();
  must(count > 1, `${who} found ${count} pages`);
  must(faults.length === 0, faults.join("\n"));
}

for (const who of PEOPLE) {
  claim(`axe finds nothing on any page of ${who}`, (world) => lookAround(world, who, "plain"));
}
for (const manner of ["dark", "english", "phone", "large"]) {
  claim(`axe finds nothing on any page of the clerk, ${manner}`, (world) => lookAround(world, "clerk", manner));
  claim(`axe finds nothing on any page of the supervisor, ${manner}`, (world) => lookAround(world, "supervisor", manner));
}
for (const manner of ["phone", "large"]) {
  claim(`axe finds nothing on any page of the administrator, ${manner}`, (world) => lookAround(world, "admin", manner));
}

claim("the log-in page, the wrong password and a page that is not there look as they should", async (world) => {
  for (const manner of ["plain", "dark", "english", "phone", "large"]) {
    const desk = await Desk.open(world.browser, world.base, MANNERS[manner]);
    const faults = [];
    const look = async () => faults.push(...(await desk.faults()).map((fault) => `${manner} ${desk.page.url()}: ${fault}`));
    await desk.visit("/console/login");
    await look();
    await desk.logIn("nobody", "not the password");
    must(desk.page.url().endsWith("/console/login"), desk.page.url());
    await look();
    await desk.visit("/console/nowhere");
    await look();
    await desk.close();
    must(faults.length === 0, faults.join("\n"));
  }
});

claim("every page can be read without JavaScript", async (world) => {
  const desk = await Desk.open(world.browser, world.base, MANNERS.noscript);
  await desk.logIn("supervisor", world.password);
  const count = await walk(desk, async (href, status) => {
    must(status < 500, `${href}: ${status}`);
    must((await desk.text()).trim().length > 10, `${href} says nothing`);
  });
  must(count > 3, `${count} pages`);
  await desk.close();
});
