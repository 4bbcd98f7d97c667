/** The program's output: appended to one log file that is turned over when it grows, and its last lines kept at hand. */
import { appendFileSync, existsSync, readFileSync, renameSync, statSync } from "node:fs";

/** Lines that GET /status shows. */
const keptLines = 40;
/** Characters kept of one line: a program may print a gigabyte without a newline. */
const keptLineLength = 2000;

export class LogFile {
  #sizeBytes: number;
  #lines: string[] = [];
  #unfinished = "";

  /** @param maximumBytes when the file is larger, it becomes `<path>.1` and a new one is begun */
  constructor(
    readonly path: string,
    readonly maximumBytes = 20_000_000,
  ) {
    this.#sizeBytes = existsSync(path) ? statSync(path).size : 0;
  }

  append(chunk: Buffer | string): void {
    if (this.#sizeBytes > this.maximumBytes) {
      renameSync(this.path, `${this.path}.1`);
      this.#sizeBytes = 0;
    }
    appendFileSync(this.path, chunk);
    this.#sizeBytes += chunk.length;
    const lines = (this.#unfinished + chunk.toString()).split("\n").map((line) => line.slice(0, keptLineLength));
    this.#unfinished = lines.pop() ?? "";
    this.#lines = [...this.#lines, ...lines].slice(-keptLines);
  }

  lastLines(): string[] {
    return this.#unfinished === "" ? [...this.#lines] : [...this.#lines, this.#unfinished];
  }

  read(): string {
    return existsSync(this.path) ? readFileSync(this.path, "utf8") : "";
  }
}
