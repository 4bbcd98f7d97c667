import { mkdtemp, readdir, rm } from "node:fs/promises";
import { join } from "node:path";

/**
 * Works in a directory that is there only for that long, named after this process: one that was killed leaves its own, and the
 * next removes it.
 * @param parent the directory in which it is made
 * @param label how its name begins
 */
export async function withWorkDirectory<Result>(
  parent: string,
  label: string,
  work: (directory: string) => Promise<Result>,
): Promise<Result> {
  await removeLeftovers(parent, label);
  const directory = await mkdtemp(join(parent, `${label}-${process.pid}-`));
  try {
    return await work(directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function removeLeftovers(parent: string, label: string): Promise<void> {
  for (const name of await readdir(parent)) {
    const [, pid] = name.startsWith(`${label}-`) ? (/-(\d+)-[^-]+$/.exec(name) ?? []) : [];
    if (pid !== undefined && !isAlive(Number(pid))) await rm(join(parent, name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
