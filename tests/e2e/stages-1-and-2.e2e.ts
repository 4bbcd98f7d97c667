/** AutoQA beside production: in a box (stage 1), then posting to mock bodhi and ResultsDB (stage 2). */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Control, type JournalEntry } from "../../verify/control";
import { Production } from "./production";
import { type Outputs, succeeded, TestStack } from "./stack";

const hypervisor = `  autoqa-staging:hypervisors: [{ name: local, uri: "qemu:///system" }]\n`;
const box = `  autoqa-staging:stage: "1"
  autoqa-staging:machines: [{ name: autoqa, role: autoqa, memoryMiB: 768 }]
${hypervisor}`;
const posting = `  autoqa-staging:stage: "2"
  autoqa-staging:machines:
    - { name: infra, role: infra, memoryMiB: 512 }
    - { name: autoqa, role: autoqa, memoryMiB: 512 }
    - { name: client1, role: client, memoryMiB: 512 }
${hypervisor}`;

/** What may be asked of production, by koji's method or HTTP's; bodhi 0.9 reads by POST, too. */
const reads = /^(GET |POST \/get_updates_from_builds$|get|list|query)/;

/** The methods of a call, of koji's multiCall those that it consists of. */
function methodsOf({ method, arguments: args }: JournalEntry): string[] {
  if (method !== "multiCall") return [method];
  const [calls] = args as [{ methodName: string }[]];
  return calls.map(({ methodName }) => methodName);
}

describe("stages 1 and 2 on real machines", () => {
  const production = new Production();
  const stack = new TestStack("s12", box);
  let outputs: Outputs;

  before(() => production.start("rpmlint-plain-tags"));
  after(async () => {
    await stack.remove();
    await production.stop();
    assert.deepEqual(stack.traces(), []);
  });

  async function assertOnlyRead(): Promise<void> {
    const journal = await production.control.journal();
    assert.ok(
      journal.some(({ service }) => service === "koji"),
      "AutoQA has not asked koji anything",
    );
    assert.ok(
      journal.some(({ service }) => service === "bodhi"),
      "AutoQA has not asked bodhi anything",
    );
    assert.deepEqual(
      journal.flatMap(methodsOf).filter((method) => !reads.test(method)),
      [],
    );
    const { results, comments } = await production.control.posts();
    assert.deepEqual([...results, ...comments], []);
  }

  /** Waits for a page of AutoQA that says so. */
  async function untilPage(wanted: RegExp): Promise<void> {
    const deadline = Date.now() + 180_000;
    for (;;) {
      const page = await (await fetch(outputs.autoqa.url)).text();
      if (wanted.test(page)) return;
      assert.ok(Date.now() < deadline, `AutoQA's page does not become like ${wanted}:\n${page}`);
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }

  it("runs AutoQA in a box that reads production and posts nothing outside", async () => {
    stack.configure(box + production.config);
    succeeded(await stack.run("up"));
    outputs = await stack.outputs();
    assert.deepEqual(Object.keys(outputs).sort(), [
      ...["autoqa", "bodhi", "generation", "koji", "machines", "repos", "sshPrivateKey", "stage"],
    ]);
    assert.equal(outputs.stage, 1);
    assert.equal(new URL(outputs.koji.hubUrl).port, String(production.kojiPort));
    assert.equal(stack.domains().length, 1);
    await untilPage(/would be posted: rpmlint FAILED/);
    await assertOnlyRead();
  });

  it("flags crashes in the box", async () => {
    succeeded(await stack.verify("healthy"));
    stack.ssh(outputs, "autoqa", "kill -SEGV $(pgrep -f '^node autoqa.js server')");
    const { exitCode, output } = await stack.verify("crashed");
    assert.equal(exitCode, 1, output);
    assert.match(output, /FAILED: nothing crashed on autoqa\n.*supervisor: ended unexpectedly \(SIGSEGV\), restart 1/s);
  });

  it("replaces the box by machines that post to mock bodhi and ResultsDB, and nothing to production", async () => {
    stack.configure(posting + production.config);
    succeeded(await stack.run("up"));
    outputs = await stack.outputs();
    assert.equal(outputs.stage, 2);
    assert.equal(stack.domains().length, 3);
    await untilPage(/Idle.*rpmlint/s);
    const { output } = succeeded(await stack.verify("posted"));
    assert.match(output, /all 10 checks passed/);
    const posts = await new Control(outputs.control.url, outputs.controlToken).posts();
    assert.ok(posts.results.some(({ testcase, outcome }) => testcase.name === "dist.rpmlint" && outcome === "FAILED"));
    assert.ok(posts.comments.some(({ text }) => /rpmlint test FAILED/.test(text)));
    await assertOnlyRead();
  });

  it("lets nothing out that is misaddressed", () => {
    const routeTo = (address: string) => stack.ssh(outputs, "client1", `ip route get ${address}`);
    for (const address of ["10.0.2.3", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1"]) {
      const { status, stdout, stderr } = routeTo(address);
      assert.notEqual(status, 0, `${address}: ${stdout}${stderr}`);
    }
    assert.equal(routeTo("10.0.2.2").status, 0);
  });

  it("archives what was posted before it goes", async () => {
    const { results } = await new Control(outputs.control.url, outputs.controlToken).posts();
    succeeded(await stack.run("destroy"));
    const [archive = assert.fail("nothing was archived")] = stack.archives();
    assert.equal(archive.endsWith(join("reports/archive", `${stack.name}-${outputs.generation}.json`)), true);
    const archived = JSON.parse(readFileSync(archive, "utf8")) as { results: unknown };
    assert.deepEqual(archived.results, results);
  });
});
