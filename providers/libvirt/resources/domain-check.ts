import type { Failure } from "../schema/validate";
import { isMap, type Plain, type PlainMap, Unknown } from "../wire/values";
import { maximumUserInterfaces } from "../xml/usernet";
import { checkAbsolute, checkIPv4, checkName } from "./resource";

/** What the schema of a domain cannot express. Any part may be of the wrong type or unknown: that is reported elsewhere. */
export function checkDomain(inputs: PlainMap): Failure[] {
  const devices = map(inputs.devices);
  const os = map(inputs.os);
  return [
    ...checkName("name", inputs.name),
    ...checkSize("memory", inputs.memory),
    ...checkSize("features.tcg.tbCache", map(map(map(inputs.features).tcg)).tbCache),
    ...checkCpu(map(inputs.cpu)),
    ...checkAbsolute("os.kernel", os.kernel),
    ...checkAbsolute("os.initrd", os.initrd),
    ...(os.kernel === undefined && (os.initrd !== undefined || os.cmdline !== undefined)
      ? [{ property: "os.kernel", reason: "initrd and cmdline need a kernel" }]
      : []),
    ...items(devices.disks).flatMap((disk, index) => checkDisk(`devices.disks[${index}]`, disk)),
    ...checkUnique(
      "devices.disks",
      items(devices.disks).map((disk) => map(disk.target).dev),
    ),
    ...items(devices.interfaces).flatMap((item, index) => checkInterface(`devices.interfaces[${index}]`, item)),
    ...checkUserInterfaces(items(devices.interfaces), map(os.type).machine),
    ...checkFixedPorts(items(devices.interfaces)),
    ...["serials", "consoles"].flatMap((kind) =>
      items(devices[kind]).flatMap((item, index) => checkCharacter(`devices.${kind}[${index}]`, item)),
    ),
  ];
}

function map(value: Plain | undefined): PlainMap {
  return isMap(value) ? (value as PlainMap) : {};
}

function items(value: Plain | undefined): PlainMap[] {
  return Array.isArray(value) ? value.map(map) : [];
}

function checkSize(property: string, size: Plain | undefined): Failure[] {
  return map(size).value === 0 ? [{ property: `${property}.value`, reason: "must be more than 0" }] : [];
}

function checkCpu({ mode, model }: PlainMap): Failure[] {
  if (mode === "custom" && model === undefined) return [{ property: "cpu.model", reason: "mode custom needs a model" }];
  return [];
}

function checkDisk(property: string, disk: PlainMap): Failure[] {
  const source = disk.source;
  if (!isMap(source)) return [];
  const { pool, volume, file } = source;
  const [fromPool, fromFile] = [pool !== undefined && volume !== undefined, file !== undefined];
  if (fromPool === fromFile || (fromFile && (pool !== undefined || volume !== undefined))) {
    return [{ property: `${property}.source`, reason: "either pool and volume, or file" }];
  }
  return checkAbsolute(`${property}.source.file`, file);
}

function checkUnique(property: string, values: (Plain | undefined)[]): Failure[] {
  const repeated = values.find((value, index) => typeof value === "string" && values.indexOf(value) !== index);
  return repeated === undefined ? [] : [{ property, reason: `two of them have target.dev ${String(repeated)}` }];
}

function checkInterface(property: string, item: PlainMap): Failure[] {
  const { type, source, mac } = item;
  if (type === undefined || type instanceof Unknown) return [];
  const failures = checkMac(`${property}.mac.address`, map(mac).address);
  if (type !== "user") {
    for (const name of ["restrict", "portForwards"]) {
      if (item[name] !== undefined) failures.push({ property: `${property}.${name}`, reason: "only for type user" });
    }
    const wanted = type === "network" ? "network" : "bridge";
    if (!(source instanceof Unknown) && map(source)[wanted] === undefined) {
      failures.push({
        property: `${property}.source.${wanted}`,
        reason: `type ${String(type)} needs the name of its ${wanted}`,
      });
    }
    return failures;
  }
  if (source !== undefined) failures.push({ property: `${property}.source`, reason: "not for type user" });
  return [
    ...failures,
    ...items(item.portForwards).flatMap((forward, index) =>
      checkForward(`${property}.portForwards[${index}]`, forward),
    ),
  ];
}

function checkMac(property: string, address: Plain | undefined): Failure[] {
  if (typeof address !== "string") return [];
  if (!/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/i.test(address)) {
    return [{ property, reason: `"${address}" is not a hardware address like 52:54:00:12:34:56` }];
  }
  const isMulticast = (Number.parseInt(address.slice(0, 2), 16) & 1) === 1;
  return isMulticast ? [{ property, reason: `${address} is a multicast address; the first byte must be even` }] : [];
}

const LAST_PORT = 65535;

function checkForward(property: string, forward: PlainMap): Failure[] {
  return [
    ...checkIPv4(`${property}.address`, forward.address),
    ...items(forward.ranges).flatMap(({ start, to }, index) => [
      ...checkPort(`${property}.ranges[${index}].start`, start, 0),
      ...checkPort(`${property}.ranges[${index}].to`, to, 1),
    ]),
  ];
}

function checkPort(property: string, port: Plain | undefined, least: number): Failure[] {
  if (typeof port !== "number" || (port >= least && port <= LAST_PORT)) return [];
  return [{ property, reason: `${port} is not a port: ${least} to ${LAST_PORT}` }];
}

function checkUserInterfaces(interfaces: PlainMap[], machine: Plain | undefined): Failure[] {
  const most = typeof machine === "string" ? maximumUserInterfaces(machine) : Number.POSITIVE_INFINITY;
  const users = interfaces.filter(({ type }) => type === "user").length;
  return users > most ? [{ property: "devices.interfaces", reason: `at most ${most} of type user, not ${users}` }] : [];
}

/** One domain asking for the same fixed port twice could never start. */
function checkFixedPorts(interfaces: PlainMap[]): Failure[] {
  const seen = new Set<string>();
  const failures: Failure[] = [];
  interfaces.forEach((item, i) => {
    items(item.portForwards).forEach((forward, j) => {
      items(forward.ranges).forEach(({ start }, k) => {
        if (typeof start !== "number" || start === 0) return;
        const key = `${String(forward.proto)} ${String(forward.address ?? "")} ${start}`;
        const property = `devices.interfaces[${i}].portForwards[${j}].ranges[${k}].start`;
        if (seen.has(key)) failures.push({ property, reason: `port ${start} is forwarded twice` });
        seen.add(key);
      });
    });
  });
  return failures;
}

function checkCharacter(property: string, item: PlainMap): Failure[] {
  const { type, source, log } = item;
  const failures = [
    ...checkAbsolute(`${property}.source.path`, map(source).path),
    ...checkAbsolute(`${property}.log.file`, map(log).file),
  ];
  if (type === "file" && source === undefined)
    failures.push({ property: `${property}.source`, reason: "type file needs a path" });
  if (type === "pty" && source !== undefined)
    failures.push({ property: `${property}.source`, reason: "only for type file" });
  return failures;
}
