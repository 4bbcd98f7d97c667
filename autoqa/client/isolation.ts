/**
 * How a test is kept apart: what is put before its command. The strongest form that this machine allows is used, found
 * by trying: a process namespace (whose end is the end of every process in it, however it was started), an
 * unprivileged user for each of the client's slots, and limits on processes, memory, core dumps and file sizes. There
 * is no cgroup: in a machine it would be systemd's to give.
 */
import { spawnSync } from "node:child_process";
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { totalmem } from "node:os";
import { join } from "node:path";

export interface Isolation {
  /** For the log. */
  name: string;
  /** The command that the test's command is an argument of. */
  prefix(slot: number): string[];
  /** Whom the test's directory must belong to. */
  owner?(slot: number): number;
}

/** Processes and threads that a user may have at once, on the whole machine: so each slot has a user of its own. */
const maximumProcesses = 256;
const maximumFileBytes = 16 * 1024 ** 3;
/** Of one process. Node alone reserves most of a GiB, used or not; what a small machine has not is what OOM is for. */
const maximumDataBytes = Math.max(2 * 1024 ** 3, Math.floor(totalmem() / 2));
/** User and group of the first slot: in the range that systemd takes transient users from, of which no test machine has any. */
const firstUid = 64_000;

// A test dies with its client, whatever killed that: each process asks for it after its last change of user.
const dieWithParent = ["setpriv", "--pdeathsig", "KILL", "--"];
const limits = [
  ...[
    "prlimit",
    "--core=0",
    `--nproc=${maximumProcesses}`,
    `--data=${maximumDataBytes}`,
    `--fsize=${maximumFileBytes}`,
  ],
  // When the machine has no memory left it is a test that ends, and never its client or the server.
  ...["--", "choom", "-n", "1000", "--"],
];
const namespace = ["unshare", "--pid", "--fork", "--mount-proc", "--"];
const asUser = (uid: number) => [
  ...["setpriv", "--reuid", `${uid}`, "--regid", `${uid}`, "--clear-groups", "--no-new-privs"],
  ...["--pdeathsig", "KILL", "--"],
];
// A namespace's first process ignores signals it sends itself, and a test should die of its own: so it is the second.
const init = ["/bin/sh", "-c", '"$@"; exit $?', "sh"];

const strongestFirst: readonly Isolation[] = [
  {
    name: "process namespace, a user for each slot, limits",
    prefix: (slot) => [...dieWithParent, ...namespace, ...limits, ...asUser(firstUid + slot), ...init],
    owner: (slot) => firstUid + slot,
  },
  {
    name: "process namespace of an unprivileged user, limits",
    prefix: () => [
      ...dieWithParent,
      "unshare",
      "--user",
      "--map-current-user",
      ...namespace.slice(1),
      ...limits,
      ...init,
    ],
  },
  { name: "limits", prefix: () => [...dieWithParent, ...limits] },
  { name: "process group only", prefix: () => [] },
];

/** Makes a directory for one run in a slot. */
export function makeRunDirectory(parent: string, isolation: Isolation, slot: number): string {
  mkdirSync(parent, { recursive: true });
  const directory = mkdtempSync(join(parent, "run-"));
  const uid = isolation.owner?.(slot);
  if (uid !== undefined) chownSync(directory, uid, uid);
  return directory;
}

/**
 * The strongest isolation under which the command runs in a run directory.
 * @param command ends with exit code 0 if it can do its work
 */
export function findIsolation(command: readonly string[], parent: string): Isolation {
  mkdirSync(parent, { recursive: true });
  chmodSync(parent, 0o711);
  for (const isolation of strongestFirst) {
    try {
      const directory = makeRunDirectory(parent, isolation, 0);
      const [program = "", ...args] = [...isolation.prefix(0), ...command];
      const tried = spawnSync(program, args, { cwd: directory, env: runEnvironment(directory), stdio: "ignore" });
      rmSync(directory, { recursive: true, force: true });
      if (tried.status === 0) return isolation;
    } catch {
      // Not root: the directory cannot be given away. The next form needs no such thing.
    }
  }
  throw new Error(`the tests' command does not work on this machine: ${command.join(" ")}`);
}

/** A run's environment: nothing of the client's, above all no token; and nothing that differs between runs. */
export function runEnvironment(directory: string): Record<string, string> {
  return {
    PATH: process.env.PATH ?? "/usr/bin:/bin",
    HOME: directory,
    TMPDIR: directory,
    LC_ALL: "C.UTF-8",
    TZ: "UTC",
    // Python's sets have another order in every process else, and so would rpmlint's messages.
    PYTHONHASHSEED: "0",
  };
}
