/** Jobs' logs: kept in the state directory, served at stable URLs. */
import { createReadStream, existsSync, mkdirSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";

/** The user that jobs run for, a part of their URLs as it was autotest's. */
const user = "autoqa";

/** results/<job>-<user>/<client>/<test>/results/output.log */
export function logPath(number: number, client: string, test: string): string {
  return `results/${number}-${user}/${client}/${test}/results/output.log`;
}

/** The parts of such a path, or undefined. */
export function parseLogPath(path: string): { number: number; client: string; test: string } | undefined {
  const match = /^results\/(\d{1,15})-autoqa\/([^/]+)\/([^/]+)\/results\/output\.log$/.exec(path);
  if (match === null) return undefined;
  return { number: Number(match[1]), client: match[2] ?? "", test: match[3] ?? "" };
}

export class Logs {
  constructor(readonly directory: string) {}

  async write(number: number, content: Uint8Array | string): Promise<void> {
    const directory = join(this.directory, String(number));
    mkdirSync(directory, { recursive: true });
    await writeFile(join(directory, "output.log"), content);
  }

  open(number: number): ReturnType<typeof createReadStream> | undefined {
    const path = join(this.directory, String(number), "output.log");
    return existsSync(path) ? createReadStream(path) : undefined;
  }
}
