/** The file backend: stacks as files, in the layout and format of the official CLI, so that either engine continues. */
import { copyFile, link, mkdir, readdir, readFile, rename, rm } from "node:fs/promises";
import path from "node:path";
import { EXIT, UserError } from "../errors";
import { thisEngine } from "../invocation";
import { DEPLOYMENT_VERSION, type Deployment, type JsonObject } from "../state/deployment";
import { writeAtomically } from "./atomic";
import { backendDirectory, bookkeepingRoot, ORGANIZATION, StackFiles, type StackId } from "./layout";

/** One line of a stack's history. */
export interface UpdateRecord {
  readonly kind: "update" | "refresh" | "destroy" | "import";
  /** Seconds since 1970. */
  readonly startTime: number;
  readonly endTime: number;
  readonly result: "succeeded" | "failed";
  readonly version: number;
  readonly resourceChanges: Readonly<Record<string, number>>;
  readonly config: JsonObject;
}

export class FileBackend {
  private readonly root: string;

  /** Throws a UserError when the URL is not a file URL or its directory does not exist. */
  constructor(readonly url: string) {
    this.root = bookkeepingRoot(backendDirectory(url));
  }

  filesOf(id: StackId): StackFiles {
    return new StackFiles(this.root, id);
  }

  /** Names of a project's stacks, sorted. */
  async list(project: string): Promise<string[]> {
    const names = await namesIn(path.join(this.root, "stacks", project));
    return [...new Set(names.flatMap((name) => /^(.+)\.json(\.gz|\.zst)?$/.exec(name)?.[1] ?? []))].sort();
  }

  async exists(id: StackId): Promise<boolean> {
    return (await this.list(id.project)).includes(id.stack);
  }

  /** The stack's deployment; undefined for a stack without one. Throws a UserError for unknown stacks and bad files. */
  async load(id: StackId): Promise<Deployment | undefined> {
    const files = this.filesOf(id);
    let text: string;
    try {
      text = await readFile(files.state, "utf8");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") {
        throw new UserError(`cannot read the state file ${files.state}: ${(error as Error).message}`);
      }
      if (await this.exists(id)) {
        throw new UserError(
          `the state of ${id.stack} is compressed (${files.state}.gz or .zst), which is not supported`,
        );
      }
      throw new UserError(`no stack named '${id.stack}' found`, EXIT.stackNotFound);
    }
    return checkpointOf(text, files);
  }

  /** Writes the stack's state; what was there before becomes its .bak. */
  async save(id: StackId, deployment: Deployment | undefined): Promise<void> {
    const files = this.filesOf(id);
    await writeAtomically(path.join(this.root, "meta.yaml"), "version: 1\n");
    await backUp(files);
    await writeAtomically(files.state, checkpointText(id, deployment));
  }

  /** A checkpoint writer for a running update, without the checks that `save` makes once. */
  async checkpoint(id: StackId, deployment: Deployment): Promise<void> {
    const files = this.filesOf(id);
    await backUp(files);
    await writeAtomically(files.state, checkpointText(id, deployment));
  }

  /** Notes what an update did, and keeps a copy of what it left behind. */
  async record(id: StackId, update: UpdateRecord): Promise<void> {
    const files = this.filesOf(id);
    const stamp = `${BigInt(Date.now()) * 1_000_000n + (process.hrtime.bigint() % 1_000_000n)}`;
    const history = path.join(files.history, `${id.stack}-${stamp}`);
    const entry = { ...update, message: "", environment: {} };
    await writeAtomically(`${history}.history.json`, JSON.stringify(entry, null, 4));
    await copyFile(files.state, `${history}.checkpoint.json`);
    await mkdir(files.backups, { recursive: true });
    await copyFile(files.state, path.join(files.backups, `${id.stack}.${stamp}.json`));
  }

  /** Seconds since 1970 at which the stack was last updated, as far as its history knows. */
  async lastUpdate(id: StackId): Promise<number | undefined> {
    const names = await namesIn(this.filesOf(id).history);
    const newest = names
      .filter((name) => name.endsWith(".history.json"))
      .sort()
      .at(-1);
    const nanoseconds = newest && /-(\d+)\.history\.json$/.exec(newest)?.[1];
    return nanoseconds ? Number(BigInt(nanoseconds) / 1_000_000_000n) : undefined;
  }

  /** Forgets a stack, its history and its backups. */
  async remove(id: StackId): Promise<void> {
    const files = this.filesOf(id);
    for (const file of [files.state, files.backup, files.attributes]) await rm(file, { force: true });
    for (const place of [files.history, files.backups, files.locks]) await rm(place, { recursive: true, force: true });
  }
}

async function namesIn(directory: string): Promise<string[]> {
  try {
    return await readdir(directory);
  } catch {
    return [];
  }
}

/** Makes the current state file the .bak. A link is as good as a copy: state files are replaced, never written into. */
async function backUp(files: StackFiles): Promise<void> {
  const temporary = `${files.backup}.${process.pid}.tmp`;
  await rm(temporary, { force: true });
  try {
    await link(files.state, temporary);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
    await copyFile(files.state, temporary);
  }
  await rename(temporary, files.backup);
}

function checkpointText(id: StackId, deployment: Deployment | undefined): string {
  const stack = `${ORGANIZATION}/${id.project}/${id.stack}`;
  return JSON.stringify({
    version: DEPLOYMENT_VERSION,
    checkpoint: { stack, ...(deployment && { latest: deployment }) },
  });
}

function checkpointOf(text: string, files: StackFiles): Deployment | undefined {
  const damaged = (what: string) =>
    new UserError(
      `the state file ${files.state} ${what}. Nothing was changed.\n` +
        `The state before its last write is in ${files.backup}; older ones are in ${files.backups}.\n` +
        `To go on from one of them, copy it over ${files.state} and run ` +
        `\`${thisEngine} refresh --stack ${files.id.stack}\``,
    );
  let document: JsonObject;
  try {
    document = JSON.parse(text) as JsonObject;
  } catch (error) {
    throw damaged(text.trim() === "" ? "is empty" : `is damaged or cut off: ${(error as Error).message}`);
  }
  if (typeof document !== "object" || document === null) throw damaged("is not a JSON object");
  if (document.version !== DEPLOYMENT_VERSION) {
    throw new UserError(
      `the state file ${files.state} has format version ${document.version}, but the local engine knows only version ` +
        `${DEPLOYMENT_VERSION}: it was written by a newer Pulumi CLI, or with features that the local engine lacks`,
    );
  }
  const checkpoint = document.checkpoint;
  if (typeof checkpoint !== "object" || checkpoint === null || Array.isArray(checkpoint)) {
    throw damaged("holds no checkpoint");
  }
  const latest = checkpoint.latest;
  return latest === undefined || latest === null ? undefined : (latest as Deployment);
}
