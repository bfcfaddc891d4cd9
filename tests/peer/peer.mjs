// The same work on PouchDB, which Medic's CHT rests on: reports made offline go up, another device takes them down, then nothing is new.
// `peer.mjs DOCUMENTS` reads the reports from a file, a JSON array, and prints one line of JSON. Both sides have LevelDB on disk, the
// server is a process of its own, and every byte passes a relay that counts.

import { fork } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from "node:fs";
import { createServer, connect } from "node:net";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";

const require = createRequire(import.meta.url);
const PouchDB = require("pouchdb");

if (process.argv[2] === "--server") {
  const express = require("express");
  const Served = PouchDB.defaults({ prefix: `${process.argv[3]}/` });
  const app = express();
  app.use("/", require("express-pouchdb")(Served, { mode: "minimumForPouchDB", logPath: join(process.argv[3], "log.txt") }));
  const server = app.listen(0, "127.0.0.1", () => process.send(server.address().port));
} else {
  await measure(JSON.parse(readFileSync(process.argv[2], "utf8")));
}

async function measure(reports) {
  const folder = mkdtempSync(join(tmpdir(), "peer-"));
  const child = fork(new URL(import.meta.url).pathname, ["--server", folder]);
  // Whatever goes wrong, nothing is left running.
  process.on("exit", () => child.kill());
  const port = await new Promise((resolve) => child.once("message", resolve));
  const relay = await counting(port);
  const url = `http://127.0.0.1:${relay.port}/township`;
  const first = new PouchDB(join(folder, "first"));
  const second = new PouchDB(join(folder, "second"));
  for (const report of reports) await first.put(report);
  const told = {};
  const step = async (name, job) => {
    relay.reset();
    const start = performance.now();
    await job();
    Object.assign(told, { [`${name}_s`]: (performance.now() - start) / 1000, [`${name}_bytes`]: relay.bytes(), [`${name}_requests`]: relay.requests() });
  };
  await step("up", () => first.replicate.to(url));
  await step("down", () => second.replicate.from(url));
  const info = await second.info();
  if (info.doc_count !== reports.length) throw new Error(`${info.doc_count} of ${reports.length} arrived`);
  // The first sync in both directions finds out where both stand; the ones after it are the usual ones.
  await second.sync(url);
  await step("idle", () => second.sync(url));
  await first.close();
  await second.close();
  told.phone_bytes = size(join(folder, "first"));
  child.kill();
  relay.close();
  rmSync(folder, { recursive: true });
  console.log(JSON.stringify(told));
}

function size(path) {
  const facts = statSync(path);
  return facts.isDirectory() ? readdirSync(path).reduce((sum, name) => sum + size(join(path, name)), 0) : facts.size;
}

/** A relay before a port that counts what passes, heads included. */
async function counting(port) {
  let bytes = 0;
  let requests = 0;
  const server = createServer((near) => {
    const far = connect(port, "127.0.0.1");
    near.on("data", (piece) => {
      bytes += piece.length;
      // A request begins with its method; pieces in the middle of a body do not.
      if (/^(GET|PUT|POST|HEAD|DELETE) \//.test(piece.toString("latin1", 0, 12))) requests += 1;
    });
    far.on("data", (piece) => (bytes += piece.length));
    near.pipe(far).pipe(near);
    near.on("error", () => far.destroy());
    far.on("error", () => near.destroy());
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: server.address().port,
    bytes: () => bytes,
    requests: () => requests,
    reset: () => ([bytes, requests] = [0, 0]),
    close: () => server.close(),
  };
}
