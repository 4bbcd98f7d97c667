/** One program under a roof: started, restarted when it dies, stopped with all its children, its state wiped. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { LogFile } from "./tail";

export interface Status {
  state: "running" | "stopped" | "exited";
  /** Of the last run; absent while it runs for the first time. */
  exitCode?: number | null;
  signal?: NodeJS.Signals | null;
  /** Unexpected exits after which it was started again, of late (see restartWindowMilliseconds). */
  restarts: number;
  lastLines: string[];
}

export interface Options {
  command: string;
  args: string[];
  stateDirectory: string;
  environment: Record<string, string | undefined>;
  log: LogFile;
  /** Time from SIGTERM to SIGKILL, in milliseconds. */
  graceMilliseconds?: number;
  /** Pause before a restart, in milliseconds. */
  restartDelayMilliseconds?: number;
  /** An exit counts for so long, in milliseconds: one in a month is no reason to give a program up. */
  restartWindowMilliseconds?: number;
}

const maximumRestarts = 3;

export class Supervised {
  readonly #options: Required<Options>;
  #child: ChildProcess | undefined;
  #state: Status["state"] = "stopped";
  /** When it was started again, of late. */
  #restarts: number[] = [];
  #last: { exitCode: number | null; signal: NodeJS.Signals | null } | undefined;
  #startedAt = 0;
  #restartTimer: NodeJS.Timeout | undefined;
  /** Stops and starts happen one after the other, in the order they were asked for. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: Options) {
    this.#options = {
      graceMilliseconds: 10_000,
      restartDelayMilliseconds: 1_000,
      restartWindowMilliseconds: 600_000,
      ...options,
    };
  }

  status(): Status {
    return {
      state: this.#state,
      ...(this.#last === undefined ? {} : this.#last),
      restarts: this.#restarts.length,
      lastLines: this.#options.log.lastLines(),
    };
  }

  /** How long the present run has lasted. */
  runningMilliseconds(): number {
    return this.#child === undefined ? 0 : performance.now() - this.#startedAt;
  }

  /** Starts the program unless it runs already; an exhausted or stopped one begins anew, with no restarts counted. */
  start(): Promise<void> {
    return this.#queue(async () => {
      if (this.#state === "running") return;
      this.#restarts = [];
      this.#last = undefined;
      this.#spawn();
    });
  }

  /** Stops the program and its process group. With `wipe`, its state directory is left empty. */
  stop(options: { wipe: boolean }): Promise<void> {
    return this.#queue(async () => {
      this.#state = "stopped";
      clearTimeout(this.#restartTimer);
      await this.#end();
      if (options.wipe) this.#wipe();
    });
  }

  #queue<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work);
    this.#turn = result.catch(() => undefined);
    return result;
  }

  #spawn(): void {
    const { command, args, environment, stateDirectory, log } = this.#options;
    mkdirSync(stateDirectory, { recursive: true });
    this.#state = "running";
    const child = spawn(command, args, {
      env: { ...environment, AUTOQA_STATE_DIRECTORY: stateDirectory },
      // A group of its own, so that one signal reaches every process it started.
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#child = child;
    this.#startedAt = performance.now();
    child.stdout.on("data", (chunk: Buffer) => log.append(chunk));
    child.stderr.on("data", (chunk: Buffer) => log.append(chunk));
    child.once("error", (error) => {
      log.append(`supervisor: ${command} cannot be started: ${error.message}\n`);
      if (child.pid === undefined) this.#exited(child, null, null);
    });
    child.once("exit", (code, signal) => this.#exited(child, code, signal));
  }

  #exited(child: ChildProcess, exitCode: number | null, signal: NodeJS.Signals | null): void {
    if (this.#child !== child) return;
    this.#child = undefined;
    this.#last = { exitCode, signal };
    signalGroup(child, "SIGKILL");
    if (this.#state !== "running") return;
    const how = signal === null ? `exit code ${exitCode}` : signal;
    const now = performance.now();
    this.#restarts = this.#restarts.filter((at) => now - at < this.#options.restartWindowMilliseconds);
    if (this.#restarts.length >= maximumRestarts) {
      this.#state = "exited";
      this.#options.log.append(`supervisor: ended unexpectedly (${how}), not restarted any more\n`);
      return;
    }
    this.#restarts.push(now);
    this.#options.log.append(`supervisor: ended unexpectedly (${how}), restart ${this.#restarts.length}\n`);
    this.#restartTimer = setTimeout(() => {
      if (this.#state === "running") this.#spawn();
    }, this.#options.restartDelayMilliseconds);
  }

  async #end(): Promise<void> {
    const child = this.#child;
    if (child === undefined) return;
    const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
    signalGroup(child, "SIGTERM");
    const killer = setTimeout(() => signalGroup(child, "SIGKILL"), this.#options.graceMilliseconds);
    await gone;
    clearTimeout(killer);
  }

  /** Empties the directory but keeps it: it may be a mount point or have an owner of its own. */
  #wipe(): void {
    const { stateDirectory } = this.#options;
    mkdirSync(stateDirectory, { recursive: true });
    for (const name of readdirSync(stateDirectory)) {
      rmSync(join(stateDirectory, name), { recursive: true, force: true });
    }
  }
}

/** Signals every process of the child's group; a group that is gone already is no error. */
function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
