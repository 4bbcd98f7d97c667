/** The whole loop without VMs: real mock infrastructure, real AutoQA, real rpmlint, and the verification of both. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { type LocalEnvironment, startLocalEnvironment } from "../../cli/local-environment";
import { bundlePrograms, type Program } from "../../components/payload/bundle";
import { runCommand } from "../../verify/command";

const PROJECT = resolve(__dirname, "../..");
const DEADLINE = 60_000;

let directory: string;
before(async () => {
  directory = await mkdtemp(join(tmpdir(), "infra-test-"));
  process.env.XDG_CACHE_HOME = join(directory, "cache");
});
after(async () => {
  delete process.env.XDG_CACHE_HOME;
  await rm(directory, { recursive: true, force: true });
});

async function until(what: string, holds: () => boolean): Promise<void> {
  const deadline = Date.now() + DEADLINE;
  while (!holds()) {
    assert.ok(Date.now() < deadline, `${what}: not within ${DEADLINE} ms`);
    await new Promise((done) => setTimeout(done, 50));
  }
}

async function verify(...args: string[]): Promise<{ code: number; text: string }> {
  const lines: string[] = [];
  const write = (line: string) => void lines.push(line);
  const code = await runCommand(args, { out: write, err: write });
  return { code, text: lines.join("\n") };
}

/** Verifies, which must succeed. @returns each scenario's part of the report */
async function scenariosOf(...args: string[]): Promise<Map<string, string>> {
  const { code, text } = await verify(...args);
  assert.equal(code, 0, text);
  const file = join(args[args.indexOf("--report") + 1] ?? "", "report.json");
  const { scenarios } = JSON.parse(await readFile(file, "utf8")) as { scenarios: { name: string }[] };
  return new Map(scenarios.map((scenario) => [scenario.name, JSON.stringify(scenario, null, 2)]));
}

/** The children of a process and theirs, by pid. */
function descendants(pid: number): number[] {
  const file = `/proc/${pid}/task/${pid}/children`;
  const children = existsSync(file) ? readFileSync(file, "utf8").split(" ").filter(Boolean).map(Number) : [];
  return children.flatMap((child) => [child, ...descendants(child)]);
}

/** Whether a process runs; one that has ended but isn't yet reaped by its parent does not. */
function isAlive(pid: number): boolean {
  return commandOf(pid) !== "";
}

function commandOf(pid: number): string {
  const file = `/proc/${pid}/cmdline`;
  return existsSync(file) ? readFileSync(file, "utf8").replaceAll("\0", " ") : "";
}

