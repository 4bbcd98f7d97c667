import type { DomainDevices, DomainDisk, DomainInputs, DomainInterface } from "../schema/domain";
import { toBytes, UNITS, type Unit } from "../units";
import { readUserNetworks } from "./usernet";
import type { Node } from "./xml";

/**
 * The inputs that make a domain like this one, from its inactive document, as far as they can be written in our schema;
 * devices that libvirt adds by itself are in it only where the schema has a place for them.
 */
export function readDomain(root: Node): DomainInputs {
  const args = root.at("qemu:commandline")?.children("qemu:arg") ?? [];
  const { interfaces, rest } = readUserNetworks(args.map((arg) => arg.attribute("value") ?? ""));
  const cpu = root.child("cpu");
  const model = cpu?.child("model")?.text;
  const oemStrings = root
    .at("sysinfo", "oemStrings")
    ?.children("entry")
    .map((entry) => entry.text);
  return defined({
    type: root.attribute("type") === "kvm" ? "kvm" : "qemu",
    name: root.child("name")?.text ?? "",
    memory: { value: sizeOf(root.child("memory"), "KiB") / 1024, unit: "KiB" },
    vcpu: Number(root.child("vcpu")?.text ?? 1),
    cpu: cpu && defined({ mode: cpu.attribute("mode") ?? "custom", model: model || undefined }),
    os: readOs(root),
    sysinfo: oemStrings && { oemStrings },
    features: readFeatures(root),
    clock: readClock(root.child("clock")),
    devices: readDevices(root.child("devices"), interfaces),
    qemuCommandline: rest.length > 0 ? { args: rest } : undefined,
  }) as DomainInputs;
}

/** Files on the hypervisor that live and die with the domain: logs and outputs of its serial ports and consoles. */
export function ownedFiles(root: Node): string[] {
  const devices = root.child("devices");
  const characters = [...(devices?.children("serial") ?? []), ...(devices?.children("console") ?? [])];
  const files = characters.flatMap((device) => [
    device.child("log")?.attribute("file"),
    device.attribute("type") === "file" ? device.child("source")?.attribute("path") : undefined,
  ]);
  return [...new Set(files.filter((file) => file !== undefined))];
}

function readOs(root: Node): unknown {
  const os = root.child("os");
  const loader = os?.child("loader");
  const boot = (os?.children("boot") ?? []).map((item) => ({ dev: item.attribute("dev") }));
  return defined({
    type: { arch: os?.child("type")?.attribute("arch"), machine: os?.child("type")?.attribute("machine") },
    firmware: os?.attribute("firmware"),
    loader:
      loader &&
      defined({ path: loader.text, readonly: readYesNo(loader.attribute("readonly")), type: loader.attribute("type") }),
    kernel: os?.child("kernel")?.text,
    initrd: os?.child("initrd")?.text,
    cmdline: os?.child("cmdline")?.text,
    boot: boot.length > 0 ? boot : undefined,
  });
}

function readFeatures(root: Node): unknown {
  const features = root.child("features");
  const cache = features?.at("tcg", "tb-cache");
  return defined({
    acpi: features?.child("acpi") !== undefined,
    apic: features?.child("apic") !== undefined,
    tcg: cache && { tbCache: { value: sizeOf(cache, "KiB") / 2 ** 20, unit: "MiB" } },
  });
}

function readClock(clock: Node | undefined): unknown {
  const timers = (clock?.children("timer") ?? []).map((timer) =>
    defined({
      name: timer.attribute("name"),
      present: readYesNo(timer.attribute("present")),
      tickpolicy: timer.attribute("tickpolicy"),
    }),
  );
  return defined({ offset: clock?.attribute("offset") ?? "utc", timers: timers.length > 0 ? timers : undefined });
}

