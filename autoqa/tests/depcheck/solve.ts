/** Calls the solver: which updates of a pending set can be pushed. */
import { mkdtempSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { exec, ToolError } from "../../tools/exec";
import installed from "./solver/installed.py";
import judge from "./solver/judge.py";
import main from "./solver/main.py";
import multilib from "./solver/multilib.py";
import pushes from "./solver/pushes.py";
import situation from "./solver/situation.py";

/** Debian's own interpreter: libsolv's binding is installed for no other. */
const python = "/usr/bin/python3";
/** The program's files, which are in AutoQA's one bundle. */
const program = { installed, judge, main, multilib, pushes, situation };

export interface SolverUpdate {
  name: string;
  /** Paths of its RPMs. */
  rpms: string[];
}

export interface SolverTask {
  /** i386 or x86_64. */
  arch: string;
  repositories: { name: string; primary: string; filelists: string }[];
  /** Pending updates that count as pushed. */
  accepted: SolverUpdate[];
  /** Pending updates to judge, the oldest first: of two that exclude each other the newer is at fault. */
  updates: SolverUpdate[];
}

const Answer = z.object({
  /** Packages that count as installed. */
  packages: z.number(),
  updates: z.array(z.object({ name: z.string(), accepted: z.boolean(), reasons: z.array(z.string()) })),
});
export type SolverAnswer = z.infer<typeof Answer>;

/** @throws ToolError if libsolv cannot do it */
export async function solve(task: SolverTask, directory: string): Promise<SolverAnswer> {
  const folder = mkdtempSync(join(directory, "solver-"));
  for (const [name, text] of Object.entries(program)) writeFileSync(join(folder, `${name}.py`), text);
  const input = JSON.stringify(task);
  const { exitCode, stdout, stderr } = await exec(python, ["-B", join(folder, "main.py")], { cwd: directory, input });
  if (exitCode !== 0) {
    throw new ToolError(`libsolv did not solve it: ${stderr.trim().split("\n").at(-1) ?? `exit code ${exitCode}`}`);
  }
  return Answer.parse(JSON.parse(stdout));
}
