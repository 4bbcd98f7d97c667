import assert from "node:assert/strict";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { createServer, type Server } from "node:net";
import { join } from "node:path";
import { status } from "@grpc/grpc-js";
import { removeHostFiles } from "../../../providers/libvirt/resources/host-files";
import { Virsh } from "../../../providers/libvirt/virsh/virsh";
import { domainXml } from "../../../providers/libvirt/xml/domain";
import { Hypervisor, until } from "./support/hypervisor";
import { initFailure, type Json, type Plugin, secret } from "./support/plugin";

describe("domains", () => {
  let hypervisor: Hypervisor;
  let plugin: Plugin;
  let urn: string;

  before(async () => {
    hypervisor = await Hypervisor.prepare();
    plugin = await hypervisor.plugin();
    urn = hypervisor.urn("Domain", "machine");
  });
  afterEach(async () => assert.deepEqual(await hypervisor.traces(), []));
  after(() => hypervisor.cleanUp());

  const user = (...ranges: Json[]): Json => ({
    type: "user",
    restrict: true,
    portForwards: [{ proto: "tcp", ranges }],
  });

  /** QEMU's command line. */
  function commandLine(name: string): string {
    const pid = readFileSync(`/run/libvirt/qemu/${name}.pid`, "utf8").trim();
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
  }

  it("live with all that belongs to a machine: made, read, imported, deleted, deleted again", async () => {
    const network = { name: hypervisor.name("segment") };
    const pool = hypervisor.poolInputs();
    const disk = {
      name: "disk.qcow2",
      pool: pool.name,
      capacity: { value: 1, unit: "MiB" },
      target: { format: { type: "qcow2" } },
    };
    const seed = { name: "seed", pool: pool.name, content: secret("for the guest") };
    const networkId = (await plugin.create(hypervisor.urn("Network", "segment"), network)).id;
    const poolId = (await plugin.create(hypervisor.urn("Pool", "pool"), pool)).id;
    const diskId = (await plugin.create(hypervisor.urn("Volume", "disk"), disk)).id;
    const seedId = (await plugin.create(hypervisor.urn("Volume", "seed"), seed)).id;
    const log = join(pool.target.path, "console.log");
    const inputs = {
      ...hypervisor.domainInputs("m", {
        disks: [
          {
            driver: { type: "qcow2", cache: "unsafe" },
            source: { pool: pool.name, volume: disk.name },
            target: { dev: "vda", bus: "virtio" },
          },
          {
            source: { pool: pool.name, volume: seed.name },
            target: { dev: "vdb", bus: "virtio" },
            readonly: true,
            serial: "seed",
          },
        ],
        interfaces: [
          user({ to: 22 }, { to: 8080 }),
          {
            type: "network",
            source: { network: network.name },
            mac: { address: "52:54:00:12:34:56" },
            model: { type: "virtio" },
          },
        ],
        serials: [{ type: "pty", log: { file: log } }],
        rng: { model: "virtio", backend: { model: "random", source: "/dev/urandom" } },
      }),
      vcpu: 2,
      cpu: { mode: "custom", model: "qemu64" },
      sysinfo: { oemStrings: ["io.systemd.credential:vmm.notify=a,b c", "x=y"] },
      clock: { offset: "utc", timers: [{ name: "hpet", present: false }] },
    };
    const { id, state } = await plugin.create(urn, inputs);
    assert.equal(state.uuid, id);
    assert.deepEqual(
      state.portForwards.map(({ proto, address, to }: Json) => [proto, address, to]),
      [
        ["tcp", "127.0.0.1", 22],
        ["tcp", "127.0.0.1", 8080],
      ],
    );
    for (const { start } of state.portForwards) assert.ok(start > 1024 && start <= 65535);
    assert.equal(await hypervisor.virsh("domstate", inputs.name), "running");
    const line = commandLine(inputs.name);
    assert.match(line, /-accel tcg,tb-size=8 /);
    assert.match(line, /type=11,value=io.systemd.credential:vmm.notify=a,,b c,value=x=y/);
    assert.match(line, /-netdev user,id=pulumi0,restrict=on,/);
    assert.equal(statSync(log).uid, 0);
    writeFileSync(`${log}.0`, "an older part of the log");

    assert.deepEqual(await plugin.read(urn, id, inputs), { id, state, inputs });
    const imported = await plugin.read(urn, inputs.name);
    assert.equal(imported.id, id);
    assert.deepEqual(imported.state.portForwards, state.portForwards);
    assert.deepEqual(
      imported.inputs.devices.interfaces.map(({ type }: Json) => type),
      ["user", "network"],
    );
    assert.deepEqual((await plugin.check(urn, imported.inputs)).failures, []);

    await plugin.delete(urn, id, inputs);
    assert.deepEqual([existsSync(log), existsSync(`${log}.0`)], [false, false]);
    assert.equal(existsSync(`/var/log/libvirt/qemu/${inputs.name}.log`), false);
    await plugin.delete(urn, id, inputs);
    assert.equal((await plugin.read(urn, id, inputs)).id, "");
    await plugin.delete(hypervisor.urn("Volume", "seed"), seedId, seed);
    await plugin.delete(hypervisor.urn("Volume", "disk"), diskId, disk);
    await plugin.delete(hypervisor.urn("Pool", "pool"), poolId, pool);
    await plugin.delete(hypervisor.urn("Network", "segment"), networkId, network);
  });

  for (const machine of ["pc", "q35"]) {
    it(`on ${machine} have room for several user-mode networks beside libvirt's own devices`, async () => {
      const disks = Array.from("abcdef", (letter) => {
        const file = join(hypervisor.directory, `${machine}-${letter}`);
        writeFileSync(file, Buffer.alloc(512));
        return { source: { file }, target: { dev: `vd${letter}`, bus: "virtio" } };
      });
      const interfaces = [user({ to: 22 }), user({ to: 22 }), { ...user({ to: 22 }), model: { type: "e1000" } }];
      const inputs = {
        ...hypervisor.domainInputs("m", { disks, interfaces, controllers: [] }),
        os: { type: { arch: "x86_64", machine } },
      };
      const { id, state } = await plugin.create(urn, inputs);
      assert.equal(new Set(state.portForwards.map(({ start }: Json) => start)).size, 3);
      assert.deepEqual((await plugin.read(urn, id, inputs)).inputs, inputs);
      await plugin.delete(urn, id, inputs);
    });
  }

  it("get a new id with every creation", async () => {
    const inputs = hypervisor.domainInputs("m");
    const first = await plugin.create(urn, inputs);
    await plugin.delete(urn, first.id, inputs);
    const second = await plugin.create(urn, inputs);
    assert.notEqual(second.id, first.id);
    await plugin.delete(urn, first.id, inputs);
    assert.equal(await hypervisor.virsh("domstate", inputs.name), "running");
    await plugin.delete(urn, second.id, inputs);
  });

  describe("with a fixed port", () => {
    let server: Server;
    let port: number;
    before(async () => {
      server = createServer().listen(0, "127.0.0.1");
      await once(server, "listening");
      port = (server.address() as AddressInfo).port;
    });

    it("say that it is taken, and for which machine, and leave nothing", async () => {
      const inputs = hypervisor.domainInputs("m", { interfaces: [user({ to: 22 }, { start: port, to: 80 })] });
      await assert.rejects(plugin.create(urn, inputs), {
        code: status.FAILED_PRECONDITION,
        details: `domain "${inputs.name}" could not be made: port ${port}/tcp on 127.0.0.1 of qemu:///system, which is to lead to machine "${inputs.name}", is taken by another program; free it, or choose another port (0 lets QEMU choose)`,
      });
    });

    it("use it once it is free", async () => {
      server.close();
      await once(server, "close");
      const inputs = hypervisor.domainInputs("m", { interfaces: [user({ start: port, to: 80 })] });
      const { id, state } = await plugin.create(urn, inputs);
      assert.deepEqual(state.portForwards, [{ proto: "tcp", address: "127.0.0.1", start: port, to: 80 }]);
      await plugin.delete(urn, id, inputs);
    });
  });

  it("that cannot start leave nothing, and say what is missing", async () => {
    const none = hypervisor.name("no-such-network");
    const inputs = hypervisor.domainInputs("m", { interfaces: [{ type: "network", source: { network: none } }] });
    await assert.rejects(plugin.create(urn, inputs), {
      details: new RegExp(`^domain "${inputs.name}" could not be made: .*no network with matching name '${none}'`),
    });
    const missing = hypervisor.domainInputs("m", {
      disks: [{ source: { file: "/no/such/disk" }, target: { dev: "vda", bus: "virtio" } }],
    });
    await assert.rejects(plugin.create(urn, missing), { details: /\/no\/such\/disk.*No such file or directory/ });
    await assert.rejects(plugin.create(urn, { ...inputs, qemuCommandline: { args: ["-nonsense"] }, devices: {} }), {
      details: /-nonsense: invalid option/,
    });
  });

  it("whose disk QEMU may not open say where to keep it", async () => {
    const closed = join(hypervisor.directory, "closed");
    mkdirSync(closed, { mode: 0o700 });
    writeFileSync(join(closed, "disk"), Buffer.alloc(512));
    const disk = { source: { file: join(closed, "disk") }, target: { dev: "vda", bus: "virtio" } };
    await assert.rejects(plugin.create(urn, hypervisor.domainInputs("m", { disks: [disk] })), {
      details:
        /closed\/disk.*Permission denied.*; QEMU does not run as root and must be able to reach the file: keep it in a pool's directory$/s,
    });
  });

  it("never show a secret in an error", async () => {
    const inputs = { ...hypervisor.domainInputs("m"), qemuCommandline: { args: [secret("-pass-word")] } };
    await assert.rejects(plugin.create(urn, inputs), ({ details }: { details: string }) => {
      assert.match(details, /\[secret\]: invalid option/);
      assert.doesNotMatch(details, /pass-word/);
      return true;
    });
  });

  it("of a crashed deployment are adopted, or made anew when they differ, and found by their inputs", async () => {
    const inputs = hypervisor.domainInputs("m", { interfaces: [user({ to: 22 })] });
    await hypervisor.define("define", domainXml(inputs, urn).xml);
    const half = await hypervisor.virsh("domuuid", inputs.name);
    await assert.rejects(plugin.read(urn, "", inputs), (error) => initFailure(error)?.id === half);
    const adopted = await plugin.create(urn, inputs);
    assert.equal(adopted.id, half);
    assert.equal(adopted.state.portForwards.length, 1);
    assert.deepEqual(await plugin.create(urn, inputs), adopted);
    assert.deepEqual((await plugin.read(urn, "", inputs)).id, half);
    const anew = await plugin.create(urn, { ...inputs, vcpu: 2 });
    assert.notEqual(anew.id, half);
    await plugin.delete(urn, anew.id, inputs);
    assert.equal((await plugin.read(urn, "", inputs)).id, "");
  });

  it("that somebody has undefined are deleted with the files that are left of them", async () => {
    const network = { name: hypervisor.name("segment") };
    const networkId = (await plugin.create(hypervisor.urn("Network", "segment"), network)).id;
    const inputs = hypervisor.domainInputs("m", {
      interfaces: [{ type: "network", source: { network: network.name } }],
      serials: [{ type: "pty", log: { file: join("/var/lib/libvirt", hypervisor.name("console.log")) } }],
    });
    const { id } = await plugin.create(urn, inputs);
    await hypervisor.virsh("destroy", id);
    await hypervisor.virsh("undefine", id);
    await hypervisor.virsh("net-destroy", networkId);
    await hypervisor.virsh("net-undefine", networkId);
    assert.notDeepEqual(await hypervisor.traces(), []);
    await plugin.delete(urn, id, inputs);
    await plugin.delete(hypervisor.urn("Network", "segment"), networkId, network);
  });

  it("of others are not touched", async () => {
    const inputs = hypervisor.domainInputs("m");
    await hypervisor.define("define", domainXml(inputs, hypervisor.urn("Domain", "other")).xml);
    const uuid = await hypervisor.virsh("domuuid", inputs.name);
    await assert.rejects(plugin.create(urn, inputs), {
      code: status.ALREADY_EXISTS,
      details: new RegExp(
        `a domain "${inputs.name}" exists already at qemu:///system and is not of this resource; choose another name, or remove it: virsh .* undefine`,
      ),
    });
    assert.equal(await hypervisor.virsh("domuuid", inputs.name), uuid);
    await hypervisor.virsh("undefine", inputs.name);
  });

  it("that have stopped are so reported, and started again by an update", async () => {
    const inputs = hypervisor.domainInputs("m", { interfaces: [user({ to: 22 })] });
    const { id, state } = await plugin.create(urn, inputs);
    await hypervisor.virsh("destroy", inputs.name);
    await assert.rejects(plugin.read(urn, id, inputs), (error) => {
      const failure = initFailure(error);
      assert.deepEqual(
        [failure?.id, failure?.reasons, failure?.inputs],
        [id, [`domain "${inputs.name}" is shut off`], inputs],
      );
      return true;
    });
    assert.equal((await plugin.read(urn, inputs.name)).id, id);
    const repaired = await plugin.update(urn, id, state, inputs);
    assert.equal(repaired.portForwards.length, 1);
    assert.equal(await hypervisor.virsh("domstate", id), "running");
    await plugin.delete(urn, id, inputs);
  });

  it("show what somebody else changed", async () => {
    const inputs = hypervisor.domainInputs("m");
    const { id } = await plugin.create(urn, inputs);
    await hypervisor.virsh("setmem", id, "16M", "--config");
    await hypervisor.virsh("setmaxmem", id, "16M", "--config");
    const read = await plugin.read(urn, id, inputs);
    assert.deepEqual(read.inputs, { ...inputs, memory: { value: 16384, unit: "KiB" } });
    assert.deepEqual((await plugin.diff(urn, read.inputs, inputs)).getReplacesList(), ["memory"]);
    await plugin.delete(urn, id, inputs);
  });

  it("saved with their memory keep their forwards when they are restored, and leave no saved state when deleted", async () => {
    const inputs = hypervisor.domainInputs("m", { interfaces: [user({ to: 22 })] });
    const { id } = await plugin.create(urn, inputs);
    await hypervisor.virsh("managedsave", id);
    await hypervisor.virsh("start", id);
    assert.equal((await plugin.read(urn, id, inputs)).state.portForwards.length, 1);
    await hypervisor.virsh("managedsave", id);
    assert.equal(existsSync(`/var/lib/libvirt/qemu/save/${inputs.name}.save`), true);
    await plugin.delete(urn, id, inputs);
  });

  it("can be made and destroyed four at a time", async () => {
    const several = Array.from(
      { length: 4 },
      (_, index) =>
        [
          hypervisor.urn("Domain", `m${index}`),
          hypervisor.domainInputs(`m${index}`, { interfaces: [user({ to: 22 })] }),
        ] as const,
    );
    const made = await Promise.all(several.map(([each, inputs]) => plugin.create(each, inputs)));
    assert.equal(new Set(made.map(({ state }) => state.portForwards[0].start)).size, 4);
    await Promise.all(several.map(([each, inputs], index) => plugin.delete(each, made[index]?.id ?? "", inputs)));
  });

  it("are made whole after the plugin has been killed at any moment", async () => {
    const inputs = hypervisor.domainInputs("m", { interfaces: [user({ to: 22 })] });
    for (const delay of [0, 80, 160, 300]) {
      const own = await hypervisor.plugin();
      own.create(urn, inputs).catch(() => {});
      await new Promise((resolve) => setTimeout(resolve, delay));
      own.process.kill("SIGKILL");
      const { id, state } = await plugin.create(urn, inputs);
      assert.equal(await hypervisor.virsh("domstate", id), "running");
      assert.equal(state.portForwards.length, 1);
      await plugin.delete(urn, id, inputs);
      await until(
        "what the killed plugin had started ends",
        async () => !(await hypervisor.succeeds("domstate", inputs.name)),
      );
    }
  });

  it("of a remote hypervisor have their files removed through libvirt alone", async () => {
    const virsh = new Virsh("qemu:///system", new AbortController().signal);
    Object.defineProperty(virsh, "isLocal", { value: false });
    const pool = hypervisor.poolInputs();
    const { id } = await plugin.create(hypervisor.urn("Pool", "pool"), pool);
    const inPool = join(pool.target.path, "a console.log");
    const elsewhere = join(hypervisor.directory, "console.log");
    for (const path of [inPool, elsewhere]) {
      const inputs = hypervisor.domainInputs("m", { serials: [{ type: "pty", log: { file: path } }] });
      const made = await plugin.create(urn, inputs);
      await hypervisor.virsh("destroy", made.id);
      assert.equal(existsSync(path), true);
      await removeHostFiles(virsh, [path, path, "/no/such/directory/file"]);
      assert.equal(existsSync(path), false);
      await plugin.delete(urn, made.id, inputs);
    }
    const directory = join(hypervisor.directory, "directory");
    mkdirSync(directory);
    await removeHostFiles(virsh, [directory]);
    assert.equal(existsSync(directory), false);
    await plugin.delete(hypervisor.urn("Pool", "pool"), id, pool);
  });
});
