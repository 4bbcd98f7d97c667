import { isPoolMissing, isVirshError } from "../virsh/errors";
import type { Virsh } from "../virsh/virsh";
import { volumeXml } from "../xml/storage";

/**
 * Volumes have no place for metadata in libvirt, so a small file beside each one, ".<name>.pulumi", says who makes it
 * and whether it is complete. It is itself a volume, so that this works for remote hypervisors as well.
 */
export interface VolumeOwner {
  urn: string;
  /** Of the inputs; empty when the volume is always made anew. */
  digest: string;
  /** Of the same length, so that one replaces the other in place. */
  state: "creating" | "complete";
}

export function ownerName(volume: string): string {
  return `.${volume}.pulumi`;
}

/** Says for the first time that this volume is being made; fails when somebody has said so already. */
export async function createOwner(virsh: Virsh, pool: string, volume: string, owner: VolumeOwner): Promise<void> {
  const [name, capacityBytes] = [ownerName(volume), Buffer.byteLength(JSON.stringify(owner))];
  const file = { name, capacityBytes, format: "raw", permissions: { mode: "0600" } } as const;
  await virsh.run(["vol-create", pool, "/dev/stdin"], { input: volumeXml(file) });
  await writeOwner(virsh, pool, volume, owner);
}

export async function writeOwner(virsh: Virsh, pool: string, volume: string, owner: VolumeOwner): Promise<void> {
  const input = JSON.stringify(owner);
  await virsh.run(["vol-upload", "--pool", pool, ownerName(volume), "/dev/stdin"], { input });
}

/** Who made the volume of this name, if one of us did; an owner whose writing was cut off counts as incomplete. */
export async function readOwner(virsh: Virsh, pool: string, volume: string): Promise<VolumeOwner | undefined> {
  const name = ownerName(volume);
  if ((await virsh.find(["vol-path", "--pool", pool, name])) === undefined) return undefined;
  const text = await virsh.download(["vol-download", "--pool", pool, name, "/dev/stdout"]);
  const nothing: VolumeOwner = { urn: "", digest: "", state: "creating" };
  try {
    return { ...nothing, ...(JSON.parse(text.replaceAll("\0", "")) as Partial<VolumeOwner>) };
  } catch {
    return nothing;
  }
}

/** Deletes whatever the volume has become and, last, its owner's file. */
export async function deleteVolume(virsh: Virsh, pool: string, volume: string): Promise<void> {
  await deleteFile(virsh, pool, volume);
  await deleteFile(virsh, pool, ownerName(volume));
}

/** Deletes one file of a pool; being gone already is fine. */
export async function deleteFile(virsh: Virsh, pool: string, name: string): Promise<void> {
  try {
    await virsh.runWhenFree(["vol-delete", "--pool", pool, name]);
  } catch (error) {
    const isGone = isVirshError(error, "notFound") && !isPoolMissing(error);
    if (!isGone && !/No such file or directory/.test((error as Error).message)) throw error;
  }
}
