import { randomUUID } from "node:crypto";
import { lstat, rmdir, unlink } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { isVirshError } from "../virsh/errors";
import type { Virsh } from "../virsh/virsh";
import { poolXml } from "../xml/storage";

/**
 * Removes files and empty directories on the hypervisor. libvirt has no command for that but deleting a volume, so where
 * the file system is not ours to write to, the directory above is looked at as a pool for a moment.
 */
export async function removeHostFiles(virsh: Virsh, files: readonly string[]): Promise<void> {
  for (const file of files) {
    if (!(virsh.isLocal && (await removeLocal(file)))) await removeAsVolume(virsh, file);
  }
}

async function removeLocal(file: string): Promise<boolean> {
  try {
    const isDirectory = (await lstat(file)).isDirectory();
    await (isDirectory ? rmdir(file) : unlink(file));
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ENOENT";
  }
}

async function removeAsVolume(virsh: Virsh, file: string): Promise<void> {
  const name = `pulumi-${randomUUID()}`;
  const directory = { name, type: "dir" as const, target: { path: dirname(file) } };
  try {
    await virsh.run(["pool-create", "/dev/stdin"], { input: poolXml(directory, randomUUID()) });
  } catch (error) {
    // The directory is the one of a known pool: libvirt names it.
    const known = /(?:conflict with pool: |already active as )'([^']+)'/.exec((error as Error).message)?.[1];
    if (known !== undefined) return deleteFrom(virsh, known, file);
    if (/No such file or directory/.test((error as Error).message)) return;
    throw error;
  }
  try {
    await deleteFrom(virsh, name, file);
  } finally {
    await virsh.runUnless(["notFound"], ["pool-destroy", name]);
  }
}

async function deleteFrom(virsh: Virsh, pool: string, file: string): Promise<void> {
  await virsh.runWhenFree(["pool-refresh", pool]);
  try {
    await virsh.runWhenFree(["vol-delete", "--pool", pool, basename(file)]);
  } catch (error) {
    if (!isVirshError(error, "notFound")) throw error;
  }
}
