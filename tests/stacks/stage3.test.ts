/** Which resources a given configuration makes, by Pulumi's mocks. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { parseConfig } from "../../stacks/config";
import { stage3 } from "../../stacks/stage3";

interface Made {
  name: string;
  type: string;
  inputs: Record<string, unknown>;
}

const projectDirectory = join(__dirname, "../..");
const machines = [
  { name: "infra", role: "infra", memoryMiB: 768, hostPorts: { control: 7004 } },
  { name: "autoqa", role: "autoqa", memoryMiB: 512 },
  { name: "client1", role: "client", memoryMiB: 512 },
  { name: "client2", role: "client", memoryMiB: 1024, vcpus: 2 },
];

describe("stage3", () => {
  const made: Made[] = [];
  let scratch: string;
  let outputs: Record<string, unknown>;

  before(async function () {
    this.timeout(30_000);
    scratch = mkdtempSync(join(tmpdir(), "stage3-"));
    process.env.AUTOQA_STAGING_CACHE = scratch;
    const names = ["root.qcow2", "vmlinuz", "initrd.img"];
    for (const name of names) writeFileSync(join(scratch, name), name);
    writeFileSync(join(scratch, "SHA256SUMS"), names.map((name) => `${"0".repeat(64)}  ${name}\n`).join(""));

    await pulumi.runtime.setMocks(
      {
        newResource: ({ name, type, inputs }) => {
          made.push({ name, type, inputs });
          return { id: `${name}-id`, state: { ...inputs, ...outputsOf(type, inputs) } };
        },
        call: () => ({}),
      },
      "autoqa-staging",
      "lab",
    );
    const config = parseConfig({
      stage: "3",
      hypervisors: JSON.stringify([{ name: "local", uri: "qemu:///system", accelerator: "tcg" }]),
      machines: JSON.stringify(machines),
      imageDirectory: scratch,
    });
    assert.ok(config.stage === 3);
    outputs = await promise(pulumi.output(await stage3(config, projectDirectory)));
    await settled();
  });

  after(() => {
    delete process.env.AUTOQA_STAGING_CACHE;
    rmSync(scratch, { recursive: true });
  });

  const ofType = (type: string) => made.filter((resource) => resource.type === type);
  const domain = (name: string) => {
    const found = ofType("libvirt:index/domain:Domain").find((resource) => resource.name === name);
    assert.ok(found, `no domain ${name}`);
    return found.inputs;
  };

  it("makes a domain, three volumes and a health check for each machine, on one network and in one pool", () => {
    assert.deepEqual(
      ofType("libvirt:index/domain:Domain")
        .map(({ name }) => name)
        .sort(),
      ["autoqa", "client1", "client2", "infra"],
    );
    assert.equal(ofType("libvirt:index/volume:Volume").length, 3 + 4 * 3);
    assert.equal(ofType("command:remote:Command").length, 4);
    assert.equal(ofType("command:local:Command").length, 1);
    assert.equal(ofType("libvirt:index/network:Network").length, 1);
    assert.equal(ofType("libvirt:index/pool:Pool").length, 1);
  });

  it("puts stack and generation into the names of what belongs to a generation", () => {
    assert.equal(domain("infra").name, "autoqa-lab-0badcafe-infra");
    assert.equal(ofType("libvirt:index/network:Network")[0]?.inputs.name, "autoqa-lab-0badcafe-segment");
    const volumes = ofType("libvirt:index/volume:Volume").map(({ inputs }) => String(inputs.name));
    assert.deepEqual(volumes.filter((name) => !name.startsWith("autoqa-lab-0badcafe-")).sort(), [
      "initrd",
      "kernel",
      "root",
    ]);
  });

  it("takes sizes and fixed ports from the configuration and leaves other ports to QEMU", () => {
    assert.deepEqual(domain("client2").memory, { value: 1024, unit: "MiB" });
    assert.equal(domain("client2").vcpu, 2);
    const [management] = (domain("infra").devices as { interfaces: Record<string, unknown>[] }).interfaces;
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
      const { interfaces } = domain(name).devices as { interfaces: { type: string; restrict?: boolean }[] };
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
    const { disks } = domain("infra").devices as { disks: { driver: { cache: string } }[] };
    assert.deepEqual([...new Set(disks.map(({ driver }) => driver.cache))], ["unsafe"]);
  });

  it("runs every remote command anew with its domain, and lets none run when it is deleted", () => {
    for (const { name, inputs } of ofType("command:remote:Command")) {
      assert.deepEqual(inputs.triggers, [`${name.replace("-healthy", "")}-id`]);
      assert.equal(inputs.delete, undefined);
    }
  });

  it("keeps secrets off QEMU's command line", () => {
    for (const { name } of machines) {
      assert.doesNotMatch(JSON.stringify(domain(name)), /password-of-|PRIVATE KEY/);
    }
  });

  it("has the outputs that verification and users rely on", () => {
    assert.deepEqual(Object.keys(outputs).sort(), [
      ...["autoqa", "bodhi", "control", "controlToken", "generation", "koji", "machines", "repos", "resultsdb"],
      ...["sshPrivateKey", "stage"],
    ]);
    assert.equal(outputs.generation, "0badcafe");
    assert.deepEqual(outputs.koji, {
      hubUrl: "http://127.0.0.1:37001/kojihub",
      filesUrl: "http://127.0.0.1:37001/kojifiles",
    });
    assert.deepEqual((outputs.machines as unknown[])[0], {
      name: "infra",
      hypervisor: "local",
      ssh: { host: "127.0.0.1", port: 30022, user: "root" },
    });
  });
});

function outputsOf(type: string, inputs: Record<string, unknown>): Record<string, unknown> {
  switch (type) {
    case "random:index/randomId:RandomId":
      return { hex: "0badcafe" };
    case "random:index/randomPassword:RandomPassword":
      return { result: "password-of-a-test" };
    case "random:index/randomBytes:RandomBytes":
      return { base64: Buffer.alloc(32, 7).toString("base64") };
    case "libvirt:index/volume:Volume":
      return { path: `/pool/${inputs.name}` };
    case "libvirt:index/domain:Domain": {
      const { interfaces } = inputs.devices as { interfaces: { portForwards?: { ranges: { to: number }[] }[] }[] };
      const ranges = interfaces.flatMap(({ portForwards = [] }) => portForwards.flatMap((forward) => forward.ranges));
      return {
        portForwards: ranges.map(({ to }) => ({ proto: "tcp", address: "127.0.0.1", start: 30_000 + to, to })),
      };
    }
    default:
      return {};
  }
}

function promise<T>(output: pulumi.Output<T>): Promise<T> {
  return new Promise((resolve) => output.apply(resolve));
}

/** Until no more registrations come: what the outputs do not depend on may be under way. */
async function settled(): Promise<void> {
  await pulumi.runtime.disconnect();
}
