/** Jobs' logs: kept in the state directory, served at stable URLs. */
import { createReadStream, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
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

export class Logs {
  #uploads = 0;

  constructor(readonly directory: string) {}

  /**
   * Stores a log that may be long, whole or not at all.
   * @param isWanted asked once the log is written: what is not wanted any more replaces nothing
   * @returns whether it was wanted
   */
  async write(number: number, content: Uint8Array, isWanted: () => boolean): Promise<boolean> {
    const path = this.#path(number);
    this.#uploads += 1;
    const partial = `${path}.${this.#uploads}`;
    mkdirSync(dirname(path), { recursive: true });
    await writeFile(partial, content);
    const wanted = isWanted();
    if (wanted) renameSync(partial, path);
    else rmSync(partial);
    return wanted;
  }

  /** Stores a log of AutoQA's own words, at once: nothing can happen to the job meanwhile. */
  writeNote(number: number, note: string): void {
    const path = this.#path(number);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `${note}\n`);
  }

  has(number: number): boolean {
    return existsSync(this.#path(number));
  }

  open(number: number): ReturnType<typeof createReadStream> | undefined {
    const path = this.#path(number);
    return existsSync(path) ? createReadStream(path) : undefined;
  }

  #path(number: number): string {
    return join(this.directory, String(number), "output.log");
  }
}
