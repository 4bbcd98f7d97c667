import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { Logs, logPath, parseLogPath } from "../../../autoqa/server/logs";

describe("jobs' logs", () => {
  let directory: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "autoqa-logs-"));
  });

  afterEach(() => rmSync(directory, { recursive: true }));

  const read = async (logs: Logs, job: number) => {
    const log = logs.open(job);
    return log === undefined ? undefined : text(log);
  };

  it("are found by the URL that was posted", () => {
    assert.deepEqual(parseLogPath(logPath(7, "client1", "rpmlint")), { number: 7, client: "client1", test: "rpmlint" });
    for (const path of [
      "results/7-autoqa/%/rpmlint/results/output.log",
      "results/7-autoqa/%ff/x/results/output.log",
      "results/7",
    ]) {
      assert.equal(parseLogPath(path), undefined, path);
    }
  });

  it("keep within a bound on disk: the oldest go, the newest stays whatever its size", async () => {
    const logs = new Logs(directory, 5 * 8192);
    for (let job = 1; job <= 8; job++) await logs.write(job, Buffer.from(`log ${job}`), () => true);
    assert.deepEqual(readdirSync(directory).sort(), ["4", "5", "6", "7", "8"]);
    assert.deepEqual([logs.has(3), await read(logs, 3), await read(logs, 4)], [false, undefined, "log 4"]);
    logs.writeNote(9, "x".repeat(100_000));
    assert.deepEqual(readdirSync(directory), ["9"]);
  });

  it("are counted again after a restart, and what an upload left is removed", async () => {
    const before = new Logs(directory, 5 * 8192);
    for (let job = 1; job <= 5; job++) before.writeNote(job, "note");
    writeFileSync(join(directory, "upload-3"), "half a lo");
    const after = new Logs(directory, 5 * 8192);
    after.writeNote(6, "note");
    assert.deepEqual(readdirSync(directory).sort(), ["2", "3", "4", "5", "6"]);
  });

  it("are replaced by none that is not wanted any more", async () => {
    const logs = new Logs(directory);
    assert.equal(await logs.write(1, Buffer.from("wanted"), () => true), true);
    assert.equal(await logs.write(1, Buffer.from("late"), () => false), false);
    assert.equal(await read(logs, 1), "wanted");
    assert.deepEqual(readdirSync(directory), ["1"]);
  });
});
