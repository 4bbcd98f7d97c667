/** Fetches an AutoQA from a git repository and installs it, on the deploying host: machines may reach nothing. */
import { execFile } from "node:child_process";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { ContractError, type Manifest, readManifest } from "./manifest";

const run = promisify(execFile);

export interface Source {
  /** A URL or a local path. */
  repository: string;
  /** A branch, tag or commit. */
  ref: string;
}

export interface FetchedSource {
  /** The commit that the ref stands for, 40 hexadecimal digits. */
  commit: string;
  manifest: Manifest;
}

/** Lines of a failed command's output that its error shows. */
const shownLines = 20;
const maximumOutputBytes = 64 * 1024 * 1024;

/**
 * @param directory where the checkout is made; absent or empty. It ends without git's own data.
 * @throws ContractError saying what failed, with the last lines of its output
 */
export async function fetchSource({ repository, ref }: Source, directory: string): Promise<FetchedSource> {
  await attempt(`The repository ${withoutPassword(repository)} cannot be cloned`, "git", [
    ...["clone", "--quiet", "--no-checkout", "--", repository, directory],
  ]);
  const commit = await resolveRef(directory, repository, ref);
  await attempt(`${commit} cannot be checked out`, "git", ["checkout", "--quiet", "--detach", commit], directory);
  await rm(join(directory, ".git"), { recursive: true, force: true });
  const manifest = readManifest(directory);
  for (const command of manifest.install) {
    await attempt(`The installation command failed: ${command}`, "/bin/sh", ["-c", command], directory);
  }
  return { commit, manifest };
}

/** A branch is meant as the repository has it, whatever the clone's default branch is. */
async function resolveRef(directory: string, repository: string, ref: string): Promise<string> {
  for (const candidate of [`refs/remotes/origin/${ref}`, `refs/tags/${ref}`, ref]) {
    const args = ["rev-parse", "--quiet", "--verify", "--end-of-options", `${candidate}^{commit}`];
    const resolved = await run("git", args, { cwd: directory }).catch(() => undefined);
    if (resolved !== undefined) return resolved.stdout.trim();
  }
  throw new ContractError(`${withoutPassword(repository)} has no branch, tag or commit ${ref}.`);
}

async function attempt(what: string, program: string, args: string[], cwd?: string): Promise<void> {
  // git must not wait for a password that nobody is there to type.
  const env = { ...process.env, GIT_TERMINAL_PROMPT: "0" };
  try {
    await run(program, args, { env, maxBuffer: maximumOutputBytes, ...(cwd === undefined ? {} : { cwd }) });
  } catch (error) {
    const { stdout = "", stderr = "", message } = error as Error & { stdout?: string; stderr?: string };
    const lines = `${stdout}${stderr}`.trim() || message;
    throw new ContractError(`${what}:\n${lines.split("\n").slice(-shownLines).join("\n")}`);
  }
}

function withoutPassword(repository: string): string {
  return repository.replace(/^(\w+:\/\/)[^/@]*@/, "$1");
}
