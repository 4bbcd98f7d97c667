import assert from "node:assert/strict";
import { chmodSync, readFileSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Hypervisor } from "./support/hypervisor";
import type { Json, Plugin } from "./support/plugin";

const MIB = 2 ** 20;

/**
 * The same libvirt under the URI of another host: libvirt's own helper for ssh connections, without ssh in between, so
 * that everything goes through the connection and the plugin may not touch a file by itself.
 */
describe("a remote hypervisor", () => {
  let hypervisor: Hypervisor;
  let plugin: Plugin;

  before(async () => {
    hypervisor = await Hypervisor.prepare();
    const tunnel = join(hypervisor.directory, "tunnel");
    writeFileSync(tunnel, "#!/bin/sh\nexec virt-ssh-helper qemu:///system\n");
    chmodSync(tunnel, 0o755);
    plugin = await hypervisor.plugin({ config: { uri: `qemu+ext://elsewhere/system?command=${tunnel}` } });
  });
  after(async () => {
    const traces = await hypervisor.traces();
    await hypervisor.cleanUp();
    assert.deepEqual(traces, []);
  });

  it("has everything made on it, uploaded to it, and removed from it", async () => {
    const network = { name: hypervisor.name("segment") };
    const pool = hypervisor.poolInputs();
    const image = join(hypervisor.directory, "image");
    writeFileSync(image, Buffer.alloc(MIB, "data"));
    truncateSync(image, 32 * MIB);
    const disk = { name: "disk", pool: pool.name, source: image };
    const machine = hypervisor.domainInputs("m", {
      disks: [{ source: { pool: pool.name, volume: "disk" }, target: { dev: "vda", bus: "virtio" } }],
      interfaces: [
        { type: "user", portForwards: [{ proto: "tcp", ranges: [{ to: 22 }] }] },
        { type: "network", source: { network: network.name } },
      ],
      serials: [{ type: "pty", log: { file: join(pool.target.path, "console.log") } }],
    });
    const resources: [string, Json][] = [
      ["Network", network],
      ["Pool", pool],
      ["Volume", disk],
      ["Domain", machine],
    ];
    const ids: string[] = [];
    for (const [type, inputs] of resources) {
      const urn = hypervisor.urn(type, "r");
      const { id, state } = await plugin.create(urn, inputs);
      assert.deepEqual(await plugin.read(urn, id, inputs), { id, state, inputs });
      ids.push(id);
    }
    const uploaded = join(pool.target.path, "disk");
    assert.ok(readFileSync(uploaded).equals(readFileSync(image)));
    assert.ok(statSync(uploaded).blocks * 512 < 4 * MIB);
    for (const [type, inputs] of resources.toReversed())
      await plugin.delete(hypervisor.urn(type, "r"), ids.pop() ?? "", inputs);
  });

  it("that does not answer is named, with what failed", async () => {
    const elsewhere = await hypervisor.plugin({ config: { uri: "qemu+ext://elsewhere/system?command=/bin/false" } });
    await assert.rejects(elsewhere.create(hypervisor.urn("Network", "n"), { name: hypervisor.name("n") }), {
      details: /^libvirt does not answer at qemu\+ext:\/\/elsewhere\/system\?command=\/bin\/false \(/,
    });
  });
});
