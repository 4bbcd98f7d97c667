/** The whole of it on real machines: deploy, verify, deploy again, kill, destroy. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { Production } from "./production";
import { type Outputs, projectDirectory, stage3Config, succeeded, TestStack } from "./stack";
import { Witness } from "./witness";

describe("stage 3 on real machines", () => {
  const stack = new TestStack("s3", stage3Config);
  const production = new Production();
  let first: Outputs;

  after(async () => {
    await stack.remove();
    assert.deepEqual(stack.traces(), []);
  });

  /** Runs use cases. @returns what the report says of each, by name */
  async function verify(report: string, scenarios: string[]): Promise<Map<string, unknown>> {
    const chosen = scenarios.flatMap((scenario) => ["--scenario", scenario]);
    succeeded(await stack.verify(report, chosen));
    const { scenarios: judged } = JSON.parse(readFileSync(join(stack.scratch, report, "report.json"), "utf8")) as {
      scenarios: { name: string }[];
    };
    return new Map(judged.map((scenario) => [scenario.name, scenario]));
  }

  it("previews an environment that does not exist yet", async () => {
    const { output } = succeeded(await stack.run("preview"));
    assert.match(output, /libvirt:index:Domain/);
    assert.deepEqual(stack.traces(), []);
    assert.notEqual((await stack.run("outputs")).exitCode, 0, "the preview left a stack");
  });

  it("comes up with every service healthy and reachable", async () => {
    succeeded(await stack.run("up"));
    first = await stack.outputs();
    assert.equal(first.stage, 3);
    assert.equal(stack.domains().length, 3);
    const { status } = await fetch(`${first.control.url}/health`);
    assert.equal(status, 200);
    const page = await fetch(first.autoqa.url);
    assert.equal(page.status, 200);
  });

  it("cuts its machines off from everything but each other, and lets no packet out", async () => {
    assert.equal(stack.ssh(first, "client1", "bash -c 'exec 3<>/dev/tcp/infra/7001'").status, 0);
    const witness = new Witness();
    await Promise.all([witness.start(), production.start("rpmlint-plain-tags")]);
    try {
      const tcp = [
        ...[witness.tcpPort, production.kojiPort, production.bodhiPort, 22].map((port) => `10.0.2.2/${port}`),
        ...["10.0.2.3/53", "192.0.2.1/80"],
      ];
      const attempts = [
        ...tcp.map((to) => `timeout 2 bash -c 'exec 3<>/dev/tcp/${to}' && echo reached ${to}`),
        `echo hello >/dev/udp/10.0.2.2/${witness.udpPort}`,
        "getent hosts example.org && echo resolved",
      ];
      for (const { name } of first.machines) {
        const { stdout } = stack.ssh(first, name, `bash -c "${attempts.join("; ")}" 2>/dev/null`);
        assert.equal(stdout, "", `${name} got out`);
      }
      assert.deepEqual(witness.seen, []);
      const asked = (await production.control.journal()).filter(({ service }) => /^(koji|bodhi)$/.test(service));
      assert.deepEqual(asked, []);
      await assert.rejects(fetch(`http://127.0.0.1:${witness.tcpPort}`));
      assert.equal(witness.seen.length, 1, "the witness is blind");
    } finally {
      await Promise.all([witness.stop(), production.stop()]);
    }
  });

  it("isolates tests as well as it can be done", () => {
    const { stdout } = stack.ssh(first, "client1", "grep 'isolated by' /var/log/staging-client.log");
    assert.match(stdout, /process namespace, a user for each slot, limits/);
  });

  it("shows no secret where others could read it", async () => {
    const { output } = succeeded(await stack.run("outputs", ["--json"]));
    const state = spawnSync("grep", ["--recursive", "--count", first.controlToken, stack.scratch], {
      encoding: "utf8",
    });
    assert.doesNotMatch(output, new RegExp(first.controlToken));
    assert.equal(state.status, 1, state.stdout);
    assert.doesNotMatch(spawnSync("ps", ["-eo", "args"], { encoding: "utf8" }).stdout, new RegExp(first.controlToken));
  });

  // The other use cases run without machines (tests/verify/infra.integration.ts): emulated ones are ten times slower.
  it("passes verification, and after a new deploy again with the same report", async () => {
    const before = await verify("first", ["rpmlint-dist-tags", "rpmlint-plain-tags"]);
    succeeded(await stack.run("up"));
    const second = await stack.outputs();
    assert.notEqual(second.generation, first.generation);
    assert.equal(stack.domains().length, 3);
    assert.ok(
      stack.traces().every((trace) => !trace.includes(first.generation)),
      stack.traces().join("\n"),
    );
    const [archive] = stack.archives();
    const { results } = JSON.parse(readFileSync(archive ?? assert.fail("nothing was archived"), "utf8")) as {
      results: object[];
    };
    assert.notEqual(results.length, 0);
    const after = await verify("second", ["rpmlint-plain-tags"]);
    assert.deepEqual(after.get("rpmlint-plain-tags"), before.get("rpmlint-plain-tags"));
  });

  it("is destroyed from another clone after a deploy that was killed half-way", async () => {
    const killed = stack.start(["cli/main.ts", "up", "--engine", "local", "--stack", stack.name]);
    killed.stdout.setEncoding("utf8");
    await new Promise<void>((resolve, reject) => {
      let output = "";
      killed.stdout.on("data", (text: string) => {
        output += text;
        if (/Domain \S+ creating/.test(output)) resolve();
      });
      killed.once("close", () => reject(new Error(`the deploy ended before it could be killed:\n${output}`)));
    });
    process.kill(-(killed.pid ?? assert.fail("no process")), "SIGKILL");
    await new Promise((resolve) => killed.once("close", resolve));

    const clone = join(stack.scratch, "clone");
    mkdirSync(clone);
    assert.equal(spawnSync("git", ["clone", "--quiet", projectDirectory, clone]).status, 0);
    symlinkSync(join(projectDirectory, "node_modules"), join(clone, "node_modules"));
    mkdirSync(join(clone, "providers/libvirt/dist"));
    symlinkSync(
      join(projectDirectory, "providers/libvirt/dist/main.js"),
      join(clone, "providers/libvirt/dist/main.js"),
    );
    succeeded(await stack.run("destroy", [], clone));
    assert.deepEqual(stack.traces(), []);
  });
});
