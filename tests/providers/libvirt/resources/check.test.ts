import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { domainResource } from "../../../../providers/libvirt/resources/domain";
import { networkResource } from "../../../../providers/libvirt/resources/network";
import { poolResource, poolUuid } from "../../../../providers/libvirt/resources/pool";
import { volumeResource } from "../../../../providers/libvirt/resources/volume";
import { type PlainMap, UNKNOWN } from "../../../../providers/libvirt/wire/values";

const lines = (failures: { property: string; reason: string }[]) =>
  failures.map(({ property, reason }) => `${property}: ${reason}`);

describe("checks that the schema cannot express", () => {
  describe("of a domain", () => {
    const machine = { type: "qemu", name: "a", memory: { value: 1 }, os: { type: { arch: "x86_64", machine: "q35" } } };
    const check = (more: PlainMap) => lines(domainResource.check({ ...machine, ...more }));
    const withInterface = (item: PlainMap) => check({ devices: { interfaces: [item] } });

    it("accept a sensible one, and one that is not known yet", () => {
      assert.deepEqual(check({}), []);
      assert.deepEqual(check({ name: UNKNOWN, memory: UNKNOWN, os: UNKNOWN, devices: UNKNOWN }), []);
      assert.deepEqual(withInterface({ type: "network", source: { network: UNKNOWN } }), []);
      assert.deepEqual(withInterface({ type: "network", source: UNKNOWN }), []);
    });

    it("are about names, sizes and paths", () => {
      assert.deepEqual(check({ name: "-a" }), [
        'name: "-a" cannot be a name: letters, digits, and _ . + : - are allowed',
      ]);
      assert.deepEqual(check({ name: "a/b" }).length, 1);
      assert.deepEqual(check({ memory: { value: 0 } }), ["memory.value: must be more than 0"]);
      assert.deepEqual(check({ os: { kernel: "vmlinuz", type: {} } }), [
        'os.kernel: "vmlinuz" is not an absolute path on the hypervisor',
      ]);
      assert.deepEqual(check({ os: { cmdline: "quiet", type: {} } }), ["os.kernel: initrd and cmdline need a kernel"]);
      assert.deepEqual(check({ cpu: { mode: "custom" } }), ["cpu.model: mode custom needs a model"]);
    });

    it("are about disks", () => {
      const disk = (source: PlainMap) =>
        check({ devices: { disks: [{ source, target: { dev: "vda", bus: "virtio" } }] } });
      const either = ["devices.disks[0].source: either pool and volume, or file"];
      assert.deepEqual(disk({ pool: "p", volume: UNKNOWN }), []);
      assert.deepEqual(disk({ pool: "p" }), either);
      assert.deepEqual(disk({ pool: "p", volume: "v", file: "/f" }), either);
      assert.deepEqual(disk({ file: "f" }), [
        'devices.disks[0].source.file: "f" is not an absolute path on the hypervisor',
      ]);
      const twice = { source: { file: "/f" }, target: { dev: "vda", bus: "virtio" } };
      assert.deepEqual(check({ devices: { disks: [twice, twice] } }), [
        "devices.disks: two of them have target.dev vda",
      ]);
    });

    it("are about interfaces", () => {
      assert.deepEqual(withInterface({ type: "network" }), [
        "devices.interfaces[0].source.network: type network needs the name of its network",
      ]);
      assert.deepEqual(withInterface({ type: "bridge", source: { network: "n" } }), [
        "devices.interfaces[0].source.bridge: type bridge needs the name of its bridge",
      ]);
      assert.deepEqual(withInterface({ type: "network", source: { network: "n" }, restrict: true }), [
        "devices.interfaces[0].restrict: only for type user",
      ]);
      assert.deepEqual(withInterface({ type: "user", source: { network: "n" } }), [
        "devices.interfaces[0].source: not for type user",
      ]);
      assert.match(withInterface({ type: "user", mac: { address: "52:54" } })[0] ?? "", /not a hardware address/);
      assert.match(withInterface({ type: "user", mac: { address: "53:54:00:00:00:01" } })[0] ?? "", /multicast/);
    });

    it("are about forwarded ports", () => {
      const forward = (address: string, ...ranges: PlainMap[]) =>
        withInterface({ type: "user", portForwards: [{ proto: "tcp", address, ranges }] });
      const at = "devices.interfaces[0].portForwards[0]";
      assert.deepEqual(forward("127.0.0.1", { start: 0, to: 22 }, { to: 22 }), []);
      assert.deepEqual(forward("localhost", { to: 22 }), [`${at}.address: "localhost" is not an IPv4 address`]);
      assert.deepEqual(forward("127.0.0.1", { start: 70000, to: 0 }), [
        `${at}.ranges[0].start: 70000 is not a port: 0 to 65535`,
        `${at}.ranges[0].to: 0 is not a port: 1 to 65535`,
      ]);
      assert.deepEqual(forward("127.0.0.1", { start: 80, to: 1 }, { start: 80, to: 2 }), [
        `${at}.ranges[1].start: port 80 is forwarded twice`,
      ]);
    });

    it("are about the number of user-mode interfaces and about consoles", () => {
      const interfaces = Array.from({ length: 11 }, () => ({ type: "user" }));
      assert.deepEqual(check({ devices: { interfaces } }), ["devices.interfaces: at most 10 of type user, not 11"]);
      assert.deepEqual(
        check({ devices: { serials: [{ type: "file" }], consoles: [{ type: "pty", source: { path: "/x" } }] } }),
        ["devices.serials[0].source: type file needs a path", "devices.consoles[0].source: only for type file"],
      );
      assert.match(
        check({ devices: { serials: [{ type: "pty", log: { file: "x" } }] } })[0] ?? "",
        /serials\[0\].log.file: .* not an absolute path/,
      );
    });
  });

  describe("of a network", () => {
    const check = (inputs: PlainMap) => lines(networkResource.check(inputs));

    it("are about names, bridges and addresses", () => {
      assert.deepEqual(
        check({ name: "n", bridge: { name: "br0" }, ips: [{ address: "192.0.2.1" }, { address: "2001:db8::1" }] }),
        [],
      );
      assert.match(
        check({ name: "n", bridge: { name: "a-very-long-bridge" } })[0] ?? "",
        /bridge.name: .* 1 to 15 characters/,
      );
      assert.deepEqual(check({ name: "n", forward: { mode: "bridge" } }), [
        "bridge: forward mode bridge needs the name of an existing bridge",
      ]);
      assert.deepEqual(check({ name: "n", ips: [{ address: "192.0.2" }] }), [
        'ips[0].address: "192.0.2" is not an IP address',
      ]);
    });
  });

  describe("of a pool", () => {
    it("are about its directory", () => {
      assert.deepEqual(
        lines(poolResource.check({ name: "p", target: { path: "images", permissions: { mode: "rwx" } } })),
        [
          'target.path: "images" is not an absolute path on the hypervisor',
          'target.permissions.mode: "rwx" is not an octal mode like 0711',
        ],
      );
    });

    it("tell its owner by a UUID that depends on URN, name and the directory's origin", () => {
      const uuid = poolUuid("urn:a", "p", "made");
      assert.match(uuid, /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      assert.equal(
        new Set([uuid, poolUuid("urn:b", "p", "made"), poolUuid("urn:a", "q", "made"), poolUuid("urn:a", "p", "found")])
          .size,
        4,
      );
      assert.equal(poolUuid("urn:a", "p", "made"), uuid);
    });
  });

  describe("of a volume", () => {
    const check = (inputs: PlainMap) => lines(volumeResource.check({ name: "v", pool: "p", ...inputs }));
    const directory = mkdtempSync(join(tmpdir(), "libvirt-check-"));
    const file = join(directory, "image");
    before(() => writeFileSync(file, "x"));
    after(() => rmSync(directory, { recursive: true }));

    it("want one content at most, or a capacity", () => {
      assert.deepEqual(check({ capacity: { value: 1 } }), []);
      assert.deepEqual(check({ source: file, sourceSha256: "0".repeat(64) }), []);
      assert.deepEqual(check({}), [
        "capacity: an empty volume needs a capacity (or give backingStore, source or content)",
      ]);
      assert.deepEqual(check({ content: "a", source: file }), ["content: source and content exclude each other"]);
      assert.deepEqual(check({ content: "a", sourceSha256: "0".repeat(64) }), [
        "sourceSha256: only for a volume with a source",
      ]);
    });

    it("find a missing file before anything is made, if its path is known", () => {
      assert.deepEqual(check({ source: `${file}.missing` }), [`source: ${file}.missing: no such file`]);
      assert.deepEqual(check({ source: UNKNOWN }), []);
    });

    it("are about units, sums, formats and modes", () => {
      assert.deepEqual(check({ source: file, sourceSha256: "abc" }), ["sourceSha256: 64 hexadecimal digits expected"]);
      const backingStore = { path: "/base", format: { type: "raw" } };
      assert.deepEqual(check({ backingStore, target: { format: { type: "raw" } } }), [
        "target.format.type: an overlay is qcow2",
      ]);
      assert.deepEqual(check({ content: "a", target: { permissions: { mode: "888" } } }), [
        'target.permissions.mode: "888" is not an octal mode like 0711',
      ]);
    });
  });
});
