/** What a command puts right before it does its own, on a real libvirt and a state of the test's own. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { recover } from "../../cli/recover";
import { type Stack, stackOf } from "../../cli/stack";
import { hypervisor, linesOf } from "../../cli/virsh";
import { generationName, urnPrefix } from "../../components/naming";
import { networkResource } from "../../providers/libvirt/resources/network";
import { startLibvirt } from "../../setup/libvirt";

const uri = "qemu:///system";
const virsh = hypervisor(uri);

describe("recovering from a killed deploy", function () {
  this.timeout(60_000);
  const before = process.env.PULUMI_BACKEND_URL;
  let scratch: string;
  let stack: Stack;
  let orphan: string;

  beforeEach(async () => {
    await startLibvirt();
    scratch = mkdtempSync(join(tmpdir(), "autoqa-recover-"));
    process.env.PULUMI_BACKEND_URL = `file://${scratch}`;
    const engine = { name: "local" as const, reason: "", projectDirectory: join(__dirname, "../..") };
    stack = stackOf(engine, `recover${randomBytes(3).toString("hex")}`);
    const urn = (rest: string) => `${urnPrefix(stack.name, stack.project)}${rest}`;
    const [provider, generation] = ["pulumi:providers:libvirt", "random:index/randomId:RandomId"];
    const resources = [
      { urn: urn(`${provider}::local`), custom: true, id: "1", type: provider, inputs: { uri } },
      { urn: urn(`${generation}::generation`), custom: true, id: "2", type: generation, outputs: { hex: "0000000a" } },
    ];
    const checkpoint = { stack: `organization/${stack.project}/${stack.name}`, latest: { resources } };
    write(`stacks/${stack.project}/${stack.name}.json`, { version: 3, checkpoint });
    orphan = generationName(stack.name, "0000000a", "segment");
    const operation = { virsh, log: () => undefined, signal: new AbortController().signal };
    await networkResource.create(
      { ...operation, urn: urn("libvirt:index/network:Network::segment") },
      { name: orphan },
    );
  });

  afterEach(async () => {
    if (before === undefined) delete process.env.PULUMI_BACKEND_URL;
    else process.env.PULUMI_BACKEND_URL = before;
    rmSync(scratch, { recursive: true });
    if (!(await networks()).includes(orphan)) return;
    await virsh.run(["net-destroy", orphan]);
    await virsh.run(["net-undefine", orphan]);
  });

  const networks = async () => linesOf(await virsh.run(["net-list", "--all", "--name"]));

  function write(file: string, contents: object): void {
    const path = join(scratch, ".pulumi", file);
    mkdirSync(join(path, ".."), { recursive: true });
    writeFileSync(path, JSON.stringify(contents));
  }

  const locks = () => join(scratch, ".pulumi/locks/organization", stack.project, stack.name);
  const lock = (pid: number, timestamp: string) =>
    write(`locks/organization/${stack.project}/${stack.name}/a.json`, {
      ...{ pid, timestamp, username: "somebody", hostname: hostname() },
    });

  for (const [what, pid] of [
    ["is gone", () => spawnSync("true").pid],
    ["has left its number to another", () => process.pid],
  ] as const) {
    it(`releases the lock of a process that ${what}, and removes what it made`, async () => {
      lock(pid(), "2026-01-01T00:00:00Z");
      assert.deepEqual((await recover(stack)).ids, ["0000000a"]);
      assert.deepEqual(readdirSync(locks()), []);
      assert.equal((await networks()).includes(orphan), false);
    });
  }

  it("touches nothing of a deploy that is at work", async () => {
    lock(process.pid, new Date().toISOString());
    await assert.rejects(recover(stack), /locked by 1 lock/);
    assert.deepEqual(readdirSync(locks()), ["a.json"]);
    assert.ok((await networks()).includes(orphan));
  });

  it("is not kept from it by what a killed process left of a lock that it was writing", async () => {
    mkdirSync(locks(), { recursive: true });
    writeFileSync(join(locks(), "a.json.0123456789ab.tmp"), "");
    await recover(stack);
    assert.equal((await networks()).includes(orphan), false);
  });
});
