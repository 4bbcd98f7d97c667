import { accessSync, constants } from "node:fs";
import { status } from "@grpc/grpc-js";
import { volume as description, type VolumeInputs } from "../schema/storage";
import type { Failure } from "../schema/validate";
import { formatBytes, isUnit, toBytes } from "../units";
import { isVirshError } from "../virsh/errors";
import type { Virsh } from "../virsh/virsh";
import { UserError, withContext } from "../wire/errors";
import { Asset, isMap, type PlainMap } from "../wire/values";
import { digest } from "../xml/owner";
import { readVolume, volumeXml } from "../xml/storage";
import { parseXml } from "../xml/xml";
import { checkOctal } from "./pool";
import { checkAbsolute, checkName, type Found, type Operation, type Resource } from "./resource";
import { fileProblem, openContent, sourcePath, type VolumeContent } from "./volume-content";
import { deleteVolume, readOwner, type VolumeOwner, writeOwner } from "./volume-owner";

/** Volumes are known by key: their path on the hypervisor. */
export const volumeResource: Resource<VolumeInputs> = {
  description,

  check(inputs: PlainMap): Failure[] {
    return [
      ...checkName("name", inputs.name),
      ...checkContent(inputs),
      ...checkCapacity(inputs.capacity),
      ...checkBacking(inputs),
      ...checkTarget(inputs.target),
      ...checkSha256(inputs.sourceSha256),
    ];
  },

  async create(operation, inputs) {
    const { virsh, signal } = operation;
    const { name, pool } = inputs;
    try {
      const content = await openContent(inputs, signal);
      await activatePool(virsh, pool);
      if (await adopt(operation, inputs)) return await find(virsh, inputs, await keyOf(virsh, pool, name), inputs);
      await checkSpace(virsh, pool, content);
      const owner: VolumeOwner = { urn: operation.urn, digest: digestOf(inputs), state: "creating" };
      try {
        await make(virsh, inputs, content, owner);
        return await find(virsh, inputs, await keyOf(virsh, pool, name), inputs);
      } catch (error) {
        await deleteVolume(virsh.forCleanup(), pool, name);
        throw isVirshError(error, "noSpace") ? noSpace(pool, content, await available(virsh, pool)) : error;
      }
    } catch (error) {
      throw withContext(error, `volume "${name}" in pool "${pool}" could not be made`);
    }
  },

  async read({ virsh, urn }, id, known) {
    if (id === "") {
      if (known === undefined) return undefined;
      const owner = await readOwnerIfPool(virsh, known);
      if (owner?.urn !== urn) return undefined;
      const key = (await virsh.find(["vol-key", "--pool", known.pool, known.name]))?.trim();
      return key === undefined ? undefined : find(virsh, known, key, known);
    }
    const pool = known?.pool ?? (await virsh.find(["vol-pool", id]))?.trim();
    if (pool === undefined) return undefined;
    const key = (await virsh.find(["vol-key", "--pool", pool, known?.name ?? id]))?.trim();
    return key === undefined ? undefined : find(virsh, { pool }, key, known);
  },

  /** Nothing of a volume changes in place; an incomplete one is made anew. */
  async update(operation, id, inputs) {
    const found = await find(operation.virsh, inputs, id, inputs);
    return found.problems.length === 0 ? found : volumeResource.create(operation, inputs);
  },

  async delete({ virsh, urn, log }, _id, { pool, name }) {
    if ((await virsh.find(["pool-uuid", pool])) === undefined) return;
    await activatePool(virsh, pool);
    const owner = await readOwner(virsh, pool, name);
    if (owner !== undefined && owner.urn !== "" && owner.urn !== urn) {
      return log("warning", `volume "${name}" in pool "${pool}" is now of ${owner.urn}: left alone`);
    }
    await deleteVolume(virsh, pool, name);
  },
};

/** A pool that is not active, for example after a restart of its hypervisor, is started: its volumes cannot be reached otherwise. */
async function activatePool(virsh: Virsh, pool: string): Promise<void> {
  await virsh.run(["pool-info", pool]).then(async (info) => {
    if (!/^State:\s+running$/m.test(info)) await virsh.runUnless("alreadyActive", ["pool-start", pool]);
  });
}

async function keyOf(virsh: Virsh, pool: string, name: string): Promise<string> {
  return (await virsh.run(["vol-key", "--pool", pool, name])).trim();
}

