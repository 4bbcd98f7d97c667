import { randomUUID } from "node:crypto";
import { lstat, rmdir, unlink } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { isPoolMissing, isVirshError } from "../virsh/errors";
import type { Virsh } from "../virsh/virsh";
import { poolXml } from "../xml/storage";
import { activatePool } from "./active-pool";
import { deleteFile } from "./volume-owner";

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
    await withPoolOver(virsh, directory, (pool) => deleteFrom(virsh, pool, names));
  }
}

/**
 * Lets `use` work with a pool over a directory of the hypervisor, whose name it gets; without that directory there is
 * nothing to do. A directory is in one pool at most, so calls that need the same one at the same time share a pool that
 * is there for a moment only. Whoever is done ends it, and `use` starts over with another one if that came too early: it
 * must be repeatable and let the error through that says so. A moment's pool that a killed process has left ends the same way.
 */
export async function withPoolOver(
  virsh: Virsh,
  directory: string,
  use: (pool: string) => Promise<void>,
): Promise<void> {
  for (;;) {
    const own = `pulumi-${randomUUID()}`;
    const pool = await poolOver(virsh, directory, own);
    if (pool === undefined) return;
    if (!isOfTheMoment(pool)) {
      await activatePool(virsh, pool);
      return use(pool);
    }
    try {
      if (pool !== own) await virsh.runWhenFree(["pool-refresh", pool]);
      return await use(pool);
    } catch (error) {
      if (!isPoolMissing(error)) throw error;
    } finally {
      await endPool(virsh, pool);
    }
  }
}

function isOfTheMoment(pool: string): boolean {
  return /^pulumi-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(pool);
}

/** The pool that has this directory, or a new one of this name that lasts until it is ended. */
async function poolOver(virsh: Virsh, directory: string, name: string): Promise<string | undefined> {
  try {
    const xml = poolXml({ name, type: "dir", target: { path: directory } }, randomUUID());
    await virsh.run(["pool-create", "/dev/stdin"], { input: xml });
    return name;
  } catch (error) {
    // The directory is the one of a known pool: libvirt names it.
    const known = /(?:conflict with pool: |already active as )'([^']+)'/.exec((error as Error).message)?.[1];
    if (known === undefined && !/No such file or directory/.test((error as Error).message)) throw error;
    return known;
  }
}

async function endPool(virsh: Virsh, pool: string): Promise<void> {
  try {
    await virsh.forCleanup().runWhenFree(["pool-destroy", pool]);
  } catch (error) {
    if (!isVirshError(error, "notFound", "notActive")) throw error;
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

async function deleteFrom(virsh: Virsh, pool: string, names: readonly string[]): Promise<void> {
  await virsh.runWhenFree(["pool-refresh", pool]);
  for (const name of names) {
    try {
      await deleteFile(virsh, pool, name);
    } catch (error) {
      if (!/Directory not empty/.test((error as Error).message)) throw error;
    }
  }
}
