/** Running what belongs to a fetched AutoQA: nobody is there to type a password or to answer a question. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { ContractError } from "./manifest";
import { withoutPassword } from "./source";

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
