/** The test client: asks the server for jobs, runs as many at once as it has processors, reports. */
import { randomUUID } from "node:crypto";
import { chmodSync, mkdirSync, rmSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import type { ClientSettings } from "../settings";
import { execute } from "./execute";
import { findIsolation, type Isolation } from "./isolation";
import { type Assignment, JobTakenAway, ServerApi } from "./server-api";

export interface RunningClient {
  isolation: Isolation;
  stop(): Promise<void>;
}

export interface ClientOptions {
  settings: ClientSettings;
  /** The command that runs a test; with a further argument `--probe` it only says that it works. */
  command: readonly string[];
  log(line: string): void;
  heartbeatMilliseconds?: number;
}

const defaultHeartbeatMilliseconds = 10_000;
/** Between tries to reach a server that does not answer. */
const retryMilliseconds = 1_000;

export function startClient(options: ClientOptions): RunningClient {
  const { settings, command, log } = options;
  const state = settings.AUTOQA_STATE_DIRECTORY;
  const parent = join(state, "runs");
  // What a killed client left there is of no use: its jobs are given out anew.
  rmSync(parent, { recursive: true, force: true });
  mkdirSync(state, { recursive: true });
  // Tests run as another user, who must get to their directories and see nothing else.
  chmodSync(state, 0o711);
  const isolation = findIsolation([...command, "--probe"], parent);
  log(`tests are isolated by: ${isolation.name}`);
  const server = {
    url: settings.AUTOQA_SERVER_URL,
    token: settings.AUTOQA_CLIENT_TOKEN,
    name: settings.AUTOQA_CLIENT_NAME,
    start: randomUUID(),
    labels: settings.AUTOQA_CLIENT_LABELS,
  };
  const stopping = new AbortController();
  const heartbeat = options.heartbeatMilliseconds ?? defaultHeartbeatMilliseconds;

  const work = async (api: ServerApi, assignment: Assignment) => {
    const { number, test, arch } = assignment;
    const calledOff = new AbortController();
    const callOff = () => calledOff.abort();
    stopping.signal.addEventListener("abort", callOff, { once: true });
    const beat = setInterval(() => {
      api.heartbeat(number).catch((error: unknown) => {
        if (error instanceof JobTakenAway) callOff();
      });
    }, heartbeat);
    try {
      const { results, log: output } = await execute(
        assignment,
        { command, isolation, parent, slot: api.options.slot },
        calledOff.signal,
      );
      if (calledOff.signal.aborted) return;
      await persist(() => api.uploadLog(number, output));
      await persist(() => api.finish(number, results));
      log(`job ${number}: ${test} on ${arch}: ${results.map(({ outcome }) => outcome).join(", ")}`);
    } catch (error) {
      if (!(error instanceof JobTakenAway)) throw error;
      log(`job ${number}: given to another client meanwhile`);
    } finally {
      clearInterval(beat);
      stopping.signal.removeEventListener("abort", callOff);
    }
  };

  /** Repeats a report until the server has it or says that the job is not ours any more. */
  const persist = async (send: () => Promise<void>) => {
    for (;;) {
      try {
        return await send();
      } catch (error) {
        if (error instanceof JobTakenAway || stopping.signal.aborted) throw error;
        log((error as Error).message);
        await pause(retryMilliseconds, stopping.signal);
      }
    }
  };

  const loop = async (slot: number) => {
    const api = new ServerApi({ ...server, slot });
    let problem = "";
    while (!stopping.signal.aborted) {
      try {
        const assignment = await api.claim(stopping.signal);
        problem = "";
        if (assignment !== undefined) await work(api, assignment);
      } catch (error) {
        if (stopping.signal.aborted) return;
        const message = (error as Error).message;
        if (message !== problem) log(message);
        problem = message;
        await pause(retryMilliseconds, stopping.signal);
      }
    }
  };
  const looping = Promise.all(Array.from({ length: availableParallelism() }, (_, slot) => loop(slot)));
  return {
    isolation,
    stop: async () => {
      stopping.abort();
      await Promise.race([looping, pause(5_000)]);
    },
  };
}

/** Waits, but not longer than until the signal. */
function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    const end = () => {
      clearTimeout(timer);
      resolve();
    };
    if (signal?.aborted) end();
    signal?.addEventListener("abort", end, { once: true });
  });
}
