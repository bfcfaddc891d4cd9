// A real server with three weeks of history (xunge-stage), and terminal phones beside it.

import { execFile, spawn } from "node:child_process";
import { mkdtempSync, rmSync, existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");

/** The folder of built programs and of pictures. */
export const target = resolve(root, process.env.CARGO_TARGET_DIR ?? "target");
const binary = (name) => join(target, "debug", name);
const run = promisify(execFile);

/** Starts the stage; `programme` says where it is and what there is to be found. */
export async function setStage() {
  // The history asks for many syncs of files that nobody needs after a crash.
  const base = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();
  const folder = mkdtempSync(join(base, "xunge-console-"));
  const child = spawn(binary("xunge-stage"), [join(folder, "stage")], { stdio: ["pipe", "pipe", "inherit"] });
  let text = "";
  const programme = await new Promise((done, failed) => {
    child.on("exit", (code) => failed(new Error(`xunge-stage ended with ${code}`)));
    child.stdout.on("data", (piece) => {
      text += piece;
      if (text.includes("\n")) done(JSON.parse(text));
    });
  });
  const strike = async () => {
    child.removeAllListeners("exit");
    const ended = new Promise((done) => child.on("exit", done));
    child.stdin.end();
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  const phone = (who) => new TerminalPhone(join(folder, `phone-${who}`), programme.tickets.find((t) => t.person === who));
  return { programme, strike, phone, folder };
}

/** A real terminal phone: the device core in a process of its own for every command. */
class TerminalPhone {
  constructor(folder, ticket) {
    this.folder = folder;
    this.ticket = ticket;
  }

  async say(...words) {
    const { stdout } = await run(binary("xunge-phone"), ["--phone", this.folder, ...words]);
    return stdout;
  }

  async enrol() {
    await this.say("enrol", this.ticket.code);
    return this.say("sync");
  }

  /** Captures a report and sends it. */
  async report(words) {
    const said = await this.say("capture", "--category", "enforcement.banner", "--text", words, ...this.place());
    await this.say("sync");
    return said;
  }

  place() {
    return ["--grid", "QH-YF-A1"];
  }
}
