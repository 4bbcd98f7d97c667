import { createHash } from "node:crypto";
import { status } from "@grpc/grpc-js";
import { pool as description, type PoolInputs } from "../schema/storage";
import type { Failure } from "../schema/validate";
import { isVirshError } from "../virsh/errors";
import { UserError, withContext } from "../wire/errors";
import { isMap, type PlainMap } from "../wire/values";
import { poolXml, readPool } from "../xml/storage";
import { parseXml } from "../xml/xml";
import { reconcile } from "./reconcile";
import { checkAbsolute, checkName, type Found, type Operation, type Resource, undo } from "./resource";

/**
 * Pools have no place for metadata in libvirt, so their UUID says who made them: it is computed from URN and name, and
 * from whether we made the directory, which decides whether we remove it.
 */
export const poolResource: Resource<PoolInputs> = {
  description,

  check(inputs: PlainMap): Failure[] {
    const { name, target } = inputs;
    if (!isMap(target)) return checkName("name", name);
    return [...checkName("name", name), ...checkAbsolute("target.path", target.path), ...checkMode(target)];
  },

  async create(operation, inputs) {
    const uuid = (await adopt(operation, inputs)) ?? (await define(operation, inputs));
    try {
      await bringUp(operation, uuid, inputs);
      return await find(operation, uuid, inputs);
    } catch (error) {
      const failure = withContext(error, `pool "${inputs.name}" could not be made`);
      const cleanup = { ...operation, virsh: operation.virsh.forCleanup() };
      throw await undo(failure, uuid, true, () => remove(cleanup, uuid, inputs));
    }
  },

  async read(operation, id, known) {
    const name = known?.name ?? "";
    const xml = await operation.virsh.find(["pool-dumpxml", id === "" ? name : id]);
    if (xml === undefined) return undefined;
    const uuid = parseXml(xml, "pool").child("uuid")?.text ?? id;
    if (id === "" && !isOurs(uuid, operation.urn, name)) return undefined;
    return find(operation, uuid, known);
  },

  async update(operation, id, inputs) {
    await bringUp(operation, id, inputs);
    return find(operation, id, inputs);
  },

  async delete(operation, id, inputs) {
    await remove(operation, id, inputs);
  },
};

type Directory = "found" | "made";

