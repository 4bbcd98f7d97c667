import { dirname } from "node:path";
import { status } from "@grpc/grpc-js";
import { volume as description, type VolumeInputs } from "../schema/storage";
import { formatBytes, toBytes } from "../units";
import { isVirshError } from "../virsh/errors";
import type { Virsh } from "../virsh/virsh";
import { UserError, withContext } from "../wire/errors";
import { digestOfValue } from "../xml/owner";
import { readVolume, type VolumeFile, type VolumeReading, volumeXml } from "../xml/storage";
import { parseXml } from "../xml/xml";
import { activatePool } from "./active-pool";
import { withPoolOver } from "./host-files";
import type { Found, Operation, Resource } from "./resource";
import { checkVolume } from "./volume-check";
import { openContent, type UploadedContent, type VolumeContent } from "./volume-content";
import {
  createOwner,
  deleteFile,
  deleteVolume,
  ownerName,
  readOwner,
  type VolumeOwner,
  writeOwner,
} from "./volume-owner";

/** Volumes are known by key: their path on the hypervisor. */
export const volumeResource: Resource<VolumeInputs> = {
  description,

  check: checkVolume,

  async create(operation, inputs) {
    const { virsh, signal, urn } = operation;
    const { name, pool } = inputs;
    try {
      const content = await openContent(inputs, signal);
      checkFits(inputs, content);
      await activatePool(virsh, pool);
      await refreshPool(virsh, pool);
      const adopted = await adopt(operation, inputs);
      if (adopted !== undefined) return found(adopted, pool, inputs, []);
      await checkSpace(virsh, pool, content);
      if (needed(content) >= WORTH_SAYING) operation.log("info", `uploading ${formatBytes(needed(content))}`);
      const owner: VolumeOwner = { urn, digest: digestOf(inputs), state: "creating" };
      return found(await make(virsh, inputs, content, owner), pool, inputs, []);
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

  /** In whatever pool its directory is now: undefining a pool leaves the files. */
  async delete({ virsh, urn, log }, id, { name }) {
    await withPoolOver(virsh, dirname(id), async (pool) => {
      const owner = await readOwner(virsh, pool, name);
      if (owner !== undefined && owner.urn !== "" && owner.urn !== urn) {
        return log("warning", `volume "${name}" in pool "${pool}" is now of ${owner.urn}: left alone`);
      }
      await deleteVolume(virsh, pool, name);
    });
  },
};

/** Smaller uploads are over before anybody could read about them. */
const WORTH_SAYING = 32 * 2 ** 20;

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
  return digestOfValue(rest);
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

/** Makes the volume, or nothing: on failure exactly what was made here is taken away. */
async function make(
  virsh: Virsh,
  inputs: VolumeInputs,
  content: VolumeContent,
  owner: VolumeOwner,
): Promise<VolumeReading> {
  const { pool, name } = inputs;
  const made: string[] = [];
  try {
    await making(made, ownerName(name), () => createOwner(virsh, pool, name, owner));
    const input = volumeXml(fileOf(inputs, content));
    await making(made, name, () => virsh.run(["vol-create", pool, "/dev/stdin"], { input }));
    if (content.kind !== "none") await fill(virsh, inputs, content);
    await writeOwner(virsh, pool, name, { ...owner, state: "complete" });
    return readVolume(parseXml(await virsh.run(["vol-dumpxml", "--pool", pool, name]), "volume"));
  } catch (error) {
    await cleanUp(virsh, pool, made, error);
    if (!isVirshError(error, "noSpace")) throw error;
    await refreshPool(virsh, pool);
    throw noSpace(pool, content, await available(virsh, pool));
  }
}

/** Notes what is to be taken away before it is there, unless it turns out to be somebody else's. */
async function making(made: string[], name: string, make: () => Promise<unknown>): Promise<void> {
  made.unshift(name);
  try {
    await make();
  } catch (error) {
    if (isVirshError(error, "alreadyExists")) made.shift();
    throw error;
  }
}

/** What cannot be taken away now is recognised by its owner's file, and taken away by the next attempt. */
async function cleanUp(virsh: Virsh, pool: string, made: readonly string[], error: unknown): Promise<void> {
  try {
    for (const name of made) await deleteFile(virsh.forCleanup(), pool, name);
  } catch (cleanupError) {
    const left = `; what is left of it (${(cleanupError as Error).message}) is removed by the next update`;
    throw error instanceof UserError ? new UserError(error.message + left, error.code) : error;
  }
}

function fileOf(inputs: VolumeInputs, content: VolumeContent): VolumeFile {
  const { name, target, backingStore, capacity } = inputs;
  const permissions = { mode: "0600", ...target?.permissions };
  // An image is uploaded as it is, so libvirt must not write one of its own before.
  if (content.kind !== "none") return { name, capacityBytes: content.bytes, format: "raw", permissions };
  const format = target?.format?.type ?? (backingStore === undefined ? "raw" : "qcow2");
  return { name, capacityBytes: capacity && toBytes(capacity, "bytes"), format, permissions, backingStore };
}

/** Uploads the content, lets libvirt see an image for what it is, and grows it to the capacity asked for. */
async function fill(virsh: Virsh, inputs: VolumeInputs, content: UploadedContent): Promise<void> {
  const { pool, name, target, capacity } = inputs;
  await upload(virsh, pool, name, content);
  if (target?.format?.type === "qcow2") await virsh.runWhenFree(["pool-refresh", pool]);
  const capacityBytes = capacity && toBytes(capacity, "bytes");
  if (capacityBytes === undefined || capacityBytes <= content.virtualBytes) return;
  await virsh.runWhenFree(["vol-resize", "--pool", pool, name, `${capacityBytes}B`]);
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

/** Lets libvirt see what has changed in the directory by other hands; when it is busy there, it looks soon anyway. */
async function refreshPool(virsh: Virsh, pool: string): Promise<void> {
  try {
    await virsh.run(["pool-refresh", pool]);
  } catch (error) {
    if (!isVirshError(error, "busy")) throw error;
  }
}

/** Bytes free in the pool, as of libvirt's last look. */
async function available(virsh: Virsh, pool: string): Promise<number> {
  const info = await virsh.run(["pool-info", "--bytes", pool]);
  return Number(/^Available:\s+(\d+)$/m.exec(info)?.[1] ?? Number.POSITIVE_INFINITY);
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
