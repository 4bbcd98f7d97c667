import assert from "node:assert/strict";
import type { DomainInputs, DomainInterface } from "../../../../providers/libvirt/schema/domain";
import {
  matchForwards,
  maximumUserInterfaces,
  parseUsernet,
  readUserNetworks,
} from "../../../../providers/libvirt/xml/usernet";

/** From QEMU 7.2's monitor, with a guest connected. */
const OUTPUT = `Hub -1 (pulumi0):\r
  Protocol[State]    FD  Source Address  Port   Dest. Address  Port RecvQ SendQ\r
  TCP[ESTABLISHED]   30       127.0.0.1 33895       127.0.0.1 51234     0     0\r
  TCP[HOST_FORWARD]  12       127.0.0.1 33895       10.0.2.15    22     0     0\r
  TCP[HOST_FORWARD]  11       127.0.0.1 46857       10.0.2.15    22     0     0\r
  UDP[HOST_FORWARD]  10               * 40000       10.0.2.15    53     0     0\r
Hub -1 (pulumi2):\r
  Protocol[State]    FD  Source Address  Port   Dest. Address  Port RecvQ SendQ\r
  TCP[HOST_FORWARD]  12       127.0.0.1 40001       10.0.2.15    22     0     0\r
`;

function machine(...interfaces: DomainInterface[]): DomainInputs {
  return {
    type: "qemu",
    name: "m",
    memory: { value: 1 },
    os: { type: { arch: "x86_64", machine: "q35" } },
    devices: { interfaces },
  };
}
const user = (
  ranges: { start?: number; to: number }[],
  address?: string,
  proto: "tcp" | "udp" = "tcp",
): DomainInterface => ({
  type: "user",
  portForwards: [{ proto, ...(address !== undefined && { address }), ranges }],
});

describe("user-mode networks", () => {
  it("report their forwards in the monitor", () => {
    assert.deepEqual(parseUsernet(OUTPUT), [
      { netdev: "pulumi0", proto: "tcp", address: "127.0.0.1", start: 33895, to: 22 },
      { netdev: "pulumi0", proto: "tcp", address: "127.0.0.1", start: 46857, to: 22 },
      { netdev: "pulumi0", proto: "udp", address: "*", start: 40000, to: 53 },
      { netdev: "pulumi2", proto: "tcp", address: "127.0.0.1", start: 40001, to: 22 },
    ]);
  });

  it("are matched with what was asked for, fixed ports before chance, each forward once", () => {
    const used = parseUsernet(OUTPUT);
    const segment: DomainInterface = { type: "network", source: { network: "s" } };
    const found = matchForwards(
      machine(user([{ start: 46857, to: 22 }, { to: 22 }]), segment, user([{ to: 22 }])),
      used,
    );
    assert.deepEqual(
      found?.map(({ start }) => start),
      [46857, 33895, 40001],
    );
    assert.deepEqual(
      matchForwards(machine(user([{ to: 53 }], "0.0.0.0", "udp")), used)?.map(({ start }) => start),
      [40000],
    );
    assert.equal(matchForwards(machine(user([{ to: 80 }])), used), undefined);
    assert.equal(matchForwards(machine(user([{ to: 22 }, { to: 22 }, { to: 22 }])), used), undefined);
    assert.deepEqual(matchForwards(machine(), used), []);
  });

  it("are told from other arguments", () => {
    const args = ["-netdev", "user,id=mine", "-device", "e1000,netdev=pulumi3,mac=52:54:00:00:00:09", "-snapshot"];
    const { interfaces, rest } = readUserNetworks(args);
    assert.deepEqual(rest, ["-netdev", "user,id=mine", "-snapshot"]);
    assert.deepEqual(
      [...interfaces],
      [[3, { type: "user", mac: { address: "52:54:00:00:00:09" }, model: { type: "e1000" } }]],
    );
  });

  it("are as many as there are slots", () => {
    assert.deepEqual(["pc", "pc-i440fx-7.2", "q35", "pc-q35-7.2"].map(maximumUserInterfaces), [8, 8, 10, 10]);
  });
});
