/**
 * `npm run infra`: the mock infrastructure and AutoQA as plain processes on this host, no VM, until it is interrupted.
 * The outputs are those of a deployed stack, so that everything that reads outputs works against it.
 */

import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { kill } from "node:process";
import { Command } from "commander";
import { ContractError } from "../autoqa/contract/manifest";
import { Source } from "../autoqa/contract/source";
import { type Bundles, bundlePrograms } from "../components/payload/bundle";
import { type Autoqa, bundledAutoqa, fetchAutoqa } from "../stacks/autoqa-source";
import { ChildEnded, Interrupted } from "./children";
import {
  type LocalAutoqa,
  type LocalOutputs,
  NotHealthy,
  type Programs,
  startLocalEnvironment,
} from "./local-environment";

const PROJECT = resolve(__dirname, "..");
const PREFIX = "autoqa-staging-infra-";
const PID_FILE = "pid";

interface Options {
  outputs?: string;
  autoqaRepository?: string;
  autoqaRef?: string;
}

async function main(options: Options): Promise<void> {
  const { outputs: file } = options;
  const interruption = new AbortController();
  // Each may come twice: from the terminal, and passed on by npm.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => interruption.abort());
  await removeLeftovers();
  const directory = await mkdtemp(join(tmpdir(), PREFIX));
  try {
    await writeFile(join(directory, PID_FILE), String(process.pid));
    const { programs, autoqa } = await unlessInterrupted(prepare(options, directory), interruption.signal);
    console.error("starting mock koji, mock bodhi, ResultsDB and AutoQA…");
    const environment = await startLocalEnvironment(programs, autoqa, directory, interruption.signal);
    try {
      await publish(environment.outputs, file);
      await environment.failure.catch((error: Error) => {
        if (!(error instanceof Interrupted)) throw error;
      });
    } finally {
      if (file !== undefined) await rm(file, { force: true });
      await environment.stop();
    }
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** Puts all programs into the directory. */
async function prepare(options: Options, directory: string): Promise<{ programs: Programs; autoqa: LocalAutoqa }> {
  console.error("bundling the programs…");
  const bundles = await bundlePrograms(PROJECT);
  const programs = await writePrograms(bundles, directory);
  return { programs, autoqa: await unpack(await chosenAutoqa(options, bundles), directory) };
}

/** @throws Interrupted as soon as that is so; what is under way ends with this process */
async function unlessInterrupted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  if (signal.aborted) throw new Interrupted();
  const interrupted = new Promise<never>((_, reject) => {
    signal.addEventListener("abort", () => reject(new Interrupted()));
  });
  return Promise.race([work, interrupted]);
}

async function writePrograms(bundles: Bundles, directory: string): Promise<Programs> {
  const write = async (program: keyof Programs) => {
    const path = join(directory, `${program}.js`);
    await writeFile(path, bundles[program]);
    return path;
  };
  return { infra: await write("infra"), supervisor: await write("supervisor") };
}

async function chosenAutoqa({ autoqaRepository, autoqaRef }: Options, bundles: Bundles): Promise<Autoqa> {
  if (autoqaRepository === undefined && autoqaRef === undefined) return bundledAutoqa(bundles.autoqa, PROJECT);
  const source = Source.safeParse({ repository: autoqaRepository, ref: autoqaRef });
  if (source.success) return fetchAutoqa(source.data, PROJECT, (what) => console.error(`AutoQA: ${what}…`));
  const problems = source.error.issues.map(({ path, message }) => `--autoqa-${path.join(".")}: ${message}`);
  throw new ContractError(problems.join("\n"));
}

async function unpack({ files, ...autoqa }: Autoqa, directory: string): Promise<LocalAutoqa> {
  execFileSync("tar", ["--extract", "--directory", directory], { input: files });
  return { ...autoqa, directory: join(directory, "autoqa") };
}

async function publish(outputs: LocalOutputs, file: string | undefined): Promise<void> {
  const text = `${JSON.stringify(outputs, null, 2)}\n`;
  if (file === undefined) {
    process.stdout.write(text);
    console.error("all is healthy; Ctrl-C ends it");
    return;
  }
  const temporary = `${file}.${process.pid}`;
  await mkdir(resolve(file, ".."), { recursive: true });
  await writeFile(temporary, text, { mode: 0o600 });
  await rename(temporary, file);
  console.error(`all is healthy: npm run verify -- --outputs ${file}; Ctrl-C ends it`);
}

/** Removes what runs left that were killed with force; their processes have ended with them. */
async function removeLeftovers(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    if (!name.startsWith(PREFIX)) continue;
    const directory = join(tmpdir(), name);
    const pid = Number(await readFile(join(directory, PID_FILE), "utf8").catch(() => "0"));
    if (pid > 0 && !isAlive(pid)) await rm(directory, { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    return kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

const command = new Command("npm run infra --")
  .description("Runs the mock infrastructure and AutoQA on this host, without VMs, until interrupted.")
  .option("--outputs <file>", "write the outputs to this file (mode 0600) instead of printing them")
  .option(
    "--autoqa-repository <repository>",
    "run the AutoQA of this git repository (URL or path), not the bundled one",
  )
  .option("--autoqa-ref <ref>", "the branch, tag or commit of it (default: its default branch)");

main(command.parse().opts<Options>()).catch((error: unknown) => {
  // By the convention of shells; an installation that was under way is not waited for.
  if (error instanceof Interrupted) process.exit(130);
  const known = [ChildEnded, NotHealthy, ContractError].some((kind) => error instanceof kind);
  console.error(known ? `infra: ${(error as Error).message}` : error);
  process.exitCode = 1;
});