describe("npm run infra", function () {
  this.timeout(400_000);
  let infra: ChildProcess;
  let log: string;
  let outputs: string;

  /** @param temporary takes what would be in /tmp, so that nothing of another run is touched */
  async function start(temporary: string): Promise<void> {
    log = "";
    await mkdir(temporary, { recursive: true });
    outputs = join(temporary, "outputs.json");
    infra = spawn(
      process.execPath,
      ["-r", "./setup/typescript.cjs", join(PROJECT, "cli/infra.ts"), "--outputs", outputs],
      {
        env: { ...process.env, TMPDIR: temporary },
        cwd: PROJECT,
      },
    );
    for (const stream of [infra.stdout, infra.stderr]) {
      stream?.on("data", (data) => {
        log += data;
      });
    }
    await until(`infra is healthy; it says: ${log}`, () => existsSync(outputs) || infra.exitCode !== null);
    assert.equal(infra.exitCode, null, log);
  }

  async function ended(): Promise<void> {
    if (infra.exitCode === null && infra.signalCode === null) await once(infra, "exit");
  }

  afterEach(async () => {
    infra.kill("SIGTERM");
    await ended();
  });

  it("runs every use case as expected, twice the same, and leaves nothing", async () => {
    const temporary = join(directory, "first");
    await start(temporary);
    assert.equal((await stat(outputs)).mode & 0o777, 0o600);
    const { stage, machines, generation, autoqa, ...rest } = JSON.parse(await readFile(outputs, "utf8"));
    assert.deepEqual([stage, machines], [3, []]);
    assert.match(generation, /^local-/);
    assert.equal(autoqa.source.repository, "bundled");
    assert.deepEqual(Object.keys(rest).sort(), ["bodhi", "control", "controlToken", "koji", "repos", "resultsdb"]);

    const all = await scenariosOf("--outputs", outputs, "--report", join(directory, "all"));
    assert.ok(all.size >= 10);
    const names = ["rpmlint-dist-tags", "rpmlint-plain-tags"];
    const chosen = names.flatMap((name) => ["--scenario", name]);
    const again = await scenariosOf("--outputs", outputs, "--report", join(directory, "again"), ...chosen);
    assert.deepEqual([...again.keys()], names);
    for (const [name, report] of again) assert.equal(report, all.get(name));

    const children = descendants(infra.pid ?? 0);
    assert.ok(children.length >= 5, `infra has ${children.length} processes`);
    infra.kill("SIGTERM");
    await ended();
    assert.equal(infra.exitCode, 0, log);
    assert.deepEqual(readdirSync(temporary), []);
    assert.deepEqual(children.filter(isAlive).map(commandOf), []);
  });

  it("says which child ended, with its last lines, and ends the others", async () => {
    await start(join(directory, "second"));
    const children = descendants(infra.pid ?? 0);
    const supervisor = children.find((pid) => commandOf(pid).includes("/supervisor.js "));
    assert.ok(supervisor !== undefined);
    process.kill(supervisor, "SIGKILL");
    await ended();
    assert.equal(infra.exitCode, 1);
    assert.match(log, /infra: the supervisor of AutoQA's \w+ ended by itself \(SIGKILL\)/);
    assert.deepEqual(readdirSync(join(directory, "second")), []);
  });

  it("takes its children with it when it is killed, and the next run clears up", async () => {
    const temporary = join(directory, "third");
    await start(temporary);
    const children = descendants(infra.pid ?? 0);
    infra.kill("SIGKILL");
    await ended();
    await until("its processes end", () => !children.some(isAlive));
    const left = readdirSync(temporary).filter((name) => name.startsWith("autoqa-staging-infra-"));
    assert.equal(left.length, 1);
    await rm(outputs);
    await start(temporary);
    const now = readdirSync(temporary).filter((name) => name.startsWith("autoqa-staging-infra-"));
    assert.equal(now.length, 1);
    assert.notDeepEqual(now, left);
  });
});

/** Stands before AutoQA's program and changes what it posts, whatever the program is like inside. */
function sabotage(body: string): string {
  return `{
    const original = globalThis.fetch;
    globalThis.fetch = async (input, init) => {
      const url = String(input?.url ?? input);
      const text = init?.body === undefined ? "" : String(init.body);
      const isResult = init?.method === "POST" && url.endsWith("/api/v2.0/results");
      const isComment = init?.method === "POST" && url.endsWith("/comment");
      const post = (body = init?.body) => original(input, { ...init, body });
      ${body}
      return original(input, init);
    };
  }\n`;
}

/** What AutoQA is made to do, and what the verification must say of it. They don't touch one another. */
const SABOTAGES: Record<string, [body: string, message: RegExp]> = {
  "a wrong verdict": [
    `if (isResult && text.includes("almanac") && text.includes("rpmlint")) return post(text.replace("FAILED", "PASSED"));`,
    /posted differently: result of dist\.rpmlint for almanac-2011\.1-1\.fc15 on noarch\n\s+outcome: expected FAILED\n\s+got {6}PASSED/,
  ],
  "a comment that is not made": [
    `if (isComment && text.includes("FEDORA-2011-7001") && text.includes("rpmlint")) return Response.json({ update: {} });`,
    /not posted: comment on FEDORA-2011-7001: AutoQA: rpmlint test PASSED on noarch/,
  ],
  "a result posted twice": [
    `if (isResult && text.includes("weather") && text.includes("rpmlint")) await post();`,
    /posted twice: result of dist\.rpmlint for weather-0\.9-3\.fc15 on noarch: FAILED/,
  ],
  "a call to koji that is not modelled": [
    `if (isResult && text.includes("greeting") && text.includes("rpmlint")) {
      const call = "<?xml version='1.0'?><methodCall><methodName>inventedMethod</methodName><params><param><value><int>7</int></value></param></params></methodCall>";
      await original(process.env.AUTOQA_KOJI_HUB_URL, { method: "POST", body: call, headers: { "content-type": "text/xml" } });
    }`,
    /call that the mock does not model: koji: inventedMethod \[7\]/,
  ],
};

describe("verify against a sabotaged AutoQA", function () {
  this.timeout(120_000);
  const programs: Partial<Record<Program, string>> = {};
  const source = { repository: "sabotaged", ref: "HEAD", commit: "0".repeat(40) };
  let environment: LocalEnvironment | undefined;

  before(async () => {
    for (const [program, content] of Object.entries(await bundlePrograms(PROJECT))) {
      const path = join(directory, `${program}.js`);
      programs[program as Program] = path;
      await writeFile(path, content);
    }
  });
  afterEach(async () => {
    await environment?.stop();
    environment = undefined;
  });

  async function verifyWith(autoqa: string, ...args: string[]): Promise<{ code: number; text: string }> {
    const own = await mkdtemp(join(directory, "environment-"));
    const { infra = "", supervisor = "" } = programs;
    const sabotaged = { source, directory, server: ["node", autoqa, "server"], client: ["node", autoqa, "client"] };
    environment = await startLocalEnvironment({ infra, supervisor }, sabotaged, own);
    const outputs = join(own, "outputs.json");
    await writeFile(outputs, JSON.stringify(environment.outputs), { mode: 0o600 });
    return verify("--outputs", outputs, "--scenario", "rpmlint-dist-tags", "--report", join(own, "report"), ...args);
  }

  it(`names ${Object.keys(SABOTAGES).join(", ")}`, async () => {
    const autoqa = join(directory, "sabotaged.js");
    const bodies = Object.values(SABOTAGES).map(([body]) => body);
    await writeFile(autoqa, sabotage(bodies.join("\n")) + (await readFile(programs.autoqa ?? "", "utf8")));
    const { code, text } = await verifyWith(autoqa);
    assert.equal(code, 1, text);
    for (const [, message] of Object.values(SABOTAGES)) assert.match(text, message);
    const wrong = text.match(/posted differently|not posted|posted twice|not expected:|does not model/g) ?? [];
    assert.equal(wrong.length, Object.keys(SABOTAGES).length, text);
  });

  it("gives AutoQA up when its server ends again and again, with its last lines", async () => {
    const autoqa = join(directory, "dying.js");
    const prelude = `if (process.argv[2] === "server") setTimeout(() => { console.error("out of luck"); process.exit(3); }, 300);\n`;
    await writeFile(autoqa, prelude + (await readFile(programs.autoqa ?? "", "utf8")));
    const { code, text } = await verifyWith(autoqa, "--timeout", "100");
    assert.equal(code, 1, text);
    assert.match(
      text,
      /AutoQA will not settle: .* has given its program up, .*\(exit code 3\); its last lines:\n[\s\S]*out of luck/,
    );
  });
});
