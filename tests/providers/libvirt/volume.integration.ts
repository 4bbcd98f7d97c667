import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { status } from "@grpc/grpc-js";
import { createOwner } from "../../../providers/libvirt/resources/volume-owner";
import { Virsh } from "../../../providers/libvirt/virsh/virsh";
import { Hypervisor, until } from "./support/hypervisor";
import { asset, initFailure, type Json, type Plugin, secret } from "./support/plugin";

const MIB = 2 ** 20;
const sha256 = (content: string | Buffer) => createHash("sha256").update(content).digest("hex");

describe("volumes", () => {
  let hypervisor: Hypervisor;
  let plugin: Plugin;
  let urn: string;
  let pool: Json;
  let poolId: string;
  let image: string;

  before(async () => {
    hypervisor = await Hypervisor.prepare();
    plugin = await hypervisor.plugin();
    urn = hypervisor.urn("Volume", "disk");
    pool = hypervisor.poolInputs();
    poolId = (await plugin.create(hypervisor.urn("Pool", "pool"), pool)).id;
    image = join(hypervisor.directory, "image.raw");
    writeFileSync(image, Buffer.alloc(MIB, "data"));
    truncateSync(image, 64 * MIB);
  });
  afterEach(async () => {
    const left = readdirSync(pool.target.path);
    for (const name of left) rmSync(file(name));
    await hypervisor.virsh("pool-refresh", pool.name);
    assert.deepEqual(left, [], "files are left in the pool");
  });
  after(async () => {
    await plugin.delete(hypervisor.urn("Pool", "pool"), poolId, pool);
    const traces = await hypervisor.traces();
    await hypervisor.cleanUp();
    assert.deepEqual(traces, []);
  });

  const inputs = (more: Json): Json => ({ name: "disk", pool: pool.name, ...more });
  const file = (name = "disk") => join(pool.target.path, name);
  const refused = (asked: Json, code: number, details: RegExp) =>
    assert.rejects(plugin.create(urn, asked), { code, details });

  it("live: empty ones are made, read, imported, deleted, deleted again", async () => {
    const asked = inputs({
      capacity: { value: 8, unit: "MiB" },
      target: { format: { type: "qcow2" }, permissions: { mode: "0640" } },
    });
    const { id, state } = await plugin.create(urn, asked);
    assert.deepEqual([id, state], [file(), { ...asked, key: file(), path: file(), capacityBytes: 8 * MIB }]);
    assert.equal(statSync(file()).mode & 0o777, 0o640);
    assert.deepEqual(await plugin.read(urn, id, asked), { id, state, inputs: asked });
    const imported = await plugin.read(urn, file());
    assert.deepEqual(imported.inputs, {
      name: "disk",
      pool: pool.name,
      capacity: { value: 8 * MIB, unit: "bytes" },
      target: { format: { type: "qcow2" } },
    });
    await plugin.delete(urn, id, asked);
    await plugin.delete(urn, id, asked);
    assert.equal((await plugin.read(urn, id, asked)).id, "");
  });

  it("are replaced delete-first for any change, but not for the same content elsewhere", async () => {
    const diff = async (olds: Json, news: Json) =>
      (await plugin.diff(urn, inputs(olds), inputs(news))).getReplacesList();
    assert.deepEqual(await diff({ capacity: { value: 1 } }, { capacity: { value: 2 } }), ["capacity"]);
    assert.deepEqual(await diff({ content: secret("a") }, { content: secret("b") }), ["content"]);
    assert.deepEqual(await diff({ content: secret("a") }, { content: "a" }), []);
    const sum = sha256("x");
    assert.deepEqual(await diff({ source: "/a", sourceSha256: sum }, { source: "/b", sourceSha256: sum }), []);
  });

  it("overlay a backing store, at its size or a larger one", async () => {
    const base = {
      name: "base",
      pool: pool.name,
      capacity: { value: 8, unit: "MiB" },
      target: { format: { type: "qcow2" } },
    };
    const made = await plugin.create(hypervisor.urn("Volume", "base"), base);
    const backingStore = { path: made.state.path, format: { type: "qcow2" } };
    const overlay = await plugin.create(urn, inputs({ backingStore }));
    assert.equal(overlay.state.capacityBytes, 8 * MIB);
    assert.deepEqual((await plugin.read(urn, overlay.id)).inputs.backingStore, backingStore);
    await plugin.delete(urn, overlay.id, inputs({ backingStore }));
    const larger = await plugin.create(urn, inputs({ backingStore, capacity: { value: 16, unit: "MiB" } }));
    assert.equal(larger.state.capacityBytes, 16 * MIB);
    await plugin.delete(urn, larger.id, inputs({ backingStore }));
    await plugin.delete(hypervisor.urn("Volume", "base"), made.id, base);
    await refused(
      inputs({ backingStore }),
      status.ABORTED,
      /volume "disk" in pool ".*" could not be made: .*\/base: No such file or directory/,
    );
  });

  it("upload a raw image, holes staying holes, and pad it to its capacity", async () => {
    const asked = inputs({
      source: image,
      sourceSha256: sha256(readFileSync(image)).toUpperCase(),
      capacity: { value: 100, unit: "MiB" },
    });
    const { id, state } = await plugin.create(urn, asked);
    assert.equal(state.capacityBytes, 100 * MIB);
    const { size, blocks } = statSync(file());
    assert.equal(size, 100 * MIB);
    assert.ok(blocks * 512 < 4 * MIB, `${blocks * 512} bytes on disk`);
    assert.deepEqual(readFileSync(file()).subarray(0, 64 * MIB), readFileSync(image));
    await plugin.delete(urn, id, asked);
  });

  it("upload a qcow2 image bit for bit, or grown to a larger capacity", async () => {
    const qcow2 = join(hypervisor.directory, "image.qcow2");
    execFileSync("qemu-img", ["convert", "-f", "raw", "-O", "qcow2", "-c", image, qcow2]);
    const asked = inputs({ source: asset({ path: qcow2 }), target: { format: { type: "qcow2" } } });
    const { id, state } = await plugin.create(urn, asked);
    assert.deepEqual([state.capacityBytes, state.source], [64 * MIB, asked.source]);
    assert.deepEqual(readFileSync(file()), readFileSync(qcow2));
    await plugin.delete(urn, id, asked);
    const grown = await plugin.create(urn, { ...asked, capacity: { value: 128, unit: "MiB" } });
    assert.equal(grown.state.capacityBytes, 128 * MIB);
    assert.match(await hypervisor.virsh("vol-dumpxml", file()), /<format type='qcow2'\/>/);
    await plugin.delete(urn, id, asked);
    await refused(
      { ...asked, capacity: { value: 1, unit: "MiB" } },
      status.INVALID_ARGUMENT,
      /capacity 1 MiB is smaller than its content of 64 MiB/,
    );
    await refused({ ...asked, source: image }, status.INVALID_ARGUMENT, /image.raw: not a qcow2 image/);
  });

  it("hold text exactly, secret text for nobody else's eyes", async () => {
    const text = "pass-word ä€😀\n";
    const { id, state } = await plugin.create(urn, inputs({ content: secret(text) }));
    assert.deepEqual(state.content, secret(text));
    assert.equal(readFileSync(file(), "utf8"), text);
    assert.equal(statSync(file()).mode & 0o777, 0o600);
    const sidecar = readFileSync(file(".disk.pulumi"), "utf8");
    assert.equal(sidecar.includes(sha256(text)) || sidecar.includes("pass-word"), false);
    assert.deepEqual((await plugin.read(urn, id, inputs({ content: secret(text) }))).inputs.content, secret(text));
    await plugin.delete(urn, id, inputs({ content: secret(text) }));
    const empty = await plugin.create(urn, inputs({ content: "" }));
    assert.equal(statSync(file()).size, 0);
    await plugin.delete(urn, empty.id, inputs({ content: "" }));
    const inline = await plugin.create(urn, inputs({ source: asset({ text: "inline" }) }));
    assert.equal(readFileSync(file(), "utf8"), "inline");
    await plugin.delete(urn, inline.id, inputs({ source: asset({ text: "inline" }) }));
  });

  it("with a secret name have secret outputs", async () => {
    const asked = { ...inputs({ content: "x" }), name: secret("hidden-name") };
    const { id, state } = await plugin.create(urn, asked);
    assert.deepEqual([state.key, state.path], [secret(id), secret(id)]);
    await plugin.delete(urn, id, asked);
  });

  it("never show a secret in an error", async () => {
    const asked = inputs({ name: "disk", pool: secret("no-such-pool"), content: secret("pass-word") });
    await assert.rejects(plugin.create(urn, asked), ({ details }: { details: string }) => {
      assert.match(details, /could not be made: failed to get pool '\[secret\]'/);
      return true;
    });
  });

  it("are not made of a missing file or a file with another sha256", async () => {
    assert.deepEqual((await plugin.check(urn, inputs({ source: "/no/such/image" }))).failures, [
      { property: "source", reason: "/no/such/image: no such file" },
    ]);
    const [expected, got] = [sha256("other"), sha256(readFileSync(image))];
    await refused(
      inputs({ source: image, sourceSha256: expected }),
      status.INVALID_ARGUMENT,
      new RegExp(
        `volume "disk" in pool ".*" could not be made: ${image}: wrong sha256: expected ${expected}, got ${got}`,
      ),
    );
    await refused(inputs({ source: hypervisor.directory }), status.INVALID_ARGUMENT, /: not a regular file$/);
  });

  it("of others are not touched, at creation and at deletion", async () => {
    await hypervisor.virsh("vol-create-as", pool.name, "disk", "1M");
    const { ino } = statSync(file());
    await refused(
      inputs({ content: "x" }),
      status.ALREADY_EXISTS,
      /a volume of this name exists already at qemu:\/\/\/system and is not of this resource; choose another name, or remove it: virsh -c qemu:\/\/\/system vol-delete --pool/,
    );
    assert.equal(statSync(file()).ino, ino);
    assert.equal((await plugin.read(urn, "", inputs({ content: "x" }))).id, "");
    await hypervisor.virsh("vol-delete", file());
    writeFileSync(file(), "a file that libvirt has not seen yet");
    await refused(inputs({ capacity: { value: 1 } }), status.ALREADY_EXISTS, /exists already/);
    assert.equal(readFileSync(file(), "utf8"), "a file that libvirt has not seen yet");
    rmSync(file());
    await hypervisor.virsh("pool-refresh", pool.name);

    const other = hypervisor.urn("Volume", "other");
    const { id } = await plugin.create(other, inputs({ content: "theirs" }));
    await refused(inputs({ content: "x" }), status.ALREADY_EXISTS, /is not of this resource/);
    await plugin.delete(urn, id, inputs({ content: "x" }));
    assert.equal(readFileSync(file(), "utf8"), "theirs");
    await plugin.delete(other, id, inputs({ content: "theirs" }));
  });

  it("of a crashed deployment are adopted when complete and the same", async () => {
    const asked = inputs({ source: image, sourceSha256: sha256(readFileSync(image)) });
    const first = await plugin.create(urn, asked);
    const { ino } = statSync(file());
    assert.deepEqual(await plugin.create(urn, asked), first);
    assert.equal(statSync(file()).ino, ino);
    assert.equal((await plugin.read(urn, "", asked)).id, first.id);
    const changed = inputs({ content: "now text" });
    await plugin.create(urn, changed);
    assert.equal(readFileSync(file(), "utf8"), "now text");
    await plugin.delete(urn, first.id, changed);
  });

  for (const [stage, remains] of [
    [
      "before its owner's file was written",
      async () => void (await hypervisor.virsh("vol-create-as", pool.name, ".disk.pulumi", "100")),
    ],
    [
      "before the volume was made",
      async () => createOwner(local(), pool.name, "disk", { urn, digest: "", state: "creating" }),
    ],
    [
      "in the middle of the upload",
      async () => {
        await createOwner(local(), pool.name, "disk", { urn, digest: "", state: "creating" });
        await hypervisor.virsh("vol-create-as", pool.name, "disk", "1M");
        await assert.rejects(
          plugin.read(urn, "", inputs({ content: "x" })),
          (error) => initFailure(error)?.reasons[0] === 'volume "disk" is incomplete',
        );
      },
    ],
  ] as const) {
    it(`of a deployment that crashed ${stage} are made anew`, async () => {
      await remains();
      const asked = inputs({ content: "whole" });
      const { id } = await plugin.create(urn, asked);
      assert.equal(readFileSync(file(), "utf8"), "whole");
      await plugin.delete(urn, id, asked);
    });
  }

  it("that are incomplete are repaired by an update", async () => {
    await createOwner(local(), pool.name, "disk", { urn, digest: "", state: "creating" });
    await hypervisor.virsh("vol-create-as", pool.name, "disk", "1M");
    const asked = inputs({ content: "whole" });
    const state = await plugin.update(urn, file(), asked, asked);
    assert.equal(state.capacityBytes, 5);
    assert.equal(readFileSync(file(), "utf8"), "whole");
    await plugin.delete(urn, file(), asked);
  });

  it("are deleted from a pool that is not active, and count as gone when their pool is", async () => {
    const asked = inputs({ content: "x" });
    const { id } = await plugin.create(urn, asked);
    await hypervisor.virsh("pool-destroy", pool.name);
    await plugin.delete(urn, id, asked);
    await plugin.delete(urn, id, { ...asked, pool: "no-such-pool" });
    assert.equal((await plugin.read(urn, id, { ...asked, pool: "no-such-pool" })).id, "");
  });

  it("can be made and deleted many at a time", async () => {
    const several = Array.from(
      { length: 8 },
      (_, index) =>
        [hypervisor.urn("Volume", `v${index}`), { name: `v${index}`, pool: pool.name, source: image }] as const,
    );
    const made = await Promise.all(several.map(([each, asked]) => plugin.create(each, asked)));
    assert.deepEqual(
      made.map(({ state }) => state.capacityBytes),
      several.map(() => 64 * MIB),
    );
    await Promise.all(several.map(([each, asked], index) => plugin.delete(each, made[index]?.id ?? "", asked)));
  });

  describe("larger than the rest of the disk", () => {
    let small: Json;
    let smallId: string;
    before(async () => {
      small = hypervisor.poolInputs("small");
      mkdirSync(small.target.path);
      execFileSync("mount", ["-t", "tmpfs", "-o", "size=8m", "tmpfs", small.target.path]);
      smallId = (await plugin.create(hypervisor.urn("Pool", "small"), small)).id;
    });
    after(async () => {
      await plugin.delete(hypervisor.urn("Pool", "small"), smallId, small);
      execFileSync("umount", [small.target.path]);
      rmSync(small.target.path, { recursive: true });
    });

    it("are refused with what is needed and what is there, before anything is uploaded", async () => {
      const big = join(hypervisor.directory, "big");
      writeFileSync(big, Buffer.alloc(20 * MIB, "x"));
      const asked = { ...inputs({ source: big }), pool: small.name };
      await refused(
        asked,
        status.RESOURCE_EXHAUSTED,
        /not enough space in pool ".*-small": 20 MiB needed, \d.* free; free some there, or use another pool/,
      );
      assert.deepEqual(readdirSync(small.target.path), []);
    });

    it("leave nothing when the disk fills up on the way", async () => {
      // A sparse source seems small; padded to its capacity it still is, but the data does not fit.
      writeFileSync(join(small.target.path, "filler"), Buffer.alloc(4 * MIB));
      const source = join(hypervisor.directory, "compressible");
      writeFileSync(source, Buffer.alloc(3.9 * MIB, "x"));
      const asked = { ...inputs({ source }), pool: small.name };
      const racing = plugin.create(urn, asked);
      await until("the owner's file", () => existsSync(join(small.target.path, ".disk.pulumi")));
      writeFileSync(join(small.target.path, "filler"), Buffer.alloc(7.5 * MIB));
      await assert.rejects(racing, { code: status.RESOURCE_EXHAUSTED, details: /not enough space in pool/ });
      assert.deepEqual(readdirSync(small.target.path), ["filler"]);
      rmSync(join(small.target.path, "filler"));
    });
  });

  describe("in the middle of an upload", () => {
    let asked: Json;
    before(() => {
      const large = join(hypervisor.directory, "large");
      writeFileSync(large, Buffer.alloc(256 * MIB, "x"));
      asked = inputs({ source: large });
    });

    it("are given up when the engine cancels, with nothing left", async () => {
      const own = await hypervisor.plugin();
      const creating = own.create(urn, asked);
      creating.catch(() => {});
      await until("the upload", () => existsSync(file()));
      const before = performance.now();
      await own.cancel();
      await assert.rejects(creating, {
        code: status.ABORTED,
        details: /volume "disk" in pool ".*" could not be made: cancelled before it was done/,
      });
      assert.ok(performance.now() - before < 4000);
    });

    it("are given up after their time, with nothing left", async () => {
      const hanging = plugin.create(urn, asked, { timeout: 0.2 });
      await assert.rejects(hanging, { code: status.ABORTED, details: /timed out/ });
    });

    it("are made anew after the plugin has been killed", async () => {
      const own = await hypervisor.plugin();
      own.create(urn, asked).catch(() => {});
      await until("the upload", () => existsSync(file()));
      own.process.kill("SIGKILL");
      const { id, state } = await plugin.create(urn, asked);
      assert.equal(state.capacityBytes, 256 * MIB);
      assert.equal(sha256(readFileSync(file())), sha256(readFileSync(asked.source)));
      await plugin.delete(urn, id, asked);
    });
  });

  function local(): Virsh {
    return new Virsh("qemu:///system", new AbortController().signal);
  }
});
