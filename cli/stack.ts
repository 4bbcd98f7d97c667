/** The stack that a command is about, and its lock. */
import { FileBackend } from "../engine/backend/fileBackend";
import { isFileUrl } from "../engine/backend/layout";
import { lock } from "../engine/backend/lock";
import { UserError } from "../engine/errors";
import { backendUrlOf, loadProject } from "../engine/project/project";
import { ask, type Engine } from "./engine";

export interface Stack {
  engine: Engine;
  /** The project's name. */
  project: string;
  /** As the user calls it, for the engine: a name, maybe behind an organization and a project. */
  reference: string;
  /** As the program knows it. */
  name: string;
}

/** @throws UserError where the reference is to a stack of another project */
export function stackOf(engine: Engine, reference: string): Stack {
  const { name: project } = loadProject(engine.projectDirectory);
  const parts = reference.split("/");
  if (parts.length === 3 && parts[1] !== project) {
    throw new UserError(`--stack ${reference}: that is a stack of project ${parts[1]}, and this one is ${project}`);
  }
  return { engine, project, reference, name: parts.at(-1) ?? reference };
}

/** Makes the stack unless it exists. @throws EngineError */
export function selectStack({ engine, reference }: Stack): void {
  ask(engine, ["stack", "select", "--create", reference]);
}

/** Removes the record of a stack that has nothing any more. @throws EngineError where it still has something */
export function removeStack({ engine, reference }: Stack): void {
  // Pulumi's CLI would delete the stack's configuration file with it; the local engine never does.
  const keepConfig = engine.name === "pulumi" ? ["--preserve-config"] : [];
  ask(engine, ["stack", "rm", reference, "--yes", ...keepConfig]);
}

/**
 * Does something while nobody can deploy or destroy the stack; the lock of a deploy that was killed does not count.
 * @param work is told whether that is so: locks of a backend that keeps no files (s3://…) are its own CLI's
 * @throws UserError naming whoever is at work on the stack
 */
export async function withLock<T>(stack: Stack, work: (isLocked: boolean) => Promise<T>): Promise<T> {
  const url = backendUrlOf(loadProject(stack.engine.projectDirectory), process.env);
  if (!isFileUrl(url)) return work(false);
  const files = new FileBackend(url).filesOf({ project: stack.project, stack: stack.name });
  const held = await lock(files, true);
  try {
    return await work(true);
  } finally {
    await held.release();
  }
}
