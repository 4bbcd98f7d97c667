/** `command:local:Command` and `command:local:run`. */
import { spawn } from "node:child_process";
import path from "node:path";
import { filesBelow } from "../../values/assets";
import { Archive, Asset, type PropertyMap, type PropertyValue } from "../../values/property";
import type { CallContext, ResourceHandler } from "../standIn";
import { commandId, diffCommand, environmentOf, OutputCollector, previousOutput, textOf } from "./common";

const DEFAULT_INTERPRETER = ["/bin/sh", "-c"];

/** Runs a command on this machine; `previous` is the state that its last run left. */
async function runLocally(
  command: string,
  inputs: PropertyMap,
  previous: PropertyMap,
  status: (line: string) => void,
): Promise<PropertyMap> {
  const interpreter = texts(inputs.interpreter);
  const [program = "", ...rest] = interpreter.length > 0 ? interpreter : DEFAULT_INTERPRETER;
  const directory = path.resolve(textOf(inputs.dir) || ".");
  const collector = new OutputCollector(textOf(inputs.logging), status);
  // A process group of its own: ^C lets running commands finish.
  const child = spawn(program, [...rest, command], {
    cwd: directory,
    env: { ...process.env, ...environmentOf(inputs), ...previousOutput(inputs, previous) },
    stdio: ["pipe", "pipe", "pipe"],
    detached: true,
  });
  // Whoever terminates the engine means its commands, too.
  const atExit = () => killGroup(child.pid);
  process.once("exit", atExit);
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => collector.take("stdout", chunk));
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => collector.take("stderr", chunk));
  // A command that does not read its input may close it early.
  child.stdin.on("error", () => {});
  child.stdin.end(textOf(inputs.stdin));
  const failure = await new Promise<string | undefined>((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("close", (code, signal) =>
      resolve(code === 0 ? undefined : signal ? `signal: ${signal}` : `exit status ${code}`),
    );
  });
  process.removeListener("exit", atExit);
  if (failure) throw collector.failure(failure, command);
  return { ...collector.end(), ...(await collectFiles(directory, inputs)) };
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // Gone already.
  }
}

async function collectFiles(directory: string, inputs: PropertyMap): Promise<PropertyMap> {
  const found = async (globs: string[]) => {
    const chosen: Record<string, Asset> = {};
    const files = await filesBelow(directory);
    for (const file of files) {
      for (const glob of globs) {
        if (!path.matchesGlob(file, glob.replace(/^!/, ""))) continue;
        if (glob.startsWith("!")) delete chosen[file];
        else chosen[file] = new Asset({ path: path.join(directory, file) });
      }
    }
    return chosen;
  };
  const assetPaths = texts(inputs.assetPaths);
  const archivePaths = texts(inputs.archivePaths);
  return {
    ...(assetPaths.length > 0 && { assets: await found(assetPaths) }),
    ...(archivePaths.length > 0 && { archive: new Archive({ assets: await found(archivePaths) }) }),
  };
}

const texts = (value: PropertyValue | undefined): string[] => (Array.isArray(value) ? value.map(String) : []);

const NOTHING: PropertyMap = { stdout: "", stderr: "" };

async function run(command: string, inputs: PropertyMap, previous: PropertyMap, context: CallContext) {
  return command === "" ? NOTHING : runLocally(command, inputs, previous, context.status);
}

export const localCommand: ResourceHandler = {
  computed: ["stdout", "stderr"],
  check: () => [],
  diff: diffCommand,
  async create(inputs, context) {
    return { id: commandId(context.name), outputs: await run(textOf(inputs.create), inputs, {}, context) };
  },
  async update(inputs, olds, context) {
    const command = textOf(inputs.update) || textOf(inputs.create);
    if (command === "") return { stdout: olds.stdout ?? "", stderr: olds.stderr ?? "" };
    return run(command, inputs, olds, context);
  },
  async delete(state, context) {
    await run(textOf(state.delete), state, state, context);
  },
};

/** The function `run`: its arguments, with what the command printed. */
export async function localRun(args: PropertyMap, context: CallContext): Promise<PropertyMap> {
  return { ...args, ...(await run(textOf(args.command), args, {}, context)) };
}
