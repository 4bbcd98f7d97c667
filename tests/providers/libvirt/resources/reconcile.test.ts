import assert from "node:assert/strict";
import { reconcile } from "../../../../providers/libvirt/resources/reconcile";

describe("reconciling inputs with reality", () => {
  it("keeps the program's wording where nothing has changed", () => {
    const known = { memory: { value: 1, unit: "GiB" }, os: { machine: "q35" } };
    const expected = { memory: { value: 1048576, unit: "KiB" }, os: { machine: "q35" } };
    const live = { memory: { value: 1048576, unit: "KiB" }, os: { machine: "pc-q35-7.2" }, added: true };
    assert.deepEqual(reconcile(known, expected, live as typeof expected), known);
  });

  it("takes over what somebody has changed or removed", () => {
    const known: Record<string, unknown> = { vcpu: 1, disks: [{ a: 1 }], mtu: { size: 9000 } };
    assert.deepEqual(reconcile(known, known, { vcpu: 2, disks: [{ a: 1 }, { a: 2 }] }), {
      vcpu: 2,
      disks: [{ a: 1 }, { a: 2 }],
    });
  });

  it("lets libvirt add members and controllers, but not whole disks", () => {
    const known: Record<string, unknown> = { devices: { controllers: [{ type: "usb" }], disks: [{ a: 1 }] } };
    const live = {
      devices: { controllers: [{ type: "sata" }, { type: "usb", index: 0 }], disks: [{ a: 1, alias: "x" }] },
    };
    assert.deepEqual(reconcile(known, known, live), known);
  });

  it("does not take another machine type for an alias", () => {
    const known = { os: { machine: "q35" } };
    assert.deepEqual(reconcile(known, known, { os: { machine: "pc-i440fx-7.2" } }), {
      os: { machine: "pc-i440fx-7.2" },
    });
  });
});
