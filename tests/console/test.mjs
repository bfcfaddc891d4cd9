// The console in a real browser against a real server and a real terminal phone: `make test-console`.

import { prove } from "./claims.mjs";
import { openBrowser } from "./browser.mjs";
import { setStage } from "./stage.mjs";
import "./claims/days.mjs";
import "./claims/desk.mjs";
import "./claims/files.mjs";
import "./claims/keep.mjs";
import "./claims/live.mjs";
import "./claims/looks.mjs";
import "./claims/room.mjs";

const stage = await setStage();
const browser = await openBrowser();
let isGood = false;
try {
  isGood = await prove({ stage, browser, base: stage.programme.url, password: stage.programme.password }, process.argv[2]);
} finally {
  await browser.close();
  await stage.strike();
}
process.exitCode = isGood ? 0 : 1;
