import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { removeHostFiles } from "../../../../providers/libvirt/resources/host-files";
import { Virsh } from "../../../../providers/libvirt/virsh/virsh";
import { poolXml } from "../../../../providers/libvirt/xml/storage";
import { Hypervisor } from "../support/hypervisor";

describe("files on a hypervisor where only libvirt may write", () => {
  let hypervisor: Hypervisor;
  let virsh: Virsh;
  before(async () => {
    hypervisor = await Hypervisor.prepare();
    const tunnel = join(hypervisor.directory, "tunnel");
    writeFileSync(tunnel, "#!/bin/sh\nexec virt-ssh-helper qemu:///system\n");
    chmodSync(tunnel, 0o755);
    virsh = new Virsh(`qemu+ext://elsewhere/system?command=${tunnel}`, new AbortController().signal);
  });
  afterEach(async () => assert.deepEqual(await poolsOver(hypervisor.directory), []));
  after(() => hypervisor.cleanUp());

  /** Pools of any name with a directory in this one. */
  async function poolsOver(directory: string): Promise<string[]> {
    const names = (await hypervisor.virsh("pool-list", "--all", "--name")).split("\n").map((name) => name.trim());
    const documents = await Promise.all(
      names.filter((name) => name !== "").map((name) => hypervisor.virsh("pool-dumpxml", name).catch(() => "")),
    );
    return documents.filter((document) => document.includes(directory));
  }

  function makeFiles(directory: string, count: number): string[] {
    mkdirSync(directory);
    const files = Array.from({ length: count }, (_, index) => join(directory, `file${index}`));
    for (const file of files) writeFileSync(file, "");
    return files;
  }

  it("are removed by calls of different length at a time from one directory, and others are left", async () => {
    const [kept = "", ...files] = makeFiles(join(hypervisor.directory, "shared"), 16);
    const shares = [1, 2, 3, 4, 5].map((length) => files.splice(0, length));
    await Promise.all(shares.map((share) => removeHostFiles(virsh, [...share, `${share[0]}-that-never-was`])));
    assert.deepEqual(readdirSync(dirname(kept)), [basename(kept)]);
    await removeHostFiles(virsh, [join(hypervisor.directory, "no-such-directory/file")]);
  });

  it("are removed through the pool that a killed process has left, which goes, too", async () => {
    const directory = join(hypervisor.directory, "left");
    const [file = ""] = makeFiles(directory, 1);
    const name = "pulumi-00000000-0000-4000-8000-000000000000";
    const left = poolXml({ name, type: "dir", target: { path: directory } }, "00000000-0000-4000-8000-000000000001");
    await hypervisor.define("pool-create", left);
    await removeHostFiles(virsh, [file]);
    assert.equal(existsSync(file), false);
  });

  it("are removed through the pool that owns the directory, which stays, even when it is not active", async () => {
    const { name, target } = hypervisor.poolInputs("logs");
    const path = join(hypervisor.directory, "owned");
    const [file = ""] = makeFiles(path, 1);
    await hypervisor.define(
      "pool-define",
      poolXml({ name, type: "dir", target: { ...target, path } }, "00000000-0000-4000-8000-000000000002"),
    );
    await removeHostFiles(virsh, [file]);
    assert.equal(existsSync(file), false);
    assert.equal((await poolsOver(path)).length, 1);
    await hypervisor.virsh("pool-destroy", name);
    await hypervisor.virsh("pool-undefine", name);
  });
});
