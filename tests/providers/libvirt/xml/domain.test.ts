import assert from "node:assert/strict";
import fc from "fast-check";
import { type DomainInputs, domain } from "../../../../providers/libvirt/schema/domain";
import { domainXml } from "../../../../providers/libvirt/xml/domain";
import { ownedFiles, readDomain } from "../../../../providers/libvirt/xml/domain-reader";
import { readOwner } from "../../../../providers/libvirt/xml/owner";
import { parseXml } from "../../../../providers/libvirt/xml/xml";
import { arbitraryOf } from "../support/arbitrary";

const MACHINE: DomainInputs = {
  type: "qemu",
  name: "client1",
  memory: { value: 512, unit: "MiB" },
  os: { type: { arch: "x86_64", machine: "q35" } },
};

const reread = (inputs: DomainInputs) => readDomain(parseXml(domainXml(inputs, "urn").xml, "domain"));
const line = (inputs: DomainInputs, pattern: RegExp) =>
  domainXml(inputs, "urn")
    .xml.split("\n")
    .filter((text) => pattern.test(text))
    .map((text) => text.trim());

describe("a domain's document", () => {
  it("is read back as inputs that make the same document", () => {
    const inputs = (arbitraryOf(domain.inputs) as fc.Arbitrary<unknown> as fc.Arbitrary<DomainInputs>).filter(
      isSensible,
    );
    fc.assert(
      fc.property(inputs, (values) => {
        const again = reread(values);
        assert.deepEqual(reread(again), again);
        assert.equal(domainXml(again, "urn").owner.digest, domainXml(values, "urn").owner.digest);
      }),
      { numRuns: 300 },
    );
  });

  it("has QEMU's software emulation limited through libvirt, whose own -accel would win over another", () => {
    const inputs: DomainInputs = { ...MACHINE, features: { tcg: { tbCache: { value: 128 } } } };
    assert.deepEqual(line(inputs, /tb-cache/), ['<tb-cache unit="KiB">131072</tb-cache>']);
  });

  it("has user-mode networks on QEMU's command line, in slots that libvirt does not use", () => {
    const user = { type: "user", restrict: true, mac: { address: "52:54:00:00:00:01" } } as const;
    const portForwards = [{ proto: "tcp", ranges: [{ to: 22 }, { start: 8080, to: 80 }] }] as const;
    const interfaces = [
      { type: "network", source: { network: "segment" } },
      { ...user, portForwards: portForwards.map((forward) => ({ ...forward, ranges: [...forward.ranges] })) },
      { type: "user", model: { type: "e1000" } },
    ] satisfies NonNullable<DomainInputs["devices"]>["interfaces"];
    assert.deepEqual(line({ ...MACHINE, devices: { interfaces } }, /qemu:arg/), [
      '<qemu:arg value="-netdev"/>',
      '<qemu:arg value="user,id=pulumi1,restrict=on,hostfwd=tcp:127.0.0.1:0-:22,hostfwd=tcp:127.0.0.1:8080-:80"/>',
      '<qemu:arg value="-device"/>',
      '<qemu:arg value="virtio-net-pci,netdev=pulumi1,mac=52:54:00:00:00:01,bus=pcie.0,addr=0x10"/>',
      '<qemu:arg value="-netdev"/>',
      '<qemu:arg value="user,id=pulumi2"/>',
      '<qemu:arg value="-device"/>',
      '<qemu:arg value="e1000,netdev=pulumi2,bus=pcie.0,addr=0x11"/>',
    ]);
    const pc: DomainInputs = { ...MACHINE, os: { type: { arch: "x86_64", machine: "pc" } }, devices: { interfaces } };
    assert.deepEqual(line(pc, /-net-pci|e1000/), [
      '<qemu:arg value="virtio-net-pci,netdev=pulumi1,mac=52:54:00:00:00:01,bus=pci.0,addr=0x18"/>',
      '<qemu:arg value="e1000,netdev=pulumi2,bus=pci.0,addr=0x19"/>',
    ]);
  });

  it("leaves the user's own QEMU arguments apart from ours", () => {
    const inputs: DomainInputs = {
      ...MACHINE,
      devices: { interfaces: [{ type: "user" }] },
      qemuCommandline: { args: ["-snapshot"] },
    };
    const { devices, qemuCommandline } = reread(inputs);
    assert.deepEqual(qemuCommandline, { args: ["-snapshot"] });
    assert.deepEqual(devices?.interfaces, [{ type: "user", model: { type: "virtio" } }]);
  });

  it("names its owner, and changes its digest with its content only", () => {
    const one = domainXml(MACHINE, "urn:a", "11111111-1111-4111-8111-111111111111");
    const other = domainXml(MACHINE, "urn:b");
    assert.deepEqual(readOwner(parseXml(one.xml, "domain")), one.owner);
    assert.equal(one.owner.digest, other.owner.digest);
    assert.notEqual(one.owner.digest, domainXml({ ...MACHINE, vcpu: 2 }, "urn:a").owner.digest);
    assert.equal(readOwner(parseXml("<domain><name>x</name></domain>", "domain")), undefined);
  });

  it("says which files go with the domain", () => {
    const devices: DomainInputs["devices"] = {
      serials: [
        { type: "pty", log: { file: "/a.log" } },
        { type: "file", source: { path: "/b.out" } },
      ],
      consoles: [{ type: "pty", log: { file: "/a.log" } }],
    };
    assert.deepEqual(ownedFiles(parseXml(domainXml({ ...MACHINE, devices }, "u").xml, "domain")), ["/a.log", "/b.out"]);
  });
});

/** What the check before lets through, as far as the document depends on it. */
function isSensible({ devices, qemuCommandline, os }: DomainInputs): boolean {
  const forwards = (devices?.interfaces ?? []).flatMap(({ portForwards }) => portForwards ?? []);
  return (
    (devices?.interfaces ?? []).every((item) => isSensibleInterface(item)) &&
    forwards.every(({ address }) => address === undefined) &&
    (devices?.disks ?? []).every(
      ({ source }) => (source.file === undefined) === (source.pool !== undefined && source.volume !== undefined),
    ) &&
    [...(devices?.serials ?? []), ...(devices?.consoles ?? [])].every(
      ({ type, source }) => (type === "file") === (source !== undefined),
    ) &&
    !(qemuCommandline?.args ?? []).some((value) => value.includes("=pulumi")) &&
    !os.type.machine.includes("q35")
  );
}

function isSensibleInterface({
  type,
  source,
  mac,
  restrict,
  portForwards,
}: NonNullable<NonNullable<DomainInputs["devices"]>["interfaces"]>[number]): boolean {
  if (type === "user") return source === undefined && mac === undefined;
  return source !== undefined && restrict === undefined && portForwards === undefined;
}
