/** What hostile tests do to the client: as root the strongest isolation is tried, else what this user may have. */
import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { type Executed, execute } from "../../../autoqa/client/execute";
import { findIsolation, type Isolation } from "../../../autoqa/client/isolation";
import { buildEvent } from "../events";
import { until } from "../harness";

const assignment = {
  number: 1,
  test: "hostile",
  arch: "noarch",
  event: buildEvent("mint-1-1"),
  endpoints: { kojiHubUrl: "", kojiFilesUrl: "", bodhiUrl: "", bodhiUsername: "autoqa" },
  timeoutSeconds: 20,
};
const passed = '[{"item":"mint-1-1","type":"koji_build","outcome":"PASSED","note":"","builds":["mint-1-1"]}]';

/** Command lines of all processes of this machine. */
function commandLines(): string[] {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids.map((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
    } catch {
      return "";
    }
  });
}

describe("a test's isolation", function () {
  this.timeout(60_000);
  let parent: string;
  let isolation: Isolation;

  before(() => {
    parent = mkdtempSync(join(tmpdir(), "autoqa-runs-"));
    isolation = findIsolation(["/bin/true"], parent);
  });

  after(() => rmSync(parent, { recursive: true }));

  async function run(
    script: string,
    timeoutSeconds = 20,
    signal = new AbortController().signal,
    slot = 0,
  ): Promise<Executed & { text: string }> {
    const command = ["/bin/bash", "-c", script];
    const executed = await execute(
      { ...assignment, timeoutSeconds },
      { command, isolation, slot, parent, maximumLogBytes: 100_000 },
      signal,
    );
    return { ...executed, text: Buffer.from(executed.log).toString() };
  }

  const outcome = ({ results }: Executed) => results.map(({ outcome, note }) => `${outcome} ${note}`.trim()).join();

  it("is the strongest where tests run as root", function () {
    if (process.getuid?.() !== 0) this.skip();
    assert.equal(isolation.name, "process namespace, a user for each slot, limits");
  });

  it("takes results from a test that ends well, and leaves nothing of it", async () => {
    const executed = await run(`echo hello; echo '${passed}' > results.json`);
    assert.equal(outcome(executed), "PASSED");
    assert.equal(executed.text, "hello\n");
    assert.deepEqual(readdirSync(parent), []);
  });

  it("does not take a pass from a test that crashed after it wrote one", async () => {
    assert.equal(
      outcome(await run(`echo '${passed}' > results.json; exit 3`)),
      "CRASHED the test was ended by exit code 3",
    );
    assert.match(
      outcome(await run(`echo '${passed}' > results.json; kill -SEGV $$`)),
      /^CRASHED the test was ended by/,
    );
  });

  it("is a crash without results, or with such that are none", async () => {
    assert.equal(outcome(await run("exit 0")), "CRASHED the test ended without results");
    assert.equal(
      outcome(await run('echo \'[{"outcome":"PASSED"}]\' > results.json')),
      "CRASHED the test ended without results",
    );
  });

  it("ends a test that prints a gigabyte, and keeps the beginning", async () => {
    const began = performance.now();
    const executed = await run(`head -c 1000000000 /dev/zero | tr '\\0' x; echo '${passed}' > results.json`);
    assert.equal(outcome(executed), "CRASHED the test printed more than 100000 bytes");
    assert.ok(executed.log.length < 101_000);
    assert.match(executed.text, /^xxx/);
    assert.ok(performance.now() - began < 5_000);
  });

  it("ends a test that takes too long", async () => {
    assert.equal(outcome(await run("sleep 1000", 1)), "ABORTED the test did not end within 1 s");
  });

  it("ends a test that is called off", async () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 100);
    assert.equal(outcome(await run("sleep 1000", 20, controller.signal)), "ABORTED the test was called off");
  });

  it("ends every process that a test left, also one in a session of its own", async function () {
    if (!isolation.prefix(0).includes("unshare")) this.skip();
    const marker = `left-behind-${process.pid}`;
    const executed = await run(
      `setsid sh -c 'while :; do sleep 0.1; : ${marker}; done' > /dev/null 2>&1 & echo '${passed}' > results.json`,
    );
    assert.equal(outcome(executed), "PASSED");
    await until("the process that was left is gone", 5, () => !commandLines().some((line) => line.includes(marker)));
  });

  it("survives a test that forks for ever", async function () {
    if (!isolation.prefix(0).includes("unshare")) this.skip();
    const marker = `fork-bomb-${process.pid}`;
    const executed = await run(`bomb() { : ${marker}; bomb | bomb & bomb; }; bomb 2> /dev/null; sleep 1000`, 2);
    assert.match(outcome(executed), /^(ABORTED|CRASHED)/);
    await until("no process of the bomb is left", 10, () => !commandLines().some((line) => line.includes(marker)));
  });

  it("leaves the other slot's test alone when a test forks for ever", async function () {
    if (isolation.owner === undefined) this.skip();
    const { signal } = new AbortController();
    const bomb = run("bomb() { bomb | bomb & bomb; }; bomb 2> /dev/null; sleep 1000", 4, signal, 0);
    const processes = () => commandLines().filter((line) => line.includes("bomb | bomb")).length;
    await until("the bomb has all processes that it may have", 3, () => processes() > 200);
    const innocent = `for i in $(seq 20); do /bin/true || exit 1; done; echo '${passed}' > results.json`;
    assert.equal(outcome(await run(innocent, 20, signal, 1)), "PASSED");
    assert.match(outcome(await bomb), /^(ABORTED|CRASHED)/);
  });

  it("lets no process of a test have the machine's memory", async function () {
    if (isolation.prefix(0).length === 0) this.skip();
    const bytes = Math.max(2 * 1024 ** 3, totalmem() / 2);
    const script = `python3 -c 'bytearray(${Math.ceil(bytes)})'; echo "exit code $?"; cat /proc/self/oom_score_adj; echo '${passed}' > results.json`;
    const { text } = await run(script);
    assert.match(text, /MemoryError.*exit code 1\n1000\n/s);
  });

  it("gives a test no token and no other directory", async function () {
    if (isolation.owner === undefined) this.skip();
    process.env.AUTOQA_CLIENT_TOKEN = "very secret";
    const secret = join(parent, "secret");
    try {
      const executed = await run(`env; id -u; ls ${parent}; touch ${secret}; echo '${passed}' > results.json`);
      assert.ok(!executed.text.includes("very secret"));
      assert.match(executed.text, /^64000$/m);
      assert.match(executed.text, /ls: cannot open directory/);
      assert.equal(existsSync(secret), false);
    } finally {
      delete process.env.AUTOQA_CLIENT_TOKEN;
    }
  });

  it("is weaker, and not absent, where the strongest cannot be had", () => {
    const closed = mkdtempSync(join(tmpdir(), "autoqa-closed-"));
    try {
      chmodSync(closed, 0o700);
      const found = findIsolation(["/bin/sh", "-c", "test $(id -u) = 0"], join(closed, "runs"));
      assert.notEqual(found.name, "process namespace, a user for each slot, limits");
    } finally {
      rmSync(closed, { recursive: true });
    }
  });
});
