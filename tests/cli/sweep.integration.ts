/** What is removed after a killed deploy, and what is not, on a real libvirt: made as the provider makes it. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { consoleDirectory } from "../../cli/consoles";
import { drift } from "../../cli/drift";
import { LeftoversRemain, removeOrphans } from "../../cli/recover";
import type { KnownObjects } from "../../cli/state";
import { sweep } from "../../cli/sweep";
import { hypervisor, linesOf } from "../../cli/virsh";
import { generationName, poolName, poolUrn, urnPrefix } from "../../components/naming";
import { domainResource } from "../../providers/libvirt/resources/domain";
import { networkResource } from "../../providers/libvirt/resources/network";
import { poolResource } from "../../providers/libvirt/resources/pool";
import { volumeResource } from "../../providers/libvirt/resources/volume";
import { startLibvirt } from "../../setup/libvirt";

const uri = "qemu:///system";
const project = "autoqa-staging";
const virsh = hypervisor(uri);
const [ours, another] = ["0000000a", "0000000b"];
const [poolId, poolOfAnother] = ["000000aa", "000000bb"];

describe("sweeping after a killed deploy", function () {
  this.timeout(60_000);
  const name = `sweep${randomBytes(3).toString("hex")}`;
  const stack = { name, project };
  let scratch: string;

  before(async () => {
    await startLibvirt();
    // Where QEMU's user may look.
    scratch = mkdtempSync("/var/lib/libvirt/autoqa-sweep-");
  });
  after(() => rmSync(scratch, { recursive: true }));

  afterEach(async () => {
    for (const domain of await named("list")) await virsh.run(["destroy", domain]).catch(() => undefined);
    for (const domain of await named("list")) await virsh.run(["undefine", domain]);
    for (const network of await named("net-list")) {
      await virsh.run(["net-destroy", network]).catch(() => undefined);
      await virsh.run(["net-undefine", network]);
    }
    for (const pool of await named("pool-list")) {
      await virsh.run(["pool-destroy", pool]).catch(() => undefined);
      await virsh.run(["pool-undefine", pool]);
      rmSync(join(scratch, pool), { recursive: true, force: true });
    }
    for (const log of logs()) rmSync(join(consoleDirectory, log));
  });

  const named = async (list: "list" | "net-list" | "pool-list") =>
    linesOf(await virsh.run([list, "--all", "--name"])).filter((each) => each.includes(name));
  const logs = () =>
    ["", "-console"].flatMap((kind) => {
      const [known, orphan] = ["infra", "gone"].map((machine) => `${inGeneration(machine)}${kind}.log`);
      return [known ?? "", orphan ?? "", `${orphan}.0`].filter((log) => existsSync(join(consoleDirectory, log)));
    });
  const inGeneration = (machine: string, generation = ours) => generationName(name, generation, machine);

  const operation = (urn: string) => ({ virsh, urn, log: () => undefined, signal: new AbortController().signal });
  const urnOf = (kind: string, owner = name) => `${urnPrefix(owner, project)}libvirt:index/${kind}::x`;

  async function makeNetwork(network: string, owner = name): Promise<void> {
    await networkResource.create(operation(urnOf("network:Network", owner)), { name: network });
  }

  /** @param urn whose it is; this stack's if absent */
  async function makePool(pool: string, urn = poolUrn(name, project, "local")): Promise<string> {
    await poolResource.create(operation(urn), { name: pool, type: "dir", target: { path: join(scratch, pool) } });
    return pool;
  }

  async function makeVolume(pool: string, volume: string, owner = name): Promise<void> {
    await volumeResource.create(operation(urnOf("volume:Volume", owner)), { pool, name: volume, content: "tiny" });
  }

  const volumes = async (pool: string) =>
    linesOf(await virsh.run(["vol-list", pool]))
      .map((line) => line.split(/\s+/)[0])
      .sort();

  function known({ names = [], volumes: there = [], at = uri }: Partial<Known> = {}): KnownObjects {
    const hypervisors = [{ name: "local", uri: at, volumes: new Set(there) }];
    return { hypervisors, names: new Set(names), ids: [ours, poolId] };
  }
  interface Known {
    names: string[];
    volumes: string[];
    at: string;
  }

  it("removes what the state's generation made and the state does not know", async () => {
    await makeNetwork(inGeneration("segment"));
    const domain = inGeneration("infra");
    const inputs = { name: domain, type: "qemu" as const, memory: { value: 16, unit: "MiB" as const } };
    await domainResource.create(operation(urnOf("domain:Domain")), {
      ...inputs,
      os: { type: { arch: "x86_64", machine: "pc" } },
    });
    const pool = await makePool(poolName(name, poolId));
    await makeVolume(pool, "root");
    const { removed, failed } = await sweep(stack, known());
    assert.deepEqual(failed, []);
    assert.deepEqual(removed, [
      `domain ${domain}`,
      `network ${inGeneration("segment")}`,
      "volume root",
      `pool ${pool}`,
    ]);
    assert.deepEqual([...(await named("list")), ...(await named("net-list")), ...(await named("pool-list"))], []);
    assert.equal(existsSync(join(scratch, pool)), false);
  });

  it("leaves what the state knows", async () => {
    const segment = inGeneration("segment");
    await makeNetwork(segment);
    const pool = await makePool(poolName(name, poolId));
    await makeVolume(pool, "root");
    assert.deepEqual(await sweep(stack, known({ names: [segment, pool], volumes: ["root"] })), nothing);
    assert.deepEqual(await named("net-list"), [segment]);
    assert.deepEqual(await volumes(pool), [".root.pulumi", "root"]);
  });

  it("leaves what a stack of the same name in another backend has made", async () => {
    const segment = inGeneration("segment", another);
    await makeNetwork(segment);
    const pool = await makePool(poolName(name, poolOfAnother));
    await makeVolume(pool, "root");
    assert.deepEqual(await sweep(stack, known()), nothing);
    assert.deepEqual(await named("net-list"), [segment]);
    assert.deepEqual(await volumes(pool), [".root.pulumi", "root"]);
  });

  it("leaves what only looks like it: a network, and a pool with its volumes", async () => {
    await makeNetwork(inGeneration("segment"), "another");
    const pool = poolName(name, poolId);
    mkdirSync(join(scratch, pool));
    writeFileSync(join(scratch, pool, "precious"), "a stranger's");
    await virsh.run(["pool-define-as", pool, "dir", "--target", join(scratch, pool)]);
    await virsh.run(["pool-start", pool]);
    assert.deepEqual(await sweep(stack, known()), nothing);
    assert.deepEqual(await named("net-list"), [inGeneration("segment")]);
    assert.deepEqual(await volumes(pool), ["precious"]);
  });

  it("does not remove a pool with somebody's volumes in it, and says so", async () => {
    const pool = await makePool(poolName(name, poolId));
    writeFileSync(join(scratch, pool, "precious"), "a stranger's");
    await makeVolume(pool, inGeneration("infra-root"));
    await makeVolume(pool, "theirs", "another");
    await assert.rejects(removeOrphansOf(known()), (error: Error) => {
      assert.ok(error instanceof LeftoversRemain);
      assert.match(error.message, /pool \S+ at qemu:\S+ it stays, .*: (precious, theirs|theirs, precious)\n/);
      return true;
    });
    assert.deepEqual(await volumes(pool), [".theirs.pulumi", "precious", "theirs"]);
  });

  it("removes volumes of a pool that a restart has left inactive, and one whose directory is gone", async () => {
    const pool = await makePool(poolName(name, poolId));
    await makeVolume(pool, inGeneration("infra-root"));
    await virsh.run(["pool-destroy", pool]);
    const swept = await sweep(stack, known({ names: [pool] }));
    assert.deepEqual(swept, { removed: [`volume ${inGeneration("infra-root")}`], failed: [] });
    assert.deepEqual(await volumes(pool), []);
    await virsh.run(["pool-destroy", pool]);
    rmSync(join(scratch, pool), { recursive: true });
    assert.deepEqual(await sweep(stack, known()), { removed: [`pool ${pool}`], failed: [] });
  });

  it("removes logs of machines that the state does not know, those that were turned over as well", async () => {
    const machine = (each: string) => inGeneration(each);
    for (const log of [".log", "-console.log"]) {
      for (const each of ["infra", "gone"]) writeFileSync(join(consoleDirectory, machine(each) + log), "");
      writeFileSync(join(consoleDirectory, `${machine("gone")}${log}.0`), "");
    }
    const { removed } = await sweep(stack, known({ names: [machine("infra"), poolName(name, poolId)] }));
    assert.equal(removed.length, 4, removed.join());
    assert.deepEqual(logs(), [`${machine("infra")}.log`, `${machine("infra")}-console.log`]);
  });

  it("says what could not be removed and why", async () => {
    const at = `qemu+unix:///system?socket=${join(scratch, "nobody-listens")}`;
    const { removed, failed } = await sweep(stack, known({ at }));
    assert.deepEqual(removed, []);
    assert.match(failed.join(), /^hypervisor local: libvirt does not answer at qemu\+unix:.*npm run setup/);
    await assert.rejects(removeOrphansOf(known({ at })), /could be removed:\n {2}hypervisor local: .*\nMend the cause/);
  });

  const removeOrphansOf = (what: KnownObjects) =>
    removeOrphans({ ...stack, reference: name, engine: { name: "local", reason: "", projectDirectory: "" } }, what);

  describe("drift", () => {
    it("names what is known and not active", async () => {
      const [active, inactive] = [inGeneration("segment"), inGeneration("gone")];
      await makeNetwork(active);
      assert.deepEqual(await drift(known({ names: [active, inactive] })), [inactive]);
    });

    it("is not an unreachable hypervisor", async () => {
      const at = `qemu+unix:///system?socket=${join(scratch, "nobody-listens")}`;
      await assert.rejects(drift(known({ names: ["x"], at })), /libvirt does not answer/);
    });
  });
});

const nothing = { removed: [], failed: [] };
