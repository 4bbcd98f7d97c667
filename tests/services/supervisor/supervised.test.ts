import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createApp } from "../../../services/supervisor/app";
import { Supervised } from "../../../services/supervisor/supervised";
import { LogFile } from "../../../services/supervisor/tail";
import { isAlive } from "../../support/process";

/** Polls until the condition holds; fails with the reason after five seconds. */
async function until(reason: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 5_000;
  while (!(await condition())) {
    assert.ok(performance.now() < deadline, `still not so after 5 s: ${reason}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

describe("supervisor", () => {
  let directory: string;
  let log: LogFile;
  let running: Supervised[];

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "supervisor-"));
    log = new LogFile(join(directory, "program.log"));
    running = [];
  });

  afterEach(async () => {
    for (const one of running) await one.stop({ wipe: false });
    rmSync(directory, { recursive: true });
  });

  function supervise(script: string, options: { restartWindowMilliseconds?: number } = {}): Supervised {
    const supervised = new Supervised({
      command: "/bin/sh",
      args: ["-c", script],
      stateDirectory: join(directory, "state"),
      environment: process.env,
      log,
      graceMilliseconds: 300,
      restartDelayMilliseconds: 10,
      ...options,
    });
    running.push(supervised);
    return supervised;
  }

  it("runs a program in any language with its state directory, and shows its last lines", async () => {
    const supervised = supervise('echo "state in $AUTOQA_STATE_DIRECTORY"; exec sleep 1000');
    await supervised.start();
    await until("the program has printed", () => supervised.status().lastLines.length > 0);
    assert.deepEqual(supervised.status(), {
      state: "running",
      restarts: 0,
      lastLines: [`state in ${join(directory, "state")}`],
    });
  });

  it("ends the whole process group, also children that ignore SIGTERM, and wipes the state", async () => {
    const file = join(directory, "state", "child.pid");
    const supervised = supervise(`sh -c 'trap "" TERM; echo $$ > ${file}; while :; do sleep 1; done' & wait`);
    await supervised.start();
    await until("the child has written its pid", () => existsSync(file) && readFileSync(file, "utf8") !== "");
    const child = Number(readFileSync(file, "utf8"));
    await supervised.stop({ wipe: true });
    await until("the child is gone", () => !isAlive(child));
    assert.equal(existsSync(file), false);
    assert.equal(existsSync(join(directory, "state")), true);
    assert.equal(supervised.status().state, "stopped");
  });

  it("restarts a program that dies at most three times, then says exited and why", async () => {
    const supervised = supervise("echo dying; exit 7");
    await supervised.start();
    await until("it has given up", () => supervised.status().state === "exited");
    const status = supervised.status();
    assert.equal(status.restarts, 3);
    assert.equal(status.exitCode, 7);
    assert.equal(status.lastLines.filter((line) => line === "dying").length, 4);
    assert.match(status.lastLines.at(-1) ?? "", /exit code 7.*not restarted/);
  });

  it("does not count exits of long ago: one in a month is no reason to give up", async () => {
    const supervised = supervise("echo dying; sleep 0.05; exit 7", { restartWindowMilliseconds: 100 });
    await supervised.start();
    await until("it has died six times", () => {
      return supervised.status().lastLines.filter((line) => line === "dying").length > 6;
    });
    assert.equal(supervised.status().state, "running");
    assert.ok(supervised.status().restarts <= 2);
  });

  it("starts anew after it gave up", async () => {
    const marker = join(directory, "repaired");
    const supervised = supervise(`test -e ${marker} && exec sleep 1000; exit 1`);
    await supervised.start();
    await until("it has given up", () => supervised.status().state === "exited");
    writeFileSync(marker, "");
    await supervised.start();
    assert.deepEqual([supervised.status().state, supervised.status().restarts], ["running", 0]);
  });

  it("says so when the program cannot be started at all", async () => {
    const supervised = new Supervised({
      command: join(directory, "missing"),
      args: [],
      stateDirectory: join(directory, "state"),
      environment: {},
      log,
      restartDelayMilliseconds: 1,
    });
    await supervised.start();
    await until("it has given up", () => supervised.status().state === "exited");
    assert.match(supervised.status().lastLines.join("\n"), /missing cannot be started: .*ENOENT/);
  });

  describe("HTTP interface", () => {
    const authorization = "Bearer secret";

    it("refuses every call but health without the token", async () => {
      const app = createApp({ supervised: supervise("true"), log, controlToken: "secret" });
      assert.equal((await app.request("/health")).status, 503);
      for (const [method, path] of [
        ["GET", "/status"],
        ["GET", "/log"],
        ["POST", "/stop"],
        ["POST", "/start"],
        ["PUT", "/clock"],
      ] as const) {
        assert.equal((await app.request(path, { method })).status, 401, path);
        const wrong = await app.request(path, { method, headers: { authorization: "Bearer secreT" } });
        assert.equal(wrong.status, 401, path);
      }
    });

    it("stops, starts, shows the log and moves the clock", async () => {
      const clockFile = join(directory, "clock");
      const app = createApp({ supervised: supervise("exec sleep 1000"), log, controlToken: "secret", clockFile });
      const call = (method: string, path: string, body?: unknown) =>
        app.request(path, {
          method,
          headers: { authorization },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        });
      const state = async (response: Response) => ((await response.json()) as { state: string }).state;
      assert.equal(await state(await call("POST", "/start")), "running");
      assert.equal(await state(await call("GET", "/status")), "running");
      assert.equal(await state(await call("POST", "/stop")), "stopped");
      assert.equal((await call("PUT", "/clock", { offsetSeconds: -456192000 })).status, 200);
      assert.equal(readFileSync(clockFile, "utf8"), "-456192000\n");
      assert.equal((await call("PUT", "/clock", { offsetSeconds: 259200 })).status, 200);
      assert.equal(readFileSync(clockFile, "utf8"), "+259200\n");
      assert.equal((await call("PUT", "/clock", { offset: 1 })).status, 400);
      assert.equal((await call("GET", "/log")).status, 200);
      assert.equal((await call("GET", "/nothing")).status, 404);
    });
  });
});

describe("the supervisor's log file", () => {
  it("is turned over when it has grown, and keeps only the last lines at hand", () => {
    const directory = mkdtempSync(join(tmpdir(), "supervisor-log-"));
    const log = new LogFile(join(directory, "log"), 1000);
    for (let i = 0; i < 100; i++) log.append(`line ${i} ${"x".repeat(20)}\n`);
    assert.ok(readFileSync(join(directory, "log.1")).length >= 1000);
    assert.ok(log.read().length < 1100);
    assert.equal(log.lastLines().length, 40);
    assert.match(log.lastLines().at(-1) ?? "", /^line 99 /);
    rmSync(directory, { recursive: true });
  });
});
