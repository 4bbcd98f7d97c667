/** One writer per stack (pulumi/pulumi pkg/backend/diy/lock.go): everybody writes a lock and then looks for others'. */
import { randomUUID } from "node:crypto";
import { readFileSync, rmSync } from "node:fs";
import { readdir, readFile, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { UserError } from "../errors";
import { thisEngine } from "../invocation";
import { removeAbandoned, writeAtomically } from "./atomic";
import type { StackFiles } from "./layout";

interface LockContents {
  readonly pid: number;
  readonly username: string;
  readonly hostname: string;
  readonly timestamp: string;
}

/** Held until released; released on the way out of the process as well. */
export interface Lock {
  release(): Promise<void>;
}

/**
 * Takes the stack's lock. Throws a UserError that names whoever holds it. With `breakDead`, locks of processes of this
 * machine that are no more do not count.
 */
export async function lock(files: StackFiles, breakDead: boolean): Promise<Lock> {
  if (breakDead) await removeDeadLocks(files);
  const own = path.join(files.locks, `${randomUUID()}.json`);
  const contents: LockContents = {
    pid: process.pid,
    username: os.userInfo().username,
    hostname: os.hostname(),
    timestamp: new Date().toISOString(),
  };
  await writeAtomically(own, JSON.stringify(contents));
  const atExit = () => rmSync(own, { force: true });
  process.once("exit", atExit);
  const release = async () => {
    process.removeListener("exit", atExit);
    await rm(own, { force: true });
  };
  const others = (await locksOf(files)).filter((file) => file !== own);
  if (others.length > 0) {
    await release();
    throw new UserError(await describe(files, others));
  }
  for (const directory of [path.dirname(files.state), files.locks, files.history]) await removeAbandoned(directory);
  return { release };
}

/** Removes every lock of a stack, whoever holds it. Returns how many there were. */
export async function removeLocks(files: StackFiles): Promise<number> {
  const found = await locksOf(files);
  await Promise.all(found.map((file) => rm(file, { force: true })));
  return found.length;
}

async function removeDeadLocks(files: StackFiles): Promise<void> {
  for (const file of await locksOf(files)) {
    const contents = await contentsOf(file);
    if (contents?.hostname === os.hostname() && isGone(contents)) await rm(file, { force: true });
  }
}

/** How far a process's start and a lock's timestamp may be apart by nothing but rounding. */
const ROUNDING_MS = 5_000;

/** Whether the process that wrote a lock is no more. Who began after the lock was written only has its number. */
function isGone({ pid, timestamp }: LockContents): boolean {
  const started = startOf(pid);
  return started === undefined || started > Date.parse(timestamp) + ROUNDING_MS;
}

/** The kernel's unit of time in /proc (USER_HZ, proc(5)), the same on every platform that we run on. */
const TICKS_PER_SECOND = 100;

/** When a process began, in milliseconds since 1970; undefined if there is none. */
function startOf(pid: number): number | undefined {
  try {
    // The second field, the program's name, may hold anything.
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").replace(/^.*\)/s, "").trim().split(" ");
    const [, bootSeconds] = /^btime (\d+)$/m.exec(readFileSync("/proc/stat", "utf8")) ?? [];
    return (Number(bootSeconds) + Number(fields[22 - 3]) / TICKS_PER_SECOND) * 1000;
  } catch {
    return undefined;
  }
}

async function contentsOf(file: string): Promise<LockContents | undefined> {
  try {
    return JSON.parse(await readFile(file, "utf8")) as LockContents;
  } catch {
    return undefined;
  }
}

async function locksOf(files: StackFiles): Promise<string[]> {
  try {
    const names = await readdir(files.locks);
    return names.filter((name) => name.endsWith(".json")).map((name) => path.join(files.locks, name));
  } catch {
    return [];
  }
}

async function describe(files: StackFiles, locks: string[]): Promise<string> {
  const lines = await Promise.all(
    locks.map(async (file) => {
      const contents = await contentsOf(file);
      if (!contents) return `  file://${file}`;
      const { username, hostname, pid, timestamp } = contents;
      return `  file://${file}: created by ${username}@${hostname} (pid ${pid}) at ${timestamp}`;
    }),
  );
  return (
    `the stack is currently locked by ${locks.length} lock(s). Either wait for the other process(es) to end or, once ` +
    `you know that there are none any more, run \`${thisEngine} cancel ${files.id.stack}\`.\n${lines.join("\n")}`
  );
}