function readDevices(devices: Node | undefined, users: Map<number, DomainInterface>): unknown {
  const interfaces = (devices?.children("interface") ?? []).map(readInterface);
  for (const index of [...users.keys()].sort((a, b) => a - b)) {
    const user = users.get(index);
    if (user !== undefined) interfaces.splice(index, 0, user);
  }
  const rng = devices?.child("rng");
  const memballoon = devices?.child("memballoon")?.attribute("model");
  const serials = (devices?.children("serial") ?? []).map((serial) =>
    readCharacter(serial, { port: Number(serial.child("target")?.attribute("port") ?? 0) }),
  );
  const consoles = (devices?.children("console") ?? []).map((console) =>
    readCharacter(console, { type: console.child("target")?.attribute("type") ?? "serial" }),
  );
  return defined({
    emulator: devices?.child("emulator")?.text,
    disks: nonEmpty((devices?.children("disk") ?? []).map(readDisk)),
    controllers: nonEmpty(
      (devices?.children("controller") ?? [])
        .filter((controller) => ["usb", "sata", "scsi", "virtio-serial"].includes(controller.attribute("type") ?? ""))
        .map((controller) =>
          defined({
            type: controller.attribute("type"),
            index: Number(controller.attribute("index") ?? 0),
            model: controller.attribute("model"),
          }),
        ),
    ),
    interfaces: nonEmpty(interfaces),
    serials: nonEmpty(serials),
    consoles: nonEmpty(consoles),
    rng: rng && {
      model: rng.attribute("model"),
      backend: defined({
        model: rng.child("backend")?.attribute("model"),
        source: rng.child("backend")?.text || undefined,
      }),
    },
    memballoon: memballoon && { model: memballoon },
  } satisfies Record<keyof DomainDevices, unknown>);
}

function readDisk(disk: Node): DomainDisk {
  const [driver, source, target] = [disk.child("driver"), disk.child("source"), disk.child("target")];
  return defined({
    device: disk.attribute("device"),
    driver: defined({
      name: driver?.attribute("name"),
      type: driver?.attribute("type") ?? "raw",
      cache: driver?.attribute("cache"),
      discard: driver?.attribute("discard"),
    }),
    source: defined({
      pool: source?.attribute("pool"),
      volume: source?.attribute("volume"),
      file: source?.attribute("file"),
    }),
    target: { dev: target?.attribute("dev"), bus: target?.attribute("bus") },
    readonly: disk.child("readonly") === undefined ? undefined : true,
    serial: disk.child("serial")?.text,
  }) as DomainDisk;
}

function readInterface(element: Node): DomainInterface {
  const source = element.child("source");
  const mac = element.child("mac")?.attribute("address");
  return defined({
    type: element.attribute("type"),
    source: source && defined({ network: source.attribute("network"), bridge: source.attribute("bridge") }),
    mac: mac === undefined ? undefined : { address: mac },
    model: { type: element.child("model")?.attribute("type") ?? "rtl8139" },
  }) as DomainInterface;
}

function readCharacter(device: Node, target: unknown): unknown {
  const type = device.attribute("type");
  const path = device.child("source")?.attribute("path");
  const log = device.child("log");
  return defined({
    type,
    source: type === "file" && path !== undefined ? { path } : undefined,
    log: log && defined({ file: log.attribute("file"), append: log.attribute("append") === "on" ? true : undefined }),
    target,
  });
}

/** Bytes; libvirt itself always writes one of our units. */
function sizeOf(element: Node | undefined, defaultUnit: Unit): number {
  const unit = element?.attribute("unit");
  const known = UNITS.find((name) => name === unit) ?? (unit === "b" ? "bytes" : defaultUnit);
  return toBytes({ value: Number(element?.text ?? 0), unit: known }, defaultUnit);
}

function readYesNo(value: string | undefined): boolean | undefined {
  return value === undefined ? undefined : value === "yes";
}

function nonEmpty<T>(items: T[]): T[] | undefined {
  return items.length > 0 ? items : undefined;
}

function defined(object: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));
}
