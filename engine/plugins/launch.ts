/** Plugin processes: started with the engine's address, they print their port as the first line. */
import { type ChildProcess, spawn } from "node:child_process";
import { UserError } from "../errors";

export interface PluginProcess {
  readonly port: number;
  /** Why the process is gone, if it is, or if it turns out to be in a moment: shown when a call fails because of it. */
  obituary(): Promise<string | undefined>;
  /** Ends the process: SIGINT, then SIGKILL. Resolves when it is gone. */
  end(): Promise<void>;
}

const START_TIMEOUT_MS = 60_000;
const END_TIMEOUT_MS = 5_000;
/** A connection breaks a little before the end of its process is noticed. */
const OBITUARY_MS = 500;
/** How much of what a plugin prints is kept for the message about its death. */
const KEPT_BYTES = 4_096;

/**
 * Starts a plugin. It leads a process group of its own, so that ^C reaches the engine alone, which then lets running
 * steps finish.
 */
export async function launchPlugin(
  file: string,
  engineAddress: string,
  directory: string,
  environment: NodeJS.ProcessEnv,
): Promise<PluginProcess> {
  const child = spawn(file, [engineAddress], {
    cwd: directory,
    env: environment,
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  let printed = "";
  let death: string | undefined;
  const keep = (chunk: Buffer) => {
    printed = (printed + chunk.toString()).slice(-KEPT_BYTES);
  };
  child.stderr.on("data", keep);
  const gone = new Promise<void>((resolve) => {
    child.once("exit", (code, signal) => {
      death = `the plugin ${file} ended unexpectedly (${signal ?? `exit code ${code}`})`;
      resolve();
    });
    child.once("error", (error) => {
      death = `the plugin ${file} could not be started: ${error.message}`;
      resolve();
    });
  });
  const atExit = () => signalGroup(child, "SIGKILL");
  process.once("exit", atExit);
  const epitaph = () => death && (printed.trim() ? `${death}; it printed:\n${printed.trim()}` : death);
  const obituary = async () => {
    const moment = new Promise<void>((resolve) => setTimeout(resolve, OBITUARY_MS).unref());
    await Promise.race([gone, moment]);
    return epitaph();
  };
  const end = async () => {
    process.removeListener("exit", atExit);
    if (death !== undefined) return;
    signalGroup(child, "SIGINT");
    const timer = setTimeout(() => signalGroup(child, "SIGKILL"), END_TIMEOUT_MS);
    await gone;
    clearTimeout(timer);
  };
  const port = await new Promise<number>((resolve, reject) => {
    let line = "";
    const fail = async (why: string) => {
      await end();
      reject(new UserError(epitaph() ?? `the plugin ${file} ${why}`));
    };
    const timer = setTimeout(() => void fail(`printed no port within ${START_TIMEOUT_MS / 1000} s`), START_TIMEOUT_MS);
    child.stdout.on("data", (chunk: Buffer) => {
      if (line.includes("\n")) return keep(chunk);
      line += chunk.toString();
      const end = line.indexOf("\n");
      if (end < 0) return;
      clearTimeout(timer);
      const number = Number(line.slice(0, end).trim());
      if (Number.isInteger(number) && number > 0) resolve(number);
      else void fail(`must print its port number first, but printed: ${line.slice(0, end)}`);
    });
    void gone.then(() => {
      clearTimeout(timer);
      void fail("ended");
    });
  });
  child.unref();
  return { port, obituary, end };
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // Gone between the check and the call.
  }
}
