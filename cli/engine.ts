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
  projectDirectory: string;
}

/** The plugins that Pulumi's CLI must have; it takes libvirt from this project. */
const pulumiPlugins = ["random", "command"];

/** @param wanted what the user asked for, if at all */
export function chooseEngine(wanted: EngineName | undefined, projectDirectory: string): Engine {
  if (wanted !== undefined) return { name: wanted, reason: "as asked for", projectDirectory };
  const listed = spawnSync("pulumi", ["plugin", "ls", "--json"], { encoding: "utf8" });
  if (listed.error !== undefined) return { name: "local", reason: "there is no pulumi on the PATH", projectDirectory };
  const missing = pulumiPlugins.filter((plugin) => !listed.stdout.includes(`"name": "${plugin}"`));
  return missing.length === 0
    ? { name: "pulumi", reason: "it is on the PATH with the plugins it needs", projectDirectory }
    : { name: "local", reason: `the pulumi on the PATH lacks the plugins ${missing.join(" and ")}`, projectDirectory };
}

/**
 * Runs one command of the engine with the terminal as its own. The local engine runs in this very process: a preview
 * should not wait for Node to start once more.
 * @param stdout `aside`: what it prints goes to standard error, for standard output is of something else
 * @returns the engine's exit code
 */
export async function runEngine(engine: Engine, args: string[], stdout: "shown" | "aside" = "shown"): Promise<number> {
  if (engine.name === "pulumi" || stdout === "aside") return runProgram(engine, args, stdout);
  process.chdir(engine.projectDirectory);
  Object.assign(process.env, environment());
  await runLocalEngine(args);
  return Number(process.exitCode ?? 0);
}

function runProgram(engine: Engine, args: string[], stdout: "shown" | "aside"): Promise<number> {
  const { program, programArgs } = command(engine, args);
  return new Promise((resolve, reject) => {
    const stdio = ["inherit" as const, stdout === "shown" ? ("inherit" as const) : 2, "inherit" as const];
    const child = spawn(program, programArgs, { cwd: engine.projectDirectory, env: environment(), stdio });
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

/** What the engine says against a command; shown without a stack trace. */
export class EngineError extends Error {
  override name = "EngineError";
  constructor(
    message: string,
    readonly exitCode: number,
  ) {
    super(message);
  }
}

/** What a command of the engine prints. @throws EngineError where it fails */
export function ask(engine: Engine, args: string[]): string {
  const { program, programArgs } = command(engine, args);
  const { status, stdout, stderr, error } = spawnSync(program, programArgs, {
    cwd: engine.projectDirectory,
    env: environment(),
    encoding: "utf8",
    maxBuffer: Number.POSITIVE_INFINITY,
  });
  if (error !== undefined) throw new EngineError(`${program} cannot be started: ${error.message}`, 1);
  if (status !== 0) throw new EngineError(stderr.trim() || stdout.trim(), status ?? 1);
  return stdout;
}

function command({ name, projectDirectory }: Engine, args: string[]) {
  if (name === "pulumi") return { program: "pulumi", programArgs: args };
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
