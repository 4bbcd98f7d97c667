import assert from "node:assert/strict";
import { existsSync, mkdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { status } from "@grpc/grpc-js";
import { poolUuid } from "../../../providers/libvirt/resources/pool";
import { poolXml } from "../../../providers/libvirt/xml/storage";
import { Hypervisor } from "./support/hypervisor";
import { initFailure, type Json, type Plugin } from "./support/plugin";

describe("pools", () => {
  let hypervisor: Hypervisor;
  let plugin: Plugin;
  let urn: string;
  let inputs: Json;
  before(async () => {
    hypervisor = await Hypervisor.prepare();
    plugin = await hypervisor.plugin();
    urn = hypervisor.urn("Pool", "images");
    inputs = hypervisor.poolInputs();
  });
  afterEach(async () => assert.deepEqual(await hypervisor.traces(), []));
  after(() => hypervisor.cleanUp());

  it("live: made with their directory, read, imported, changed in place, deleted with it, deleted again", async () => {
    const asked = { ...inputs, target: { ...inputs.target, permissions: { mode: "0750" } } };
    const { id, state } = await plugin.create(urn, asked);
    assert.deepEqual(state, { ...asked, uuid: id });
    assert.equal(statSync(inputs.target.path).mode & 0o777, 0o750);
    assert.deepEqual(await plugin.read(urn, id, asked), { id, state, inputs: asked });
    assert.deepEqual((await plugin.read(urn, inputs.name)).inputs, inputs);
    const diff = await plugin.diff(urn, asked, { ...asked, autostart: true });
    assert.deepEqual(diff.getReplacesList(), []);
    await plugin.update(urn, id, state, { ...asked, autostart: true });
    assert.match(await hypervisor.virsh("pool-info", id), /Autostart:\s+yes/);
    await plugin.delete(urn, id, asked);
    assert.equal(existsSync(inputs.target.path), false);
    await plugin.delete(urn, id, asked);
    assert.equal((await plugin.read(urn, id, asked)).id, "");
  });

  it("leave a directory that was there before, even when it is empty", async () => {
    const path = join(hypervisor.directory, "mine");
    mkdirSync(path);
    const asked = { ...inputs, target: { path } };
    const { id } = await plugin.create(urn, asked);
    await plugin.delete(urn, id, asked);
    assert.equal(existsSync(path), true);
  });

  it("leave a directory in which there is something of others", async () => {
    const { id } = await plugin.create(urn, inputs);
    writeFileSync(join(inputs.target.path, "notes"), "");
    await plugin.delete(urn, id, inputs);
    assert.equal(existsSync(join(inputs.target.path, "notes")), true);
    rmSync(inputs.target.path, { recursive: true });
  });

  it("are deleted even when their directory is gone", async () => {
    const { id } = await plugin.create(urn, inputs);
    rmSync(inputs.target.path, { recursive: true });
    await plugin.delete(urn, id, inputs);
  });

  it("that somebody has undefined are deleted with what is left of them: volumes and directory", async () => {
    const { id } = await plugin.create(urn, inputs);
    const disk = hypervisor.urn("Volume", "disk");
    const volumes = ["a", "b", "c"].map((name) => ({ name, pool: inputs.name, content: "x" }));
    const keys = await Promise.all(volumes.map(async (each) => (await plugin.create(disk, each)).id));
    await hypervisor.virsh("pool-destroy", id);
    await hypervisor.virsh("pool-undefine", id);
    await Promise.all(volumes.map((each, index) => plugin.delete(disk, keys[index] ?? "", each)));
    await plugin.delete(urn, id, inputs);
    assert.equal(existsSync(inputs.target.path), false);
  });

  it("whose name and directory another one has taken leave it alone, and its volumes", async () => {
    const { id } = await plugin.create(urn, inputs);
    const disk = { name: "disk", pool: inputs.name, content: "x" };
    const made = await plugin.create(hypervisor.urn("Volume", "disk"), disk);
    await hypervisor.virsh("pool-destroy", id);
    await hypervisor.virsh("pool-undefine", id);
    const path = join(hypervisor.directory, "theirs");
    mkdirSync(path);
    writeFileSync(join(path, "disk"), "theirs");
    const other = { ...inputs, target: { path } };
    await hypervisor.define("pool-create", poolXml(other, poolUuid("urn:other", "x", "found")));
    await plugin.delete(hypervisor.urn("Volume", "disk"), made.id, disk);
    assert.equal(existsSync(join(path, "disk")), true);
    await plugin.delete(urn, id, inputs);
    await hypervisor.virsh("pool-destroy", inputs.name);
    assert.equal(existsSync(made.id), false);
    rmSync(inputs.target.path, { recursive: true });
  });

  it("of a crashed deployment are adopted at any stage, and found by their inputs", async () => {
    const uuid = poolUuid(urn, inputs.name, "made");
    await hypervisor.define("pool-define", poolXml(inputs, uuid));
    await assert.rejects(plugin.read(urn, "", inputs), (error) => initFailure(error)?.id === uuid);
    assert.equal((await plugin.create(urn, inputs)).id, uuid);
    assert.equal((await plugin.create(urn, inputs)).id, uuid);
    assert.equal((await plugin.read(urn, "", inputs)).id, uuid);
    await plugin.delete(urn, uuid, inputs);
    assert.equal((await plugin.read(urn, "", inputs)).id, "");

    mkdirSync(inputs.target.path);
    await hypervisor.define("pool-create", poolXml(inputs, poolUuid(urn, inputs.name, "found")));
    const { id } = await plugin.create(urn, inputs);
    assert.match(await hypervisor.virsh("pool-info", id), /Persistent:\s+yes/);
    await plugin.delete(urn, id, inputs);
    rmSync(inputs.target.path, { recursive: true });
  });

  it("of others are not touched, by name or by directory", async () => {
    const other = hypervisor.poolInputs("other");
    mkdirSync(other.target.path);
    await hypervisor.define("pool-define", poolXml(other, poolUuid("urn:other", "x", "found")));
    await assert.rejects(plugin.create(urn, { ...inputs, name: other.name }), {
      code: status.ALREADY_EXISTS,
      details: new RegExp(`a pool "${other.name}" exists already .* not of this resource`),
    });
    await assert.rejects(plugin.create(urn, { ...inputs, target: other.target }), {
      details: new RegExp(`pool "${inputs.name}" could not be made: .*'${other.name}'`),
    });
    assert.deepEqual(await hypervisor.traces(), [
      `pool ${other.name}`,
      other.target.path,
      `/etc/libvirt/storage/${other.name}.xml`,
    ]);
    await hypervisor.virsh("pool-undefine", other.name);
    rmSync(other.target.path, { recursive: true });
  });

  it("that are not active are so reported, and repaired", async () => {
    const { id, state } = await plugin.create(urn, inputs);
    await hypervisor.virsh("pool-destroy", inputs.name);
    await assert.rejects(
      plugin.read(urn, id, inputs),
      (error) => initFailure(error)?.reasons[0] === `pool "${inputs.name}" is not active`,
    );
    assert.deepEqual(await plugin.update(urn, id, state, inputs), state);
    await plugin.delete(urn, id, inputs);
  });
});
