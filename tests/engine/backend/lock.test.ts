import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
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
      assert.match(error.message, /pulumi cancel/);
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
    writeFileSync(path.join(files.locks, "far.json"), JSON.stringify({ ...dead, hostname: "elsewhere" }));
    await assert.rejects(lock(files, true), /elsewhere/);
  });
});
