/**
 * `npm run infra`: the mock infrastructure and AutoQA as plain processes on this host, no VM, until it is interrupted.
 * The outputs are those of a deployed stack, so that everything that reads outputs works against it.
 */

import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { kill } from "node:process";
import { Command } from "commander";
import { bundlePrograms, type Program } from "../components/payload/bundle";
import { bundledSource } from "../stacks/autoqa-source";
import { ChildEnded } from "./children";
import { type LocalOutputs, type Programs, startLocalEnvironment } from "./local-environment";

const PROJECT = resolve(__dirname, "..");
const PREFIX = "autoqa-staging-infra-";
const PID_FILE = "pid";

interface Options {
  outputs?: string;
}

async function main({ outputs: file }: Options): Promise<void> {
  const interrupted = new Promise<void>((done) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => done());
  });
  await removeLeftovers();
  const directory = await mkdtemp(join(tmpdir(), PREFIX));
  try {
    await writeFile(join(directory, PID_FILE), String(process.pid));
    console.error("bundling the programs…");
    const programs = await writeBundles(directory);
    console.error("starting mock koji, mock bodhi, ResultsDB and AutoQA…");
    const environment = await startLocalEnvironment(programs, bundledSource(PROJECT), directory);
    try {
      await publish(environment.outputs, file);
      await Promise.race([interrupted, environment.failure]);
    } finally {
      if (file !== undefined) await rm(file, { force: true });
      await environment.stop();
    }
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** Bundles the programs as for machines. */
async function writeBundles(directory: string): Promise<Programs> {
  const bundles = await bundlePrograms(PROJECT);
  const write = async (program: Program) => {
    const path = join(directory, `${program}.js`);
    await writeFile(path, bundles[program]);
    return path;
  };
  return { infra: await write("infra"), supervisor: await write("supervisor"), autoqa: await write("autoqa") };
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
  .option("--outputs <file>", "write the outputs to this file (mode 0600) instead of printing them");

main(command.parse().opts<Options>()).catch((error: unknown) => {
  console.error(error instanceof ChildEnded ? `infra: ${error.message}` : error);
  process.exitCode = 1;
});
