/** What is asked of git, which must never wait for somebody to type a password. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { ContractError } from "./manifest";
import { type Source, withoutPassword } from "./source";

/** What npm and Pulumi tell their programs, passphrases among it, and git those that it runs as hooks. */
const notOurs = /^(?:npm_|PULUMI_|GIT_(?:DIR|WORK_TREE|INDEX_FILE|OBJECT_DIRECTORY|QUARANTINE_PATH)$)/;
/** Lines of a failed command's output that its error shows. */
const shownLines = 20;
const maximumOutputBytes = 64 * 1024 * 1024;

/**
 * Runs a program to its end, with the environment that its user gave.
 * @param what failed if it fails
 * @returns what it wrote to standard output
 * @throws ContractError with the last lines of what it wrote
 */
export async function attempt(what: string, program: string, args: string[], cwd?: string): Promise<string> {
  const own = Object.entries(process.env).filter(([name]) => !notOurs.test(name));
  const env = { GIT_SSH_COMMAND: "ssh -o BatchMode=yes", ...Object.fromEntries(own), GIT_TERMINAL_PROMPT: "0" };
  try {
    const running = promisify(execFile)(program, args, { env, maxBuffer: maximumOutputBytes, cwd });
    running.child.stdin?.end();
    return (await running).stdout;
  } catch (error) {
    const { stdout = "", stderr = "", message } = error as Error & { stdout?: string; stderr?: string };
    const lines = (`${stdout}${stderr}`.trim() || message).split("\n").slice(-shownLines);
    throw new ContractError(withoutPassword(`${what}:\n${lines.map((line) => `  ${line}`).join("\n")}`));
  }
}

/**
 * The commit of a branch, tag or whole commit id.
 * @returns undefined if it can only be an abbreviated commit id, which a clone must tell
 * @throws ContractError if there is no such repository or ref
 */
export async function remoteCommit({ repository, ref }: Source): Promise<string | undefined> {
  if (/^[0-9a-f]{40}$/.test(ref)) return ref;
  const names = ref === "HEAD" ? [ref] : [`refs/heads/${ref}`, `refs/tags/${ref}^{}`, `refs/tags/${ref}`];
  const listed = await attempt(`The repository ${repository} cannot be read`, "git", [
    ...["ls-remote", "--quiet", "--", repository, ...names],
  ]);
  const commits = new Map(listed.split("\n").map((line) => line.split("\t").reverse() as [string, string]));
  const name = names.find((each) => commits.has(each));
  if (name !== undefined) return commits.get(name);
  if (/^[0-9a-f]{4,39}$/.test(ref)) return undefined;
  throw noSuchRef({ repository, ref });
}

/** Makes a clone in which the commit is checked out. @returns the whole id of the commit */
export async function checkOut(repository: string, commit: string, directory: string): Promise<string> {
  await attempt(`The repository ${repository} cannot be cloned`, "git", [
    ...["clone", "--quiet", "--no-checkout", "--", repository, directory],
  ]);
  const parse = ["rev-parse", "--quiet", "--verify", "--end-of-options", `${commit}^{commit}`];
  const id = await attempt("", "git", parse, directory).catch(() => {
    throw noSuchRef({ repository, ref: commit });
  });
  await attempt(`${commit} cannot be checked out`, "git", ["checkout", "--quiet", "--detach", id.trim()], directory);
  return id.trim();
}

const noSuchRef = ({ repository, ref }: Source): ContractError =>
  new ContractError(`${withoutPassword(repository)} has no branch, tag or commit ${ref}.`);
