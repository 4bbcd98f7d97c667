/** One run of a test: its own process group, directory and limits; its log and results afterwards. */
import { spawn } from "node:child_process";
import { existsSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { resultsForAll } from "../tests/failures";
import { type Task, TestResult } from "../tests/run";
import { resultsFile } from "../tests/run-test";
import { type Isolation, makeRunDirectory, runEnvironment } from "./isolation";
import type { Assignment } from "./server-api";

export interface Executed {
  results: TestResult[];
  log: Uint8Array<ArrayBuffer>;
}

export interface ExecuteOptions {
  /** The command that runs a test, before isolation. */
  command: readonly string[];
  isolation: Isolation;
  /** Of the client: no two runs have the same at once. */
  slot: number;
  /** Where runs' directories are made. */
  parent: string;
  maximumLogBytes?: number;
}

const defaultMaximumLogBytes = 8 * 1024 * 1024;
const maximumResultsBytes = 16 * 1024 * 1024;

/** Runs a test to its end. Whatever it does, there are results and a log. The signal ends it. */
export async function execute(assignment: Assignment, options: ExecuteOptions, signal: AbortSignal): Promise<Executed> {
  const { test, arch, event, endpoints, timeoutSeconds } = assignment;
  const directory = makeRunDirectory(options.parent, options.isolation, options.slot);
  try {
    const task: Task = { test, arch, event, endpoints, directory };
    const { log, end } = await runProcess(task, timeoutSeconds * 1000, options, signal);
    const results = end.clean ? readResults(directory) : undefined;
    if (results !== undefined) return { results, log };
    const { outcome, note } = end.clean ? crashed("the test ended without results") : end;
    const remark = Buffer.from(`${log.length === 0 ? "" : "\n"}${outcome}: ${note}\n`);
    return { results: resultsForAll(event, outcome, note), log: Buffer.concat([log, remark]) };
  } finally {
    rmSync(directory, { recursive: true, force: true, maxRetries: 3 });
  }
}

type End = { clean: true } | { clean: false; outcome: "ABORTED" | "CRASHED"; note: string };

function crashed(note: string): { clean: false; outcome: "CRASHED"; note: string } {
  return { clean: false, outcome: "CRASHED", note };
}

function runProcess(
  task: Task,
  timeoutMilliseconds: number,
  { command, isolation, slot, maximumLogBytes = defaultMaximumLogBytes }: ExecuteOptions,
  signal: AbortSignal,
): Promise<{ log: Buffer<ArrayBuffer>; end: End }> {
  const [program = "", ...args] = [...isolation.prefix(slot), ...command];
  const { directory } = task;
  const child = spawn(program, args, { cwd: directory, env: runEnvironment(directory), detached: true });
  const log: Buffer[] = [];
  let bytes = 0;
  let verdict: End | undefined;
  const stop = (end: End) => {
    verdict ??= end;
    killGroup(child.pid);
  };
  const take = (chunk: Buffer) => {
    if (bytes < maximumLogBytes) log.push(chunk.subarray(0, maximumLogBytes - bytes));
    bytes += chunk.length;
    if (bytes > maximumLogBytes) stop(crashed(`the test printed more than ${maximumLogBytes} bytes`));
  };
  child.stdout.on("data", take);
  child.stderr.on("data", take);
  child.stdin.on("error", () => undefined);
  child.stdin.end(JSON.stringify(task));
  const seconds = Math.round(timeoutMilliseconds / 1000);
  const timer = setTimeout(
    () => stop({ clean: false, outcome: "ABORTED", note: `the test did not end within ${seconds} s` }),
    timeoutMilliseconds,
  );
  const abort = () => stop({ clean: false, outcome: "ABORTED", note: "the test was called off" });
  signal.addEventListener("abort", abort, { once: true });
  return new Promise((resolve) => {
    const done = (end: End) => {
      clearTimeout(timer);
      signal.removeEventListener("abort", abort);
      // What the test left running in its group must not outlive it.
      killGroup(child.pid);
      child.stdout.destroy();
      child.stderr.destroy();
      resolve({ log: Buffer.concat(log), end: verdict ?? end });
    };
    child.once("error", (error: NodeJS.ErrnoException) => done(crashed(`the test cannot be started (${error.code})`)));
    child.once("exit", (code, killedBy) => {
      const end: End =
        code === 0 ? { clean: true } : crashed(`the test was ended by ${killedBy ?? `exit code ${code}`}`);
      // Its last output may still be in the pipe; something it left running may hold the pipe open for ever.
      const flushed = setTimeout(() => done(end), 1000);
      child.once("close", () => {
        clearTimeout(flushed);
        done(end);
      });
    });
  });
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

/** @returns undefined unless the file is there and what it should be */
function readResults(directory: string): TestResult[] | undefined {
  const path = join(directory, resultsFile);
  if (!existsSync(path) || statSync(path).size > maximumResultsBytes) return undefined;
  try {
    return z.array(TestResult).parse(JSON.parse(readFileSync(path, "utf8")));
  } catch {
    return undefined;
  }
}