/** A UUID of version 5 (RFC 9562): the same for the same owner, name and origin of the directory. */
export function poolUuid(urn: string, name: string, directory: Directory): string {
  const hash = createHash("sha1").update(`pulumi libvirt pool\n${urn}\n${name}\n${directory}`).digest();
  hash.writeUInt8((hash.readUInt8(6) & 0x0f) | 0x50, 6);
  hash.writeUInt8((hash.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = hash.toString("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join("-");
}

export function isOurs(uuid: string, urn: string, name: string): boolean {
  return uuid === poolUuid(urn, name, "found") || uuid === poolUuid(urn, name, "made");
}

/** The UUID of a pool that a crashed deployment has left. */
async function adopt({ virsh, urn }: Operation, inputs: PoolInputs): Promise<string | undefined> {
  const existing = await virsh.find(["pool-dumpxml", inputs.name]);
  if (existing === undefined) return undefined;
  const root = parseXml(existing, "pool");
  const uuid = root.child("uuid")?.text ?? "";
  if (!isOurs(uuid, urn, inputs.name)) {
    throw new UserError(
      `a pool "${inputs.name}" exists already at ${virsh.uri} and is not of this resource; choose another name, or remove it: virsh -c ${virsh.uri} pool-destroy ${inputs.name}; virsh -c ${virsh.uri} pool-undefine ${inputs.name}`,
      status.ALREADY_EXISTS,
    );
  }
  const { path } = readPool(root).target;
  if (path !== inputs.target.path) {
    throw new UserError(
      `pool "${inputs.name}" of this resource exists already at ${virsh.uri}, but in ${path}, not ${inputs.target.path}; remove it: virsh -c ${virsh.uri} pool-destroy ${inputs.name}; virsh -c ${virsh.uri} pool-undefine ${inputs.name}`,
      status.ALREADY_EXISTS,
    );
  }
  return uuid;
}

/** Defines the pool. Starting it as a transient one first shows whether its directory is there already. */
async function define({ virsh, urn }: Operation, inputs: PoolInputs): Promise<string> {
  const found = poolUuid(urn, inputs.name, "found");
  try {
    await virsh.run(["pool-create", "/dev/stdin"], { input: poolXml(inputs, found) });
    await virsh.run(["pool-define", "/dev/stdin"], { input: poolXml(inputs, found) });
    return found;
  } catch (error) {
    if (!(error instanceof UserError) || !/No such file or directory/.test(error.message)) {
      throw withContext(error, `pool "${inputs.name}" could not be made`);
    }
  }
  const made = poolUuid(urn, inputs.name, "made");
  await virsh.run(["pool-define", "/dev/stdin"], { input: poolXml(inputs, made) });
  return made;
}

/** Makes the directory if it is ours to make, starts the pool and sets its autostart, whatever has been done before. */
async function bringUp({ virsh, urn }: Operation, uuid: string, inputs: PoolInputs): Promise<void> {
  const info = await virsh.run(["pool-info", uuid]);
  if (!isRunning(info)) {
    if (uuid === poolUuid(urn, inputs.name, "made")) await virsh.run(["pool-build", uuid]);
    await virsh.runUnless(["alreadyActive"], ["pool-start", uuid]);
  }
  // Cut off between its first start and its definition, it would be gone with libvirt's next start.
  if (/^Persistent:\s+no$/m.test(info))
    await virsh.run(["pool-define", "/dev/stdin"], { input: poolXml(inputs, uuid) });
  await virsh.run(["pool-autostart", uuid, ...(inputs.autostart ? [] : ["--disable"])]);
}

async function remove({ virsh, urn, log }: Operation, uuid: string, inputs: PoolInputs): Promise<void> {
  const { name } = inputs;
  await virsh.runUnless(["notActive", "notFound"], ["pool-destroy", uuid]);
  if (uuid === poolUuid(urn, name, "made")) {
    try {
      // If somebody has undefined it, its directory is still there, and only that of a defined pool can be deleted.
      if ((await virsh.find(["pool-uuid", uuid])) === undefined)
        await virsh.run(["pool-define", "/dev/stdin"], { input: poolXml(inputs, uuid) });
      await virsh.run(["pool-delete", uuid]);
    } catch (error) {
      const gone = isVirshError(error, "notFound") || /No such file or directory/.test((error as Error).message);
      if (!gone) log("warning", `the directory of pool "${name}" stays: ${(error as Error).message}`);
    }
  }
  await virsh.runUnless(["notFound"], ["pool-undefine", uuid]);
}

function isRunning(info: string): boolean {
  return /^State:\s+running$/m.test(info);
}

async function find({ virsh }: Operation, id: string, known: PoolInputs | undefined): Promise<Found<PoolInputs>> {
  const root = parseXml(await virsh.run(["pool-dumpxml", id]), "pool");
  const info = await virsh.run(["pool-info", id]);
  const live = readPool(root);
  const autostart = /^Autostart:\s+yes$/m.test(info);
  const inputs =
    known === undefined
      ? { ...live, ...(autostart && { autostart }) }
      : {
          ...reconcile(known, readPool(parseXml(poolXml(known, id), "pool")), live),
          ...((known.autostart ?? false) !== autostart && { autostart }),
        };
  const uuid = root.child("uuid")?.text ?? id;
  return {
    id: uuid,
    inputs,
    outputs: { uuid },
    problems: isRunning(info) ? [] : [`pool "${live.name}" is not active`],
  };
}

function checkMode({ permissions }: PlainMap): Failure[] {
  return isMap(permissions) ? checkOctal("target.permissions.mode", permissions.mode) : [];
}

export function checkOctal(property: string, mode: unknown): Failure[] {
  if (typeof mode !== "string" || /^0?[0-7]{3}$/.test(mode)) return [];
  return [{ property, reason: `"${mode}" is not an octal mode like 0711` }];
}