async function readOwnerIfPool(virsh: Virsh, { pool, name }: VolumeInputs): Promise<VolumeOwner | undefined> {
  return (await virsh.find(["pool-uuid", pool])) === undefined ? undefined : readOwner(virsh, pool, name);
}

/**
 * Of the inputs, for recognising a complete volume of a crashed deployment. Volumes with text are always made anew: they
 * are small, and no digest of a secret is kept.
 */
function digestOf(inputs: VolumeInputs): string {
  const { content, source, ...rest } = inputs;
  if (content !== undefined || (source !== undefined && inputs.sourceSha256 === undefined)) return "";
  return digest(JSON.stringify(rest));
}

/** Whether a complete volume is there already; anything else that a crashed deployment of ours has left is removed. */
async function adopt({ virsh, urn }: Operation, inputs: VolumeInputs): Promise<boolean> {
  const { pool, name } = inputs;
  const exists = (await virsh.find(["vol-key", "--pool", pool, name])) !== undefined;
  const owner = await readOwner(virsh, pool, name);
  if (!exists && (owner === undefined || owner.urn === "")) {
    if (owner !== undefined) await deleteVolume(virsh, pool, name);
    return false;
  }
  if (owner?.urn !== urn) {
    throw new UserError(
      `a volume of this name ${exists ? "exists already" : `is being made by ${owner?.urn}`} at ${virsh.uri} and is not of this resource; choose another name, or remove it: virsh -c ${virsh.uri} vol-delete --pool ${pool} ${name}`,
      status.ALREADY_EXISTS,
    );
  }
  const wanted = digestOf(inputs);
  if (exists && owner.state === "complete" && wanted !== "" && owner.digest === wanted) return true;
  await deleteVolume(virsh, pool, name);
  return false;
}

async function make(virsh: Virsh, inputs: VolumeInputs, content: VolumeContent, owner: VolumeOwner): Promise<void> {
  const { pool, name, target, backingStore } = inputs;
  const capacityBytes = inputs.capacity && toBytes(inputs.capacity, "bytes");
  const format = target?.format?.type ?? (backingStore === undefined ? "raw" : "qcow2");
  const permissions = { mode: "0600", ...target?.permissions };
  const uploads = content.kind !== "none";
  await writeOwner(virsh, pool, name, owner);
  const file = uploads
    ? // The image is uploaded as it is, so libvirt must not write one of its own before.
      { name, capacityBytes: fileSize(content, format, capacityBytes), format: "raw" as const, permissions }
    : { name, capacityBytes, format, permissions, backingStore };
  await virsh.run(["vol-create", pool, "/dev/stdin"], { input: volumeXml(file) });
  const upload = ["vol-upload", "--pool", pool, name];
  if (content.kind === "text" && content.bytes > 0) await virsh.run([...upload, "/dev/stdin"], { input: content.text });
  if (content.kind === "file" && content.bytes > 0) {
    await virsh.run([...upload, content.path, "--sparse"], { interruptible: true });
    await growImage(virsh, inputs, content, capacityBytes);
  }
  await writeOwner(virsh, pool, name, { ...owner, state: "complete" });
}

/** Length of the file on the hypervisor: a raw image is padded to its capacity with a hole. */
function fileSize(
  content: VolumeContent & { bytes: number },
  format: string,
  capacityBytes: number | undefined,
): number {
  if (format === "qcow2" || capacityBytes === undefined) return content.bytes;
  if (capacityBytes >= content.bytes) return capacityBytes;
  throw smaller(capacityBytes, content.bytes);
}

/** Lets libvirt see an uploaded image for what it is, and grows it to the capacity asked for. */
async function growImage(
  virsh: Virsh,
  { pool, name, target }: VolumeInputs,
  content: VolumeContent & { kind: "file" },
  capacityBytes: number | undefined,
): Promise<void> {
  if (target?.format?.type !== "qcow2") return;
  if (capacityBytes !== undefined && capacityBytes < content.virtualBytes)
    throw smaller(capacityBytes, content.virtualBytes);
  await virsh.runWhenFree(["pool-refresh", pool]);
  if (capacityBytes === undefined || capacityBytes === content.virtualBytes) return;
  await virsh.runWhenFree(["vol-resize", "--pool", pool, name, `${capacityBytes}B`]);
}

function smaller(capacityBytes: number, contentBytes: number): UserError {
  return new UserError(
    `capacity ${formatBytes(capacityBytes)} is smaller than its content of ${formatBytes(contentBytes)}`,
    status.INVALID_ARGUMENT,
  );
}

