/** The engine's command line under bad conditions: killed, interrupted, run twice, given nonsense. */
import assert from "node:assert/strict";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { bundleEngine, UP, until, Workplace } from "./workplace";

const CHAIN = `
const first = new Thing("first", { size: 1 });
const slow = new Thing("slow", { of: first.id });
new Thing("last", { of: slow.id });
export const label = slow.label;
`;
/** Long enough to do something meanwhile. */
const SLOW = { slow: { delayMs: { create: 3000 } } };

describe("the engine's command line", function () {
  this.timeout(120_000);
  const scratch = mkdtempSync(path.join(os.tmpdir(), "engine-cli-bundle-"));
  let engine: string;
  let place: Workplace;

  before(async () => {
    engine = await bundleEngine(scratch);
  });
  after(() => rmSync(scratch, { recursive: true }));

  beforeEach(async () => {
    place = new Workplace(engine);
    place.program(CHAIN);
    const { code, stderr } = await place.run(["stack", "init", "dev"]);
    assert.equal(code, 0, stderr);
  });
  afterEach(() => place.remove());

  describe("interrupted", () => {
    it("lets running steps finish, saves, says how to go on, and goes on next time", async () => {
      place.steer(SLOW);
      const running = place.start(UP);
      await running.printed(/slow creating/);
      running.child.kill("SIGINT");
      const { code, stdout, stderr } = await running.finished;
      assert.equal(code, 1, stdout);
      assert.match(stderr, /\^C received; cancelling/);
      assert.match(stderr, /To go on later, run the same command again/);
      assert.match(stdout, /error: update canceled/);
      assert.deepEqual(place.known, ["first", "slow"]);
      assert.deepEqual(place.processes, []);
      place.steer({});
      assert.equal((await place.up()).code, 0);
      assert.deepEqual(place.known, ["first", "last", "slow"]);
    });

    it("twice ends at once, with what was under way on record, and leaves no process", async () => {
      place.steer({ slow: { delayMs: { create: 60_000 } } });
      // The provider is to ignore the polite request.
      const provider = path.join(place.project, "provider", "index.js");
      writeFileSync(provider, readFileSync(provider, "utf8").replace("wakeSleepers();", ""));
      const running = place.start(UP);
      await running.printed(/slow creating/);
      running.child.kill("SIGTERM");
      await until(
        () => running.stderr.includes("cancelling"),
        () => "the first answer",
      );
      running.child.kill("SIGTERM");
      const { code } = await running.finished;
      assert.equal(code, 1);
      assert.deepEqual(
        place.state.pending_operations?.map(({ type }) => type),
        ["creating"],
      );
      await until(
        () => place.processes.length === 0,
        () => `the end of ${place.processes.join("\n")}`,
      );
      assert.equal((await place.run(["stack", "output", "--stack", "dev"])).code, 0);
    });
  });

  it("killed leaves a lock, which says whose it was; the next run may break it", async () => {
    place.steer(SLOW);
    const running = place.start(UP);
    await running.printed(/slow creating/);
    await until(
      () => place.state.pending_operations !== undefined,
      () => "the record of what is under way",
    );
    running.child.kill("SIGKILL");
    await running.finished;
    place.steer({});
    const refused = await place.up();
    assert.equal(refused.code, 1);
    assert.match(
      refused.stderr,
      new RegExp(`locked by 1 lock.*npm run engine -- cancel dev.*pid ${running.child.pid}`, "s"),
    );
    const next = await place.up("--break-dead-lock");
    assert.equal(next.code, 0, next.stdout);
    assert.match(next.stdout, /slow, interrupted while creating/);
    assert.equal((await place.run(["refresh", "--stack", "dev", "--yes", "-f", "--clear-pending-creates"])).code, 0);
    assert.equal(place.state.pending_operations, undefined);
  });

  it("run twice at once does one thing at a time", async () => {
    place.steer(SLOW);
    const first = place.start(UP);
    await first.printed(/slow creating/);
    const second = await place.up();
    assert.equal(second.code, 1);
    assert.match(second.stderr, /^error: the stack is currently locked by 1 lock\(s\)/);
    const preview = await place.run(["preview", "--stack", "dev"]);
    assert.equal(preview.code, 0, "a preview takes no lock");
    assert.equal((await first.finished).code, 0);
    assert.deepEqual(place.known, ["first", "last", "slow"]);
  });

  it("refuses a state file that was cut off, and overwrites nothing", async () => {
    assert.equal((await place.up()).code, 0);
    const whole = readFileSync(place.stateFile, "utf8");
    writeFileSync(place.stateFile, whole.slice(0, whole.length / 2));
    for (const words of [UP, ["destroy", "--stack", "dev", "--yes", "-f"], ["stack", "output", "--stack", "dev"]]) {
      const { code, stderr } = await place.run(words);
      assert.equal(code, 1);
      assert.match(stderr, /^error: the state file .*dev\.json is damaged or cut off/);
      assert.match(stderr, /dev\.json\.bak.*\n.*copy it over/);
    }
    assert.equal(readFileSync(place.stateFile, "utf8").length, Math.floor(whole.length / 2));
    copyFileSync(`${place.stateFile}.bak`, place.stateFile);
    assert.equal((await place.up()).code, 0);
  });

  it("refuses a wrong passphrase, and the lack of one", async () => {
    place.program('export const key = pulumi.secret("hidden value");');
    assert.equal((await place.up()).code, 0);
    const wrong = await place.run(UP, { PULUMI_CONFIG_PASSPHRASE: "wrong" });
    assert.equal(wrong.code, 1);
    assert.match(wrong.stderr, /^error: incorrect passphrase/);
    const none = await place.run(UP, { PULUMI_CONFIG_PASSPHRASE: undefined });
    assert.match(none.stderr, /passphrase must be set with PULUMI_CONFIG_PASSPHRASE/);
  });

  it("keeps secrets out of state, output and events", async () => {
    place.program(`
      const key = new pulumi.Config().requireSecret("key");
      new Thing("holder", { key });
      console.log("the program says hunter2hunter2");
      export { key };
    `);
    place.steer({ holder: { warn: "beware of hunter2hunter2" } });
    const words = ["config", "set", "--stack", "dev", "--secret", "key", "hunter2hunter2"];
    assert.equal((await place.run(words)).code, 0);
    const log = path.join(place.directory, "events.jsonl");
    const { code, stdout } = await place.up("--event-log", log);
    assert.equal(code, 0, stdout);
    assert.match(stdout, /beware of \[secret\]/);
    assert.match(stdout, /the program says \[secret\]/);
    const places = [
      stdout,
      readFileSync(log, "utf8"),
      readFileSync(place.stateFile, "utf8"),
      place.read("Pulumi.dev.yaml"),
    ];
    for (const text of places) assert.ok(!text.includes("hunter2"));
    const shown = await place.run(["stack", "output", "key", "--stack", "dev", "--show-secrets"]);
    assert.equal(shown.stdout, "hunter2hunter2\n");
  });

  it("leaves the settings file alone when it is told to", async () => {
    place.program('export const key = pulumi.secret("s");');
    const keep = { PULUMI_LOCAL_ENGINE_KEEP_SETTINGS: "true" };
    place.write("Pulumi.other.yaml", "# tracked\nconfig:\n  try:a: 1\n");
    assert.equal((await place.run(["stack", "init", "other"], keep)).code, 0);
    const words = UP.map((word) => (word === "dev" ? "other" : word));
    assert.equal((await place.run(words, keep)).code, 0);
    assert.equal(place.read("Pulumi.other.yaml"), "# tracked\nconfig:\n  try:a: 1\n");
    const { stdout } = await place.run(["stack", "output", "key", "--show-secrets", "--stack", "other"], keep);
    assert.equal(stdout, "s\n");
  });

  describe("with a provider", () => {
    it("that is missing, or cannot be run, says which file", async () => {
      rmSync(path.join(place.project, "provider", "pulumi-resource-fake"));
      const gone = await place.up();
      assert.equal(gone.code, 1);
      assert.match(gone.stdout, /provider\/pulumi-resource-fake, named by plugins\.providers .* there is no such file/);
      place.write("Pulumi.yaml", "name: try\nruntime: nodejs\n");
      assert.match((await place.up()).stdout, /no provider plugin for package 'fake': the local engine downloads none/);
    });

    it("that dies at once, shows its last words", async () => {
      writeFileSync(
        path.join(place.project, "provider", "pulumi-resource-fake"),
        "#!/bin/sh\necho no libvirt here >&2\nexit 7\n",
      );
      const { code, stdout } = await place.up();
      assert.equal(code, 1);
      assert.match(stdout, /ended unexpectedly \(exit code 7\); it printed:\s+no libvirt here/);
    });

    it("that dies during a call, says so and saves what was done", async () => {
      place.steer({ slow: { crashOn: "create" } });
      const { code, stdout } = await place.up();
      assert.equal(code, 1);
      assert.match(stdout, /fake:index:Thing \(slow\):\n +error: the plugin .* ended unexpectedly \(exit code 3\)/);
      assert.deepEqual(place.known, ["first"]);
      place.steer({});
      assert.equal((await place.up()).code, 0);
    });
  });

  describe("given nonsense", () => {
    const cases: [what: string, words: string[], code: number, message: RegExp][] = [
      ["an unknown flag", ["up", "--bogus"], 2, /unknown option '--bogus'/],
      ["an unknown command", ["upp"], 2, /unknown command 'upp'/],
      ["a wrong number", [...UP, "-p", "many"], 2, /invalid value "many": it must be a whole number/],
      ["no consent", ["up", "--stack", "dev", "--non-interactive"], 2, /--yes or --skip-preview must be passed/],
      ["an unknown stack", ["up", "--stack", "nobody", "--yes"], 6, /no stack named 'nobody' found/],
      ["a bad stack name", ["preview", "--stack", "a b"], 1, /a stack name may only contain/],
      ["an unknown output", ["stack", "output", "nope", "--stack", "dev"], 1, /does not have output property 'nope'/],
      ["a bad key", ["config", "set", "a:b:c:d", "x", "--stack", "dev"], 2, /invalid configuration key/],
      ["a stack that exists", ["stack", "init", "dev"], 1, /stack 'dev' already exists/],
    ];
    for (const [what, words, code, message] of cases) {
      it(`(${what}) says what is wrong and exits with ${code}`, async () => {
        const finished = await place.run(words);
        assert.equal(finished.code, code, finished.stderr);
        assert.match(finished.stderr, message);
        assert.doesNotMatch(finished.stderr, /\n +at /, "no stack trace");
      });
    }

    it("in the settings file names the file and the key", async () => {
      place.write("Pulumi.dev.yaml", "config:\n  plain: 1\n");
      const { code, stderr } = await place.up();
      assert.equal(code, 1);
      assert.match(stderr, /Pulumi\.dev\.yaml: could not parse plain as a configuration key/);
    });

    it("as a backend says what it takes", async () => {
      const elsewhere = await place.run(UP, { PULUMI_BACKEND_URL: "s3://bucket" });
      assert.match(elsewhere.stderr, /the backend s3:\/\/bucket is not supported by the local engine/);
      const missing = await place.run(UP, { PULUMI_BACKEND_URL: `file://${place.directory}/missing` });
      assert.match(missing.stderr, /missing .*does not exist: make it, then try again/);
    });
  });

  it("prints JSON that can be read", async () => {
    const preview = await place.run(["preview", "--json", "--stack", "dev"]);
    const document = JSON.parse(preview.stdout) as { steps: { op: string }[]; changeSummary: object };
    assert.equal(document.steps.length, 4);
    assert.deepEqual(document.changeSummary, { create: 4 });
    const { stdout } = await place.up("--json");
    const events = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    assert.ok("preludeEvent" in (events[0] ?? {}));
    assert.ok("cancelEvent" in (events.at(-1) ?? {}));
    const summary = events.at(-2)?.summaryEvent as { result: string; resourceChanges: object };
    assert.deepEqual(summary.resourceChanges, { create: 4 });
    assert.equal(summary.result, "succeeded");
    assert.deepEqual(
      events.map(({ sequence }) => sequence),
      events.map((_, index) => index),
    );
  });

  it("finds the project from below and with --cwd, and remembers the selected stack", async () => {
    mkdirSync(path.join(place.project, "deep"));
    assert.equal((await place.run(["--cwd", "deep", "stack", "select", "dev"])).code, 0);
    const { code, stdout } = await place.run(["preview"]);
    assert.equal(code, 0);
    assert.match(stdout, /^Previewing update \(dev\):/);
  });
});
