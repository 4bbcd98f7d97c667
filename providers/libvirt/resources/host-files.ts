import { randomUUID } from "node:crypto";
import { lstat, rmdir, unlink } from "node:fs/promises";
import { basename, dirname } from "node:path";
import type { Virsh } from "../virsh/virsh";
import { poolXml } from "../xml/storage";

/**
 * Removes files and empty directories on the hypervisor. libvirt has no command for that but deleting a volume, so where
 * the file system is not ours to write to, the directory above is looked at as a pool for a moment.
 */
export async function removeHostFiles(virsh: Virsh, files: readonly string[]): Promise<void> {
  const left: string[] = [];
  for (const file of files) {
    if (!(virsh.isLocal && (await removeLocal(file)))) left.push(file);
  }
  for (const directory of new Set(left.map((file) => dirname(file)))) {
    const names = left.filter((file) => dirname(file) === directory).map((file) => basename(file));
    await removeAsVolumes(virsh, directory, names);
  }
}

async function removeLocal(file: string): Promise<boolean> {
  try {
    const isDirectory = (await lstat(file)).isDirectory();
    await (isDirectory ? rmdir(file) : unlink(file));
    return true;
  } catch (error) {
    return ["ENOENT", "ENOTEMPTY"].includes((error as NodeJS.ErrnoException).code ?? "");
  }
}

async function removeAsVolumes(virsh: Virsh, directory: string, names: readonly string[]): Promise<void> {
  const pool = `pulumi-${randomUUID()}`;
  try {
    const xml = poolXml({ name: pool, type: "dir", target: { path: directory } }, randomUUID());
    await virsh.run(["pool-create", "/dev/stdin"], { input: xml });
  } catch (error) {
    // The directory is the one of a known pool: libvirt names it.
    const known = /(?:conflict with pool: |already active as )'([^']+)'/.exec((error as Error).message)?.[1];
    if (known !== undefined) return deleteFrom(virsh, known, names);
    if (/No such file or directory/.test((error as Error).message)) return;
    throw error;
  }
  try {
    await deleteFrom(virsh, pool, names);
  } finally {
    await virsh.runUnless(["notFound"], ["pool-destroy", pool]);
  }
}

async function deleteFrom(virsh: Virsh, pool: string, names: readonly string[]): Promise<void> {
  await virsh.runWhenFree(["pool-refresh", pool]);
  for (const name of names) {
    if ((await virsh.find(["vol-path", "--pool", pool, name])) === undefined) continue;
    try {
      await virsh.runWhenFree(["vol-delete", "--pool", pool, name]);
    } catch (error) {
      if (!/Directory not empty/.test((error as Error).message)) throw error;
    }
  }
}
