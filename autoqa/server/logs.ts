/** Jobs' logs: kept in the state directory, served at stable URLs. */
import { createReadStream, mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

/** The user that jobs run for, a part of their URLs as it was autotest's. */
const user = "autoqa";

/** results/<job>-<user>/<client>/<test>/results/output.log */
export function logPath(number: number, client: string, test: string): string {
  return `results/${number}-${user}/${client}/${test}/results/output.log`;
}

/** The parts of a URL's path of that form, or undefined. */
export function parseLogPath(path: string): { number: number; client: string; test: string } | undefined {
  const match = /^results\/(\d{1,15})-autoqa\/([^/]+)\/([^/]+)\/results\/output\.log$/.exec(path);
  if (match === null) return undefined;
  try {
    const [client = "", test = ""] = match.slice(2).map(decodeURIComponent);
    return { number: Number(match[1]), client, test };
  } catch {
    // Not what any link of AutoQA's says.
    return undefined;
  }
}

/** The unit in which a file system counts: a log of a few bytes takes two, with its directory. */
const blockBytes = 4096;
const defaultMaximumBytes = 384 * 1024 ** 2;

export class Logs {
  /** Of each job's log, what it takes on disk. */
  readonly #sizes = new Map<number, number>();
  #bytes = 0;
  #uploads = 0;

  /** @param maximumBytes when the logs take more on disk, the oldest go */
  constructor(
    readonly directory: string,
    readonly maximumBytes = defaultMaximumBytes,
  ) {
    mkdirSync(directory, { recursive: true });
    for (const name of readdirSync(directory)) {
      // What is not a job's is an upload that a restart broke off.
      if (/^\d+$/.test(name)) this.#count(Number(name));
      else rmSync(join(directory, name));
    }
  }

  /**
   * Stores a log that may be long, whole or not at all.
   * @param isWanted asked once the log is written: what is not wanted any more replaces nothing
   * @returns whether it was wanted
   */
  async write(number: number, content: Uint8Array, isWanted: () => boolean): Promise<boolean> {
    this.#uploads += 1;
    const upload = join(this.directory, `upload-${this.#uploads}`);
    await writeFile(upload, content);
    const wanted = isWanted();
    if (!wanted) rmSync(upload);
    else this.#put(number, (path) => renameSync(upload, path));
    return wanted;
  }

  /** Stores a log of AutoQA's own words, at once: nothing can happen to the job meanwhile. */
  writeNote(number: number, note: string): void {
    this.#put(number, (path) => writeFileSync(path, `${note}\n`));
  }

  has(number: number): boolean {
    return this.#sizes.has(number);
  }

  open(number: number): ReturnType<typeof createReadStream> | undefined {
    return this.has(number) ? createReadStream(this.#path(number)) : undefined;
  }

  #put(number: number, put: (path: string) => void): void {
    const path = this.#path(number);
    mkdirSync(dirname(path), { recursive: true });
    put(path);
    this.#count(number);
    if (this.#bytes <= this.maximumBytes) return;
    for (const oldest of [...this.#sizes.keys()].sort((a, b) => a - b)) {
      if (this.#bytes <= this.maximumBytes || oldest === number) return;
      rmSync(dirname(this.#path(oldest)), { recursive: true });
      this.#bytes -= this.#sizes.get(oldest) ?? 0;
      this.#sizes.delete(oldest);
    }
  }

  #count(number: number): void {
    const size = statSync(this.#path(number), { throwIfNoEntry: false })?.size;
    if (size === undefined) return;
    const blocks = blockBytes * (1 + Math.ceil(size / blockBytes));
    this.#bytes += blocks - (this.#sizes.get(number) ?? 0);
    this.#sizes.set(number, blocks);
  }

  #path(number: number): string {
    return join(this.directory, String(number), "output.log");
  }
}
