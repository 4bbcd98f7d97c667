import type { DomainDevices, DomainDisk, DomainInputs, DomainInterface } from "../schema/domain";
import { toBytes } from "../units";
import { digest, type Owner, ownerElement } from "./owner";
import { userNetworkArguments } from "./usernet";
import { buildXml, type Element } from "./xml";

const QEMU_NAMESPACE = "http://libvirt.org/schemas/domain/qemu/1.0";

/** The document to define a domain with, owned by this URN. */
export function domainXml(inputs: DomainInputs, urn: string, uuid?: string): { xml: string; owner: Owner } {
  const owner = { urn, digest: digest(buildXml({ domain: body(inputs) })) };
  return { xml: buildXml({ domain: body(inputs, { uuid, metadata: ownerElement(owner) }) }), owner };
}

function body(inputs: DomainInputs, identity: Element = {}): Element {
  const args = [...(inputs.qemuCommandline?.args ?? []), ...userNetworkArguments(inputs)];
  return {
    "@type": inputs.type,
    "@xmlns:qemu": args.length > 0 ? QEMU_NAMESPACE : undefined,
    name: inputs.name,
    ...identity,
    memory: { "@unit": "bytes", "#": String(toBytes(inputs.memory, "KiB")) },
    vcpu: inputs.vcpu ?? 1,
    sysinfo: inputs.sysinfo && { "@type": "smbios", oemStrings: { entry: inputs.sysinfo.oemStrings } },
    os: osElement(inputs),
    features: featuresElement(inputs.features),
    cpu: inputs.cpu && { "@mode": inputs.cpu.mode, model: inputs.cpu.model },
    clock: {
      "@offset": inputs.clock?.offset ?? "utc",
      timer: inputs.clock?.timers?.map(({ name, present, tickpolicy }) => ({
        "@name": name,
        "@present": present === undefined ? undefined : yesNo(present),
        "@tickpolicy": tickpolicy,
      })),
    },
    devices: devicesElement(inputs.devices ?? {}),
    "qemu:commandline": args.length === 0 ? undefined : { "qemu:arg": args.map((value) => ({ "@value": value })) },
  };
}

function osElement({ os, sysinfo }: DomainInputs): Element {
  return {
    "@firmware": os.firmware,
    type: { "@arch": os.type.arch, "@machine": os.type.machine, "#": "hvm" },
    loader: os.loader && {
      "@readonly": os.loader.readonly === undefined ? undefined : yesNo(os.loader.readonly),
      "@type": os.loader.type,
      "#": os.loader.path,
    },
    kernel: os.kernel,
    initrd: os.initrd,
    cmdline: os.cmdline,
    boot: os.boot?.map(({ dev }) => ({ "@dev": dev })),
    smbios: sysinfo && { "@mode": "sysinfo" },
  };
}

function featuresElement(features: DomainInputs["features"]): Element {
  return {
    acpi: features?.acpi === false ? undefined : {},
    apic: features?.apic === false ? undefined : {},
    tcg: features?.tcg && {
      "tb-cache": { "@unit": "KiB", "#": String(Math.ceil(toBytes(features.tcg.tbCache, "MiB") / 1024)) },
    },
  };
}

function devicesElement(devices: DomainDevices): Element {
  return {
    emulator: devices.emulator,
    disk: devices.disks?.map(diskElement),
    controller: devices.controllers?.map(({ type, index, model }) => ({
      "@type": type,
      "@index": index ?? 0,
      "@model": model,
    })),
    interface: devices.interfaces?.filter(({ type }) => type !== "user").map(interfaceElement),
    serial: devices.serials?.map((serial, index) => ({
      ...characterElement(serial),
      target: { "@port": serial.target?.port ?? index },
    })),
    console: devices.consoles?.map((console) => ({
      ...characterElement(console),
      target: { "@type": console.target?.type ?? "serial" },
    })),
    memballoon: devices.memballoon && { "@model": devices.memballoon.model },
    rng: devices.rng && {
      "@model": devices.rng.model,
      backend: { "@model": devices.rng.backend.model, "#": devices.rng.backend.source },
    },
  };
}

function diskElement({ device, driver, source, target, readonly, serial }: DomainDisk): Element {
  const fromPool = source.file === undefined;
  return {
    "@type": fromPool ? "volume" : "file",
    "@device": device ?? "disk",
    driver: {
      "@name": driver?.name ?? "qemu",
      "@type": driver?.type ?? "raw",
      "@cache": driver?.cache,
      "@discard": driver?.discard,
    },
    source: fromPool ? { "@pool": source.pool, "@volume": source.volume } : { "@file": source.file },
    target: { "@dev": target.dev, "@bus": target.bus },
    readonly: readonly ? {} : undefined,
    serial,
  };
}

function interfaceElement({ type, source, mac, model }: DomainInterface): Element {
  return {
    "@type": type,
    mac: mac && { "@address": mac.address },
    source: { "@network": source?.network, "@bridge": source?.bridge },
    model: { "@type": model?.type ?? "virtio" },
  };
}

type CharacterDevice = NonNullable<DomainDevices["serials"]>[number] | NonNullable<DomainDevices["consoles"]>[number];

function characterElement({ type, source, log }: CharacterDevice): Element {
  return {
    "@type": type,
    source: source && { "@path": source.path },
    log: log && { "@file": log.file, "@append": log.append ? "on" : "off" },
  };
}

function yesNo(value: boolean): string {
  return value ? "yes" : "no";
}