/** Bytes free in the pool, as of now where libvirt is free to look. */
async function available(virsh: Virsh, pool: string): Promise<number> {
  try {
    await virsh.run(["pool-refresh", pool]);
  } catch (error) {
    if (!isVirshError(error, "busy")) throw error;
  }
  return Number(
    /^Available:\s+(\d+)$/m.exec(await virsh.run(["pool-info", "--bytes", pool]))?.[1] ?? Number.POSITIVE_INFINITY,
  );
}

async function checkSpace(virsh: Virsh, pool: string, content: VolumeContent): Promise<void> {
  if (content.kind === "none") return;
  const free = await available(virsh, pool);
  if (free < needed(content)) throw noSpace(pool, content, free);
}

function needed(content: VolumeContent): number {
  return content.kind === "file" ? content.allocatedBytes : content.kind === "text" ? content.bytes : 0;
}

function noSpace(pool: string, content: VolumeContent, free: number): UserError {
  const need = content.kind === "none" ? "" : `: ${formatBytes(needed(content))} needed, ${formatBytes(free)} free`;
  return new UserError(
    `not enough space in pool "${pool}"${need}; free some there, or use another pool`,
    status.RESOURCE_EXHAUSTED,
  );
}

async function find(
  virsh: Virsh,
  { pool }: { pool: string },
  key: string,
  known: VolumeInputs | undefined,
): Promise<Found<VolumeInputs>> {
  const live = readVolume(parseXml(await virsh.run(["vol-dumpxml", "--pool", pool, known?.name ?? key]), "volume"));
  const owner = await readOwner(virsh, pool, live.name);
  const format = { type: live.format === "qcow2" ? ("qcow2" as const) : ("raw" as const) };
  const backing = live.backingStore;
  const inputs = known ?? {
    pool,
    name: live.name,
    capacity: { value: live.capacityBytes, unit: "bytes" },
    target: { format },
    ...(backing && {
      backingStore: { path: backing.path, format: { type: backing.format === "qcow2" ? "qcow2" : "raw" } },
    }),
  };
  return {
    id: live.key,
    inputs,
    outputs: { key: live.key, path: live.path, capacityBytes: live.capacityBytes },
    problems: owner?.state === "creating" ? [`volume "${live.name}" is incomplete`] : [],
  };
}

function checkContent(inputs: PlainMap): Failure[] {
  const given = ["backingStore", "source", "content"].filter((name) => inputs[name] !== undefined);
  const [first, second] = given;
  if (second !== undefined) {
    return [{ property: second, reason: `${given.join(" and ")} exclude each other` }];
  }
  if (first === undefined && inputs.capacity === undefined) {
    return [
      { property: "capacity", reason: "an empty volume needs a capacity (or give backingStore, source or content)" },
    ];
  }
  if (inputs.sourceSha256 !== undefined && first !== "source") {
    return [{ property: "sourceSha256", reason: "only for a volume with a source" }];
  }
  const { source } = inputs;
  const path = typeof source === "string" || source instanceof Asset ? sourcePath(source) : undefined;
  return path === undefined ? [] : checkReadable(path);
}

function checkReadable(path: string): Failure[] {
  try {
    accessSync(path, constants.R_OK);
    return [];
  } catch (error) {
    return [{ property: "source", reason: `${path}: ${fileProblem(error)}` }];
  }
}

function checkCapacity(capacity: unknown): Failure[] {
  const unit = isMap(capacity) ? capacity.unit : undefined;
  if (typeof unit !== "string" || isUnit(unit)) return [];
  return [{ property: "capacity.unit", reason: `unknown unit "${unit}": bytes, KiB, MiB, GiB, TiB, KB, MB, GB or TB` }];
}

function checkBacking({ backingStore, target }: PlainMap): Failure[] {
  if (!isMap(backingStore)) return [];
  const format = isMap(target) && isMap(target.format) ? target.format.type : undefined;
  const overRaw = format === "raw" ? [{ property: "target.format.type", reason: "an overlay is qcow2" }] : [];
  return [...overRaw, ...checkAbsolute("backingStore.path", backingStore.path)];
}

function checkTarget(target: unknown): Failure[] {
  const permissions = isMap(target) ? target.permissions : undefined;
  return isMap(permissions) ? checkOctal("target.permissions.mode", permissions.mode) : [];
}

function checkSha256(sha256: unknown): Failure[] {
  if (typeof sha256 !== "string" || /^[0-9a-f]{64}$/i.test(sha256)) return [];
  return [{ property: "sourceSha256", reason: "64 hexadecimal digits expected" }];
}
