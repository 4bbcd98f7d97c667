/** Keeps what was posted to an environment that is about to go. */
import { mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Control } from "../control";
import { CannotRun } from "../errors";

export interface ArchiveOptions {
  control: { url: string; token: string };
  /** Beside the reports. */
  directory: string;
  /** Stack and generation. */
  name: string;
  /** How long the environment may take to answer, in seconds. */
  timeoutSeconds: number;
}

/**
 * Writes `<directory>/<name>.json`, unless nothing was posted. An environment that does not answer holds nothing back:
 * it may have been killed half-way, and must not be in the way of the next one.
 * @returns what was done, in one sentence
 * @throws Error if the file can't be written
 */
export async function archivePosts({ control, directory, name, timeoutSeconds }: ArchiveOptions): Promise<string> {
  const posts = await new Control(control.url, control.token, timeoutSeconds).posts().catch((error: Error) => {
    if (error instanceof CannotRun) return error;
    throw error;
  });
  if (posts instanceof CannotRun) return `nothing archived: ${posts.message}`;
  const { results, comments, mail } = posts;
  if (results.length + comments.length + mail.length === 0) return "nothing was posted, so nothing is archived";
  const file = join(directory, `${name}.json`);
  await mkdir(directory, { recursive: true });
  await writeFile(`${file}.part`, `${JSON.stringify(posts, null, 2)}\n`);
  await rename(`${file}.part`, file);
  return `${results.length} results, ${comments.length} comments and ${mail.length} mails are archived in ${file}`;
}
