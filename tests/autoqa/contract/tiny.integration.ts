/** A second AutoQA, in Python, from a git repository: fetched, installed, run by the supervisor, verified. */
import assert from "node:assert/strict";
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { fetchSource } from "../../../autoqa/contract/fetch";
import { Outputs } from "../../../verify/outputs";
import { Progress } from "../../../verify/progress";
import { verify } from "../../../verify/verify";
import { until } from "../harness";

const project = resolve(__dirname, "../../..");
const fixtures = resolve(__dirname, "../fixtures-tiny");
const controlToken = "a control token of the test";

describe("an AutoQA in another language", function () {
  this.timeout(90_000);
  let directory: string;
  const children: ChildProcess[] = [];

  before(() => {
    directory = mkdtempSync(join(tmpdir(), "autoqa-tiny-"));
  });

  after(async () => {
    for (const child of children) {
      if (child.exitCode !== null) continue;
      child.kill();
      await once(child, "exit");
    }
    rmSync(directory, { recursive: true, force: true });
  });

  async function start(program: string, args: string[]): Promise<Record<string, number>> {
    const command = ["-r", "./setup/typescript.cjs", join(project, program), ...args];
    const child = spawn(process.execPath, command, { stdio: ["ignore", "pipe", "inherit"] });
    children.push(child);
    const [line] = (await once(createInterface({ input: child.stdout }), "line")) as [string];
    return JSON.parse(line) as Record<string, number>;
  }

  it("is deployed from its repository and does what its scenario calls for", async () => {
    const repository = join(directory, "repository");
    cpSync(fixtures, repository, { recursive: true });
    const git = (...args: string[]) => {
      const identity = ["-c", "user.name=A", "-c", "user.email=a@example.org"];
      return execFileSync("git", [...identity, ...args], { cwd: repository, encoding: "utf8" }).trim();
    };
    git("init", "--quiet", "--initial-branch", "main");
    git("add", ".");
    git("commit", "--quiet", "--message", "tiny");
    const checkout = join(directory, "checkout");
    const { commit, manifest } = await fetchSource({ repository, ref: "main" }, checkout);
    assert.equal(commit, git("rev-parse", "HEAD"));
    assert.equal(manifest.client, undefined);

    const [supervisorPort = 0, autoqaPort = 0] = [await freePort(), await freePort()];
    const autoqaUrl = `http://127.0.0.1:${autoqaPort}`;
    const infraSecrets = join(directory, "infra.json");
    writeFileSync(infraSecrets, JSON.stringify({ controlToken, accounts: { autoqa: "password" } }), { mode: 0o600 });
    const infra = await start("services/main.ts", [
      ...["koji", "bodhi", "resultsdb", "control"].flatMap((name) => [`--${name}-port`, "0"]),
      ...["--host", "127.0.0.1", "--state-directory", join(directory, "infra"), "--secrets-file", infraSecrets],
      ...["--supervisor-url", `http://127.0.0.1:${supervisorPort}`, "--autoqa-status-url", `${autoqaUrl}/status`],
    ]);
    const environment = {
      AUTOQA_KOJI_HUB_URL: `http://127.0.0.1:${infra.koji}/kojihub`,
      AUTOQA_KOJI_FILES_URL: `http://127.0.0.1:${infra.koji}/kojifiles`,
      AUTOQA_REPOS_URL: `http://127.0.0.1:${infra.koji}/repositories`,
      AUTOQA_BODHI_URL: `http://127.0.0.1:${infra.bodhi}`,
      AUTOQA_BODHI_USERNAME: "autoqa",
      AUTOQA_BODHI_PASSWORD: "password",
      AUTOQA_RESULTSDB_URL: `http://127.0.0.1:${infra.resultsdb}/api/v2.0`,
      AUTOQA_LISTEN: `127.0.0.1:${autoqaPort}`,
      AUTOQA_PUBLIC_URL: "http://autoqa:8080",
      AUTOQA_POLL_SECONDS: "0.2",
    };
    const secrets = join(directory, "supervisor.json");
    writeFileSync(secrets, JSON.stringify({ controlToken, environment }), { mode: 0o600 });
    await start("services/supervisor/main.ts", [
      ...["--listen", `127.0.0.1:${supervisorPort}`, "--secrets-file", secrets],
      ...["--state-directory", join(directory, "state"), "--log-file", join(directory, "log"), "--"],
      ...["/bin/sh", "-c", 'cd "$0" && exec "$@"', checkout, ...manifest.server.start],
    ]);
    await until("the tiny AutoQA is healthy", 10, async () => {
      return fetch(`${autoqaUrl}/health`)
        .then(({ ok }) => ok)
        .catch(() => false);
    });

    const lines: string[] = [];
    const report = await verify({
      outputs: Outputs.parse({
        stage: 3,
        generation: "test",
        autoqa: { url: autoqaUrl, source: { repository, ref: "main", commit } },
        control: { url: `http://127.0.0.1:${infra.control}` },
        controlToken,
      }),
      scenarioFiles: [join(fixtures, "scenario.yaml")],
      timeoutSeconds: 30,
      progress: new Progress((line) => void lines.push(line)),
    });
    assert.equal(report.status, "passed", lines.join("\n"));
  });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
