/** Daemons by the files with their process ids. A file may outlive its daemon, and its number be another process's. */
import { readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { SetupError } from "./progress";

const endSeconds = 30;

/** The process that a pid file names, if it is this daemon. @param name of the program, 15 characters at most */
export function runningDaemon(pidFile: string, name: string): number | undefined {
  try {
    const pid = Number(readFileSync(pidFile, "utf8"));
    return isRunning(pid, name) ? pid : undefined;
  } catch {
    return undefined;
  }
}

/** Ends a daemon and waits until it is gone. @throws SetupError where it does not end */
export async function endDaemon(pid: number, name: string): Promise<void> {
  process.kill(pid, "SIGTERM");
  const deadline = performance.now() + endSeconds * 1000;
  while (isRunning(pid, name)) {
    if (performance.now() > deadline) {
      throw new SetupError(`${name} (process ${pid}) does not end. End it by hand: kill -9 ${pid}`);
    }
    await delay(50);
  }
}

/** By proc(5): process id, name in parentheses and state; a zombie runs no more. */
function isRunning(pid: number, name: string): boolean {
  try {
    const [, found, state] = /^\d+ \((.*)\) (\S)/s.exec(readFileSync(`/proc/${pid}/stat`, "utf8")) ?? [];
    return found === name && state !== "Z";
  } catch {
    return false;
  }
}
