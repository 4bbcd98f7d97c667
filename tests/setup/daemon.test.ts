import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { endDaemon, runningDaemon } from "../../setup/daemon";

describe("a daemon", () => {
  let scratch: string;
  let pidFile: string;
  let sleep: ChildProcess;

  beforeEach(async () => {
    scratch = mkdtempSync(join(tmpdir(), "daemon-"));
    pidFile = join(scratch, "sleep.pid");
    sleep = spawn("sleep", ["60"], { stdio: "ignore" });
    await new Promise((resolve) => sleep.once("spawn", resolve));
    writeFileSync(pidFile, `${sleep.pid}\n`);
  });
  afterEach(() => {
    sleep.kill("SIGKILL");
    rmSync(scratch, { recursive: true });
  });

  it("runs if its pid file names a process of its name", () => {
    assert.equal(runningDaemon(pidFile, "sleep"), sleep.pid);
    assert.equal(runningDaemon(pidFile, "libvirtd"), undefined, "somebody else has the number now");
    writeFileSync(pidFile, String(spawnSync("true").pid));
    assert.equal(runningDaemon(pidFile, "sleep"), undefined);
    assert.equal(runningDaemon(join(scratch, "none"), "sleep"), undefined);
  });

  it("is gone once it has been ended", async () => {
    const ended = new Promise((resolve) => sleep.once("exit", (_, signal) => resolve(signal)));
    await endDaemon(sleep.pid ?? assert.fail(), "sleep");
    assert.equal(runningDaemon(pidFile, "sleep"), undefined);
    assert.equal(await ended, "SIGTERM");
  });
});
