/** Files that are either wholly the old ones or wholly the new ones, whatever happens in between. */
import { randomBytes } from "node:crypto";
import { mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import { UserError } from "../errors";

/** Replaces a file's contents atomically and durably. Throws a UserError that names the file. */
export async function writeAtomically(file: string, contents: string): Promise<void> {
  const temporary = `${file}.${randomBytes(6).toString("hex")}.tmp`;
  try {
    await mkdir(path.dirname(file), { recursive: true });
    const handle = await open(temporary, "wx", 0o600);
    try {
      await handle.writeFile(contents);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw new UserError(`cannot write ${file}: ${(error as Error).message}. What was there before is unchanged`);
  }
}

/** No write takes as long: a temporary file of this age is of a process that was killed. */
const ABANDONED_MS = 3_600_000;

/** Removes the temporary files that killed writers left in a directory, as far as it can. */
export async function removeAbandoned(directory: string): Promise<void> {
  const names = await readdir(directory).catch(() => []);
  for (const file of names.filter((name) => name.endsWith(".tmp")).map((name) => path.join(directory, name))) {
    const { mtimeMs = Date.now() } = (await stat(file).catch(() => undefined)) ?? {};
    if (Date.now() - mtimeMs > ABANDONED_MS) await rm(file, { force: true }).catch(() => undefined);
  }
}
