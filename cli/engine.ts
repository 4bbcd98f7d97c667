/** Which engine runs the program: Pulumi's own CLI where it can, else the local one. */
import { spawn, spawnSync } from "node:child_process";
import { join } from "node:path";
import { main as runLocalEngine } from "../engine/cli";
import { passphraseEnvironment } from "../setup/passphrase";

export type EngineName = "local" | "pulumi";

export interface Engine {
  name: EngineName;
  /** One sentence for the user on why it is this one. */
  reason: string;
}

/** The plugins that Pulumi's CLI must have; it takes libvirt from this project. */
const pulumiPlugins = ["random", "command"];

/** @param wanted what the user asked for, if at all */
export function chooseEngine(wanted: EngineName | undefined): Engine {
  if (wanted !== undefined) return { name: wanted, reason: "as asked for" };
  const listed = spawnSync("pulumi", ["plugin", "ls", "--json"], { encoding: "utf8" });
  if (listed.error !== undefined) return { name: "local", reason: "there is no pulumi on the PATH" };
  const missing = pulumiPlugins.filter((plugin) => !listed.stdout.includes(`"name": "${plugin}"`));
  return missing.length === 0
    ? { name: "pulumi", reason: "it is on the PATH with the plugins it needs" }
    : { name: "local", reason: `the pulumi on the PATH lacks the plugins ${missing.join(" and ")}` };
}

/**
 * Runs one command of the engine with the terminal as its own. The local engine runs in this very process: a preview
 * should not wait for Node to start once more.
 * @returns the engine's exit code
 */
export async function runEngine(engine: Engine, projectDirectory: string, args: string[]): Promise<number> {
  if (engine.name === "pulumi") return runPulumi(projectDirectory, args);
  process.chdir(projectDirectory);
  Object.assign(process.env, environment());
  await runLocalEngine(args);
  return Number(process.exitCode ?? 0);
}

function runPulumi(projectDirectory: string, args: string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn("pulumi", args, { cwd: projectDirectory, env: environment(), stdio: "inherit" });
    // The terminal sends Ctrl-C to the engine too: it ends in its own time, and only then do we.
    const wait = () => {};
    const pass = () => child.kill("SIGTERM");
    process.on("SIGINT", wait).on("SIGTERM", pass);
    child.once("error", reject);
    child.once("close", (code) => {
      process.off("SIGINT", wait).off("SIGTERM", pass);
      resolve(code ?? 1);
    });
  });
}

/** What one command of the engine prints on standard output. */
function askEngine(engine: Engine, projectDirectory: string, args: string[]) {
  const { program, programArgs } = command(engine, projectDirectory, args);
  const answer = spawnSync(program, programArgs, { cwd: projectDirectory, env: environment(), encoding: "utf8" });
  return { exitCode: answer.status ?? 1, stdout: answer.stdout, stderr: answer.stderr };
}

/** What the engine says against a command; shown without a stack trace. */
export class EngineError extends Error {
  override name = "EngineError";
}

/** Makes the stack unless it exists. @throws EngineError */
export function selectStack(engine: Engine, projectDirectory: string, stack: string): void {
  ask(engine, projectDirectory, ["stack", "select", "--create", stack]);
}

/** Removes a stack's record, whatever stands in it. @throws EngineError */
export function removeStack(engine: Engine, projectDirectory: string, stack: string): void {
  // Pulumi's CLI would delete the stack's configuration file with it; the local engine never does.
  const keepConfig = engine.name === "pulumi" ? ["--preserve-config"] : [];
  ask(engine, projectDirectory, ["stack", "rm", stack, "--yes", "--force", ...keepConfig]);
}

/** What a command of the engine prints. @throws EngineError where it fails */
export function ask(engine: Engine, projectDirectory: string, args: string[]): string {
  const { exitCode, stdout, stderr } = askEngine(engine, projectDirectory, args);
  if (exitCode !== 0) throw new EngineError(stderr.trim() || stdout.trim());
  return stdout;
}

function command(engine: Engine, projectDirectory: string, args: string[]) {
  if (engine.name === "pulumi") return { program: "pulumi", programArgs: args };
  const entry = join(projectDirectory, "engine/cli.ts");
  return { program: process.execPath, programArgs: ["-r", "./setup/typescript.cjs", entry, ...args] };
}

/** The types are checked by `npm test`: a deploy need not wait for that. */
function environment(): NodeJS.ProcessEnv {
  return {
    ...process.env,
    PULUMI_NODEJS_TRANSPILE_ONLY: "true",
    // Pulumi.<stack>.yaml is tracked by git: the salt stays in the state.
    PULUMI_LOCAL_ENGINE_KEEP_SETTINGS: "true",
    ...passphraseEnvironment(process.env),
  };
}
