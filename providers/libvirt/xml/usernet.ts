import type { DomainInputs, DomainInterface } from "../schema/domain";

/**
 * QEMU's user-mode network, for which libvirt's own <interface type='user'> knows no port forwards without passt.
 * It is written through the qemu:commandline namespace (https://libvirt.org/drvqemu.html#pass-through-of-arbitrary-qemu-commands)
 * as one -netdev and one -device per interface; options as in qemu(1), "-netdev user".
 */
export const DEFAULT_ADDRESS = "127.0.0.1";

export interface PortForward {
  proto: "tcp" | "udp";
  address: string;
  /** Port of the hypervisor; 0 when QEMU is to choose. */
  start: number;
  /** Port of the guest. */
  to: number;
}

/** The forwards of an interface one by one, in order. */
export function forwardsOf(networkInterface: DomainInterface): PortForward[] {
  return (networkInterface.portForwards ?? []).flatMap(({ proto, address, ranges }) =>
    ranges.map(({ start, to }) => ({ proto, address: address ?? DEFAULT_ADDRESS, start: start ?? 0, to })),
  );
}

/** Id of the netdev for the interface at this index of the inputs. */
export function netdevId(index: number): string {
  return `pulumi${index}`;
}

const CARDS = { virtio: "virtio-net-pci", e1000: "e1000", e1000e: "e1000e", rtl8139: "rtl8139" } as const;

/**
 * libvirt does not know of devices on the command line, so their PCI slots must be ones that it will not give away: it
 * fills pc's bus from slot 2 and q35's root bus from slot 1 upwards, and has fixed devices of q35 at 0x1a to 0x1f.
 */
const FIRST_SLOT = { pc: 0x18, q35: 0x10 };
/** Slots left from the first: 0x18 to 0x1f, or 0x10 to 0x19. */
const SLOTS = { pc: 8, q35: 10 };

function family(machine: string): "pc" | "q35" {
  return machine.includes("q35") ? "q35" : "pc";
}

export function maximumUserInterfaces(machine: string): number {
  return SLOTS[family(machine)];
}

/** QEMU's arguments for all interfaces of type user. */
export function userNetworkArguments(inputs: DomainInputs): string[] {
  const machine = family(inputs.os.type.machine);
  const bus = machine === "q35" ? "pcie.0" : "pci.0";
  const users = (inputs.devices?.interfaces ?? [])
    .map((item, index) => ({ item, index }))
    .filter(({ item }) => item.type === "user");
  return users.flatMap(({ item, index }, position) => {
    const id = netdevId(index);
    const forwards = forwardsOf(item).map(
      ({ proto, address, start, to }) => `hostfwd=${proto}:${address}:${start}-:${to}`,
    );
    const netdev = ["user", `id=${id}`, ...(item.restrict ? ["restrict=on"] : []), ...forwards];
    const device = [
      CARDS[item.model?.type ?? "virtio"],
      `netdev=${id}`,
      ...(item.mac ? [`mac=${item.mac.address}`] : []),
      `bus=${bus}`,
      `addr=0x${(FIRST_SLOT[machine] + position).toString(16)}`,
    ];
    return ["-netdev", netdev.join(","), "-device", device.join(",")];
  });
}

/** Takes the interfaces of type user out of a domain's QEMU arguments; what is left are the user's own arguments. */
export function readUserNetworks(args: readonly string[]): {
  interfaces: Map<number, DomainInterface>;
  rest: string[];
} {
  const interfaces = new Map<number, DomainInterface>();
  const rest: string[] = [];
  for (let i = 0; i < args.length; i += 1) {
    const [flag, value] = [args[i] ?? "", args[i + 1] ?? ""];
    const index = /(?:^|,)(?:id|netdev)=pulumi(\d+)(?:,|$)/.exec(value)?.[1];
    if (index === undefined || (flag !== "-netdev" && flag !== "-device")) {
      rest.push(flag);
      continue;
    }
    const known = interfaces.get(Number(index)) ?? { type: "user" };
    interfaces.set(Number(index), { ...known, ...(flag === "-netdev" ? readNetdev(value) : readDevice(value)) });
    i += 1;
  }
  return { interfaces, rest };
}

function readNetdev(value: string): Pick<DomainInterface, "restrict" | "portForwards"> {
  const portForwards: NonNullable<DomainInterface["portForwards"]> = [];
  for (const [, proto, address = "", start, to] of value.matchAll(/hostfwd=(tcp|udp):([^:,]*):(\d+)-:(\d+)/g)) {
    const range = { ...(start !== "0" && { start: Number(start) }), to: Number(to) };
    const last = portForwards.at(-1);
    if (last?.proto === proto && last?.address === address) last.ranges.push(range);
    else portForwards.push({ proto: proto === "udp" ? "udp" : "tcp", address, ranges: [range] });
  }
  return {
    ...(/(?:^|,)restrict=on(?:,|$)/.test(value) && { restrict: true }),
    ...(portForwards.length > 0 && { portForwards }),
  };
}

function readDevice(value: string): Pick<DomainInterface, "mac" | "model"> {
  const [card] = value.split(",");
  const type = (Object.keys(CARDS) as (keyof typeof CARDS)[]).find((key) => CARDS[key] === card);
  const address = /(?:^|,)mac=([^,]+)/.exec(value)?.[1];
  return { ...(address !== undefined && { mac: { address } }), ...(type !== undefined && { model: { type } }) };
}

interface UsedForward extends PortForward {
  netdev: string;
}

/** What the monitor command "info usernet" says of host forwards. */
export function parseUsernet(output: string): UsedForward[] {
  const forwards: UsedForward[] = [];
  let netdev = "";
  for (const line of output.split("\n")) {
    netdev = /^Hub -?\d+ \((.+)\):/.exec(line)?.[1] ?? netdev;
    const match = /^\s*(TCP|UDP)\[HOST_FORWARD\]\s+\S+\s+(\S+)\s+(\d+)\s+\S+\s+(\d+)\s/.exec(line);
    if (match === null) continue;
    const [, proto, address = "", start, to] = match;
    forwards.push({ netdev, proto: proto === "UDP" ? "udp" : "tcp", address, start: Number(start), to: Number(to) });
  }
  return forwards;
}

/** The forwards that were asked for, in their order, with the ports in use; undefined when one is missing. */
export function matchForwards(inputs: DomainInputs, used: readonly UsedForward[]): PortForward[] | undefined {
  const free = [...used];
  const found: PortForward[] = [];
  for (const [index, networkInterface] of (inputs.devices?.interfaces ?? []).entries()) {
    if (networkInterface.type !== "user") continue;
    for (const { proto, address, start, to } of forwardsOf(networkInterface)) {
      const at = free.findIndex(
        (forward) =>
          forward.netdev === netdevId(index) &&
          forward.proto === proto &&
          forward.to === to &&
          (forward.address === address || (forward.address === "*" && address === "0.0.0.0")) &&
          (start === 0 || forward.start === start),
      );
      const [match] = at < 0 ? [] : free.splice(at, 1);
      if (match === undefined) return undefined;
      found.push({ proto, address, start: match.start, to });
    }
  }
  return found;
}
