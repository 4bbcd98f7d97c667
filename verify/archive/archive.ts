/** Keeps what was posted to an environment that is about to go. */
import { mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Control } from "../control";

export interface ArchiveOptions {
  control: { url: string; token: string };
  /** Beside the reports. */
  directory: string;
  /** Stack and generation. */
  name: string;
  /** How long the environment may take to answer; an emulated machine takes many seconds under load. */
  timeoutSeconds: number;
}

/** What the system says of an address where nothing listens: the machine does not run, and was maybe never made. */
const nobodyListens = ["ECONNREFUSED", "EHOSTDOWN", "EHOSTUNREACH", "ENETUNREACH"];

/**
 * Writes `<directory>/<name>.json`, unless nothing was posted. Where nothing listens there is nothing to keep; an
 * environment that listens and does not answer may be slow, and holds its posts still.
 * @returns what was done, in one sentence
 * @throws Error if the posts can't be fetched or the file can't be written
 */
export async function archivePosts({ control, directory, name, timeoutSeconds }: ArchiveOptions): Promise<string> {
  const posts = await new Control(control.url, control.token, timeoutSeconds).posts().catch((error: Error) => {
    if (nobodyListens.includes((error.cause as NodeJS.ErrnoException | undefined)?.code ?? "")) return error;
    throw error;
  });
  if (posts instanceof Error) return `nothing archived: ${posts.message}`;
  const { results, comments, mail } = posts;
  if (results.length + comments.length + mail.length === 0) return "nothing was posted, so nothing is archived";
  const file = join(directory, `${name}.json`);
  await mkdir(directory, { recursive: true });
  await writeFile(`${file}.part`, `${JSON.stringify(posts, null, 2)}\n`);
  await rename(`${file}.part`, file);
  return `${results.length} results, ${comments.length} comments and ${mail.length} mails are archived in ${file}`;
}
