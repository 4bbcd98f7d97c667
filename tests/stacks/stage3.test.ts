/** Which resources a given configuration makes, by Pulumi's mocks. */
import assert from "node:assert/strict";
import { parseConfig } from "../../stacks/config";
import { stage3 } from "../../stacks/stage3";
import { MockedStack, projectDirectory } from "./mocked-stack";

const machines = [
  { name: "infra", role: "infra", memoryMiB: 768, hostPorts: { control: 7004 } },
  { name: "autoqa", role: "autoqa", memoryMiB: 512 },
  { name: "client1", role: "client", memoryMiB: 512 },
  { name: "client2", role: "client", memoryMiB: 1024, vcpus: 2 },
];

describe("stage3", () => {
  let stack: MockedStack;

  before(async function () {
    this.timeout(30_000);
    stack = new MockedStack();
    const config = parseConfig({
      stage: "3",
      hypervisors: JSON.stringify([{ name: "local", uri: "qemu:///system", accelerator: "tcg" }]),
      machines: JSON.stringify(machines),
      imageDirectory: stack.imageDirectory,
    });
    assert.ok(config.stage === 3);
    await stack.deploy(() => stage3(config, projectDirectory));
  });

  after(() => stack.remove());

  it("makes a domain, three volumes and a health check for each machine, on one network and in one pool", () => {
    assert.deepEqual(
      stack
        .ofType("libvirt:index/domain:Domain")
        .map(({ name }) => name)
        .sort(),
      ["autoqa", "client1", "client2", "infra"],
    );
    assert.equal(stack.ofType("libvirt:index/volume:Volume").length, 3 + 4 * 3);
    assert.equal(stack.ofType("command:remote:Command").length, 4);
    assert.equal(stack.ofType("command:local:Command").length, 1);
    assert.equal(stack.ofType("libvirt:index/network:Network").length, 1);
    assert.equal(stack.ofType("libvirt:index/pool:Pool").length, 1);
  });

  it("puts stack and generation into the names of what belongs to a generation", () => {
    assert.equal(stack.domain("infra").name, "autoqa-lab-0badcafe-infra");
    assert.equal(stack.ofType("libvirt:index/network:Network")[0]?.inputs.name, "autoqa-lab-0badcafe-segment");
    const volumes = stack.ofType("libvirt:index/volume:Volume").map(({ inputs }) => String(inputs.name));
    assert.deepEqual(volumes.filter((name) => !name.startsWith("autoqa-lab-0badcafe-")).sort(), [
      "initrd",
      "kernel",
      "root",
    ]);
  });

  it("takes sizes and fixed ports from the configuration and leaves other ports to QEMU", () => {
    assert.deepEqual(stack.domain("client2").memory, { value: 1024, unit: "MiB" });
    assert.equal(stack.domain("client2").vcpu, 2);
    const [management] = (stack.domain("infra").devices as { interfaces: Record<string, unknown>[] }).interfaces;
    assert.deepEqual(management?.portForwards, [
      {
        proto: "tcp",
        address: "127.0.0.1",
        ranges: [{ to: 22 }, { to: 7001 }, { to: 7002 }, { to: 7003 }, { to: 7004, start: 7004 }],
      },
    ]);
  });

  it("cuts every machine off from the outside", () => {
    for (const { name } of machines) {
      const { interfaces } = stack.domain(name).devices as { interfaces: { type: string; restrict?: boolean }[] };
      assert.deepEqual(
        interfaces.map(({ type, restrict }) => [type, restrict]),
        [
          ["user", true],
          ["network", undefined],
        ],
      );
    }
  });

  it("lets disposable machines lose what they write where their host crashes", () => {
    const { disks } = stack.domain("infra").devices as { disks: { driver: { cache: string } }[] };
    assert.deepEqual([...new Set(disks.map(({ driver }) => driver.cache))], ["unsafe"]);
  });

  it("runs every remote command anew with its domain, and lets none run when it is deleted", () => {
    for (const { name, inputs } of stack.ofType("command:remote:Command")) {
      assert.deepEqual(inputs.triggers, [`${name.replace("-healthy", "")}-id`]);
      assert.equal(inputs.delete, undefined);
    }
  });

  it("keeps secrets off QEMU's command line", () => {
    for (const { name } of machines) {
      assert.doesNotMatch(JSON.stringify(stack.domain(name)), /password-of-|PRIVATE KEY/);
    }
  });

  it("has the outputs that verification and users rely on", () => {
    assert.deepEqual(Object.keys(stack.outputs).sort(), [
      ...["autoqa", "bodhi", "control", "controlToken", "generation", "koji", "machines", "repos", "resultsdb"],
      ...["sshPrivateKey", "stage"],
    ]);
    assert.equal(stack.outputs.generation, "0badcafe");
    assert.deepEqual(stack.outputs.koji, {
      hubUrl: "http://127.0.0.1:37001/kojihub",
      filesUrl: "http://127.0.0.1:37001/kojifiles",
    });
    assert.deepEqual((stack.outputs.machines as unknown[])[0], {
      name: "infra",
      hypervisor: "local",
      ssh: { host: "127.0.0.1", port: 30022, user: "root" },
    });
  });
});
