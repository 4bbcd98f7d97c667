/** `npm run infra` with an AutoQA of a git repository: one in Python, and several that fail. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { readOutputs } from "../../verify/outputs";
import { Progress } from "../../verify/progress";
import { verify } from "../../verify/verify";
import { Repository } from "../autoqa/contract/repository";
import { until } from "../autoqa/harness";

const project = resolve(__dirname, "../..");
const tiny = join(project, "tests/autoqa/fixtures-tiny");

describe("npm run infra with any AutoQA", function () {
  this.timeout(90_000);
  let directory: string;
  let repository: Repository;
  let infra: ChildProcess | undefined;
  let log: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "any-autoqa-"));
    cpSync(tiny, join(directory, "repository"), { recursive: true });
    repository = new Repository(join(directory, "repository"));
    mkdirSync(join(directory, "tmp"));
  });

  afterEach(async () => {
    if (infra?.exitCode === null) {
      infra.kill();
      await once(infra, "exit");
    }
    assert.deepEqual(readdirSync(join(directory, "tmp")), []);
    rmSync(directory, { recursive: true });
  });

  function start(...args: string[]): ChildProcess {
    const program = ["-r", "./setup/typescript.cjs", join(project, "cli/infra.ts"), ...args];
    const environment = { TMPDIR: join(directory, "tmp"), AUTOQA_STAGING_CACHE: join(directory, "cache") };
    infra = spawn(process.execPath, program, {
      cwd: project,
      env: { ...process.env, ...environment },
      detached: true,
    });
    log = "";
    for (const stream of [infra.stdout, infra.stderr]) {
      stream?.on("data", (text) => {
        log += text;
      });
    }
    return infra;
  }

  it("does what its scenario calls for", async () => {
    const commit = repository.commit({});
    const file = join(directory, "outputs.json");
    const child = start("--outputs", file, "--autoqa-repository", repository.path);
    await until("the environment is healthy", 60, async () => existsSync(file) || child.exitCode !== null);
    assert.equal(child.exitCode, null, log);
    const outputs = await readOutputs({ file, stack: "" });
    assert.deepEqual(outputs.autoqa.source, { repository: repository.path, ref: "HEAD", commit });
    const lines: string[] = [];
    const report = await verify({
      outputs,
      scenarioFiles: [join(tiny, "scenario.yaml")],
      timeoutSeconds: 30,
      progress: new Progress((line) => void lines.push(line)),
    });
    assert.equal(report.status, "passed", lines.join("\n"));
  });

  for (const [when, files, sign] of [
    [
      "an AutoQA is being installed",
      { "autoqa-staging.yaml": "version: 1\ninstall: [sleep 300]\nserver: { start: [python3, tiny.py] }\n" },
      /AutoQA: sleep 300…/,
    ],
    [
      "it is not healthy yet",
      {
        "tiny.py": "import time\nprint('waiting', flush=True)\ntime.sleep(300)\n",
        "autoqa-staging.yaml": "version: 1\nserver: { start: [python3, tiny.py] }\n",
      },
      /starting mock koji/,
    ],
  ] as [string, Record<string, string>, RegExp][]) {
    it(`ends at once when it is interrupted while ${when}`, async () => {
      repository.commit(files);
      const child = start("--autoqa-repository", repository.path);
      await until(`it says ${sign}`, 30, () => sign.test(log) || child.exitCode !== null);
      const interrupted = performance.now();
      // As a terminal does: the whole process group.
      process.kill(-(child.pid ?? assert.fail()), "SIGINT");
      const [code] = (await once(child, "exit")) as [number];
      assert.equal(code, 130, log);
      assert.ok(performance.now() - interrupted < 15_000, log);
      assert.doesNotMatch(log, /^\s+at .*:\d+:\d+/m);
    });
  }

  for (const [what, files, args, message] of [
    [
      "a service that dies at once",
      { "tiny.py": "import nowhere\n", "autoqa-staging.yaml": "version: 1\nserver: { start: [python3, tiny.py] }\n" },
      [],
      /infra: AutoQA's server is not healthy: .*ended 4 times, at last with exit code 1[\s\S]*No module named 'nowhere'/,
    ],
    ["an installation that fails", { "tiny.py": "else:\n" }, [], /infra: The installation command failed: python3 -m/],
    [
      "a ref that does not exist",
      {},
      ["--autoqa-ref", "nowhere"],
      /infra: .* has no branch, tag or commit nowhere\.\n/,
    ],
    [
      "a ref that is an option",
      {},
      ["--autoqa-ref=--all"],
      /infra: --autoqa-ref: must be a branch, a tag or a commit\n/,
    ],
  ] as [string, Record<string, string>, string[], RegExp][]) {
    it(`says what is wrong with ${what}`, async () => {
      repository.commit(files);
      const [code] = (await once(start("--autoqa-repository", repository.path, ...args), "close")) as [number];
      assert.equal(code, 1, log);
      assert.match(log, message);
      assert.doesNotMatch(log, /^\s+at .*:\d+:\d+/m);
    });
  }
});
