import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { StackFiles } from "../../../engine/backend/layout";
import { lock, removeLocks } from "../../../engine/backend/lock";

describe("the lock of a stack", () => {
  let directory: string;
  let files: StackFiles;

  beforeEach(() => {
    directory = mkdtempSync(path.join(os.tmpdir(), "lock-"));
    files = new StackFiles(directory, { project: "proj", stack: "dev" });
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it("is for one at a time, and names who has it", async () => {
    const first = await lock(files, false);
    await assert.rejects(lock(files, false), (error: Error) => {
      assert.match(error.message, /^the stack is currently locked by 1 lock\(s\)/);
      assert.match(error.message, /`npm run engine -- cancel dev`/);
      assert.ok(error.message.includes(`${os.userInfo().username}@${os.hostname()} (pid ${process.pid})`));
      return true;
    });
    await first.release();
    const second = await lock(files, false);
    await second.release();
    assert.deepEqual(readdirSync(files.locks), []);
  });

  it("is removed by cancel, whoever has it", async () => {
    await lock(files, false);
    assert.equal(await removeLocks(files), 1);
    assert.equal(await removeLocks(files), 0);
    await (await lock(files, false)).release();
  });

  it("of a process of this machine that is gone can be broken, others cannot", async () => {
    await (await lock(files, false)).release();
    const { pid } = spawnSync("true");
    const dead = { pid, username: "u", hostname: os.hostname(), timestamp: "2026-01-01T00:00:00Z" };
    writeFileSync(path.join(files.locks, "dead.json"), JSON.stringify(dead));
    await assert.rejects(lock(files, false), /currently locked/);
    const taken = await lock(files, true);
    assert.equal(readdirSync(files.locks).length, 1);
    await assert.rejects(lock(files, true), /currently locked/, "we are alive");
    await taken.release();
    // Whoever has the number now began later.
    writeFileSync(path.join(files.locks, "reused.json"), JSON.stringify({ ...dead, pid: process.pid }));
    await (await lock(files, true)).release();
    assert.deepEqual(readdirSync(files.locks), []);
    writeFileSync(path.join(files.locks, "far.json"), JSON.stringify({ ...dead, hostname: "elsewhere" }));
    await assert.rejects(lock(files, true), /elsewhere/);
  });

  it("clears away what killed writers left, and not what is being written", async () => {
    const stacks = path.dirname(files.state);
    const anHourAgo = Date.now() / 1000 - 3601;
    for (const directory of [stacks, files.locks]) {
      mkdirSync(directory, { recursive: true });
      for (const name of ["dev.json.0123456789ab.tmp", "dev.json.bak.17.tmp", "dev.json.fresh.tmp"]) {
        writeFileSync(path.join(directory, name), "");
        if (!name.includes("fresh")) utimesSync(path.join(directory, name), anHourAgo, anHourAgo);
      }
    }
    await (await lock(files, false)).release();
    assert.deepEqual(readdirSync(stacks), ["dev.json.fresh.tmp"]);
    assert.deepEqual(readdirSync(files.locks), ["dev.json.fresh.tmp"]);
  });
});
