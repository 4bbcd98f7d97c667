import { status } from "@grpc/grpc-js";
import { volume as description, type VolumeInputs } from "../schema/storage";
import { formatBytes, toBytes } from "../units";
import { isVirshError } from "../virsh/errors";
import type { Virsh } from "../virsh/virsh";
import { UserError, withContext } from "../wire/errors";
import { digest } from "../xml/owner";
import { readVolume, type VolumeReading, volumeXml } from "../xml/storage";
import { parseXml } from "../xml/xml";
import type { Found, Operation, Resource } from "./resource";
import { checkVolume } from "./volume-check";
import { openContent, type UploadedContent, type VolumeContent } from "./volume-content";
import { deleteVolume, ownerName, readOwner, type VolumeOwner, writeOwner } from "./volume-owner";

/** Volumes are known by key: their path on the hypervisor. */
export const volumeResource: Resource<VolumeInputs> = {
  description,

  check: checkVolume,

  async create(operation, inputs) {
    const { virsh, signal } = operation;
    const { name, pool } = inputs;
    try {
      const content = await openContent(inputs, signal);
      checkFits(inputs, content);
      await activatePool(virsh, pool);
      const adopted = await adopt(operation, inputs);
      if (adopted !== undefined) return found(adopted, pool, inputs, []);
      await checkSpace(virsh, pool, content);
      if (needed(content) >= WORTH_SAYING) operation.log("info", `uploading ${formatBytes(needed(content))}`);
      try {
        const owner: VolumeOwner = { urn: operation.urn, digest: digestOf(inputs), state: "creating" };
        return found(await make(virsh, inputs, content, owner), pool, inputs, []);
      } catch (error) {
        await cleanUp(virsh, pool, name, error);
        throw isVirshError(error, "noSpace") ? noSpace(pool, content, await available(virsh, pool)) : error;
      }
    } catch (error) {
      throw withContext(error, `volume "${name}" in pool "${pool}" could not be made`);
    }
  },

  async read({ virsh, urn }, id, known) {
    const pool = known?.pool ?? (await virsh.find(["vol-pool", id]))?.trim();
    if (pool === undefined || (await virsh.find(["pool-uuid", pool])) === undefined) return undefined;
    const volume = await look(virsh, pool, known?.name ?? id);
    if (volume === undefined) return undefined;
    const owner = await readOwner(virsh, pool, volume.name);
    if (id === "" && owner?.urn !== urn) return undefined;
    return found(volume, pool, known, problemsOf(volume, owner));
  },

  /** Nothing of a volume changes in place; an incomplete one is made anew. */
  async update(operation, _id, inputs) {
    const { pool, name } = inputs;
    const volume = await look(operation.virsh, pool, name);
    const owner = await readOwner(operation.virsh, pool, name);
    const isComplete = volume !== undefined && problemsOf(volume, owner).length === 0;
    return isComplete ? found(volume, pool, inputs, []) : volumeResource.create(operation, inputs);
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

/** Smaller uploads are over before anybody could read about them. */
const WORTH_SAYING = 32 * 2 ** 20;

/** What cannot be taken away now is recognised by its owner's file, and taken away by the next attempt. */
async function cleanUp(virsh: Virsh, pool: string, name: string, error: unknown): Promise<void> {
  try {
    await deleteVolume(virsh.forCleanup(), pool, name);
  } catch (cleanupError) {
    const left = `; what is left of it (${(cleanupError as Error).message}) is removed by the next update`;
    throw error instanceof UserError ? new UserError(error.message + left, error.code) : error;
  }
}

/** A pool that is not active, for example after a restart of its hypervisor, is started: its volumes cannot be reached otherwise. */
async function activatePool(virsh: Virsh, pool: string): Promise<void> {
  const info = await virsh.run(["pool-info", pool]);
  if (!/^State:\s+running$/m.test(info)) await virsh.runUnless(["alreadyActive"], ["pool-start", pool]);
}

async function look(virsh: Virsh, pool: string, name: string): Promise<VolumeReading | undefined> {
  const xml = await virsh.find(["vol-dumpxml", "--pool", pool, name]);
  return xml === undefined ? undefined : readVolume(parseXml(xml, "volume"));
}

function problemsOf({ name }: VolumeReading, owner: VolumeOwner | undefined): string[] {
  return owner?.state === "creating" ? [`volume "${name}" is incomplete`] : [];
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

/** A complete volume that is there already; anything else that a crashed deployment of ours has left is removed. */
async function adopt({ virsh, urn }: Operation, inputs: VolumeInputs): Promise<VolumeReading | undefined> {
  const { pool, name } = inputs;
  const volume = await look(virsh, pool, name);
  const owner = await readOwner(virsh, pool, name);
  if (volume === undefined && owner === undefined) return undefined;
  const isOurs = owner?.urn === urn || (volume === undefined && owner?.urn === "");
  if (!isOurs) {
    const state = volume === undefined ? `is being made by ${owner?.urn}` : "exists already";
    throw new UserError(
      `a volume of this name ${state} at ${virsh.uri} and is not of this resource; choose another name, or remove it: virsh -c ${virsh.uri} vol-delete --pool ${pool} ${volume === undefined ? ownerName(name) : name}`,
      status.ALREADY_EXISTS,
    );
  }
  const wanted = digestOf(inputs);
  if (owner?.state === "complete" && wanted !== "" && owner.digest === wanted) return volume;
  await deleteVolume(virsh, pool, name);
  return undefined;
}

async function make(
  virsh: Virsh,
  inputs: VolumeInputs,
  content: VolumeContent,
  owner: VolumeOwner,
): Promise<VolumeReading> {
  const { pool, name, target, backingStore } = inputs;
  const capacityBytes = inputs.capacity && toBytes(inputs.capacity, "bytes");
  const format = target?.format?.type ?? (backingStore === undefined ? "raw" : "qcow2");
  const permissions = { mode: "0600", ...target?.permissions };
  await writeOwner(virsh, pool, name, owner);
  if (content.kind === "none") {
    const file = { name, capacityBytes, format, permissions, backingStore };
    await virsh.run(["vol-create", pool, "/dev/stdin"], { input: volumeXml(file) });
  } else {
    // The image is uploaded as it is, so libvirt must not write one of its own before.
    const file = { name, capacityBytes: content.bytes, format: "raw", permissions } as const;
    await virsh.run(["vol-create", pool, "/dev/stdin"], { input: volumeXml(file) });
    await upload(virsh, pool, name, content);
    if (format === "qcow2") await virsh.runWhenFree(["pool-refresh", pool]);
    if (capacityBytes !== undefined && capacityBytes > content.virtualBytes) {
      await virsh.runWhenFree(["vol-resize", "--pool", pool, name, `${capacityBytes}B`]);
    }
  }
  await writeOwner(virsh, pool, name, { ...owner, state: "complete" });
  return readVolume(parseXml(await virsh.run(["vol-dumpxml", "--pool", pool, name]), "volume"));
}

async function upload(virsh: Virsh, pool: string, name: string, content: UploadedContent): Promise<void> {
  if (content.bytes === 0) return;
  const command = ["vol-upload", "--pool", pool, name];
  if (content.kind === "text") await virsh.run([...command, "/dev/stdin"], { input: content.text });
  else await virsh.run([...command, content.path, "--sparse"], { interruptible: true });
}

/** An image cannot be cut to a smaller size without losing its end. */
function checkFits({ capacity }: VolumeInputs, content: VolumeContent): void {
  if (capacity === undefined || content.kind === "none") return;
  const capacityBytes = toBytes(capacity, "bytes");
  if (capacityBytes < content.virtualBytes) throw smaller(capacityBytes, content.virtualBytes);
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
  return content.kind === "none" ? 0 : content.allocatedBytes;
}

function noSpace(pool: string, content: VolumeContent, free: number): UserError {
  const need = content.kind === "none" ? "" : `: ${formatBytes(needed(content))} needed, ${formatBytes(free)} free`;
  return new UserError(
    `not enough space in pool "${pool}"${need}; free some there, or use another pool`,
    status.RESOURCE_EXHAUSTED,
  );
}

function found(
  volume: VolumeReading,
  pool: string,
  known: VolumeInputs | undefined,
  problems: string[],
): Found<VolumeInputs> {
  const { key, path, capacityBytes } = volume;
  return {
    id: key,
    inputs: known ?? importedInputs(volume, pool),
    outputs: { key, path, capacityBytes },
    problems,
  };
}

function importedInputs({ name, capacityBytes, format, backingStore }: VolumeReading, pool: string): VolumeInputs {
  const formatOf = (type: string) => ({ type: type === "qcow2" ? ("qcow2" as const) : ("raw" as const) });
  return {
    pool,
    name,
    capacity: { value: capacityBytes, unit: "bytes" },
    target: { format: formatOf(format) },
    ...(backingStore && { backingStore: { path: backingStore.path, format: formatOf(backingStore.format) } }),
  };
}
