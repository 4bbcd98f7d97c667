/** The file in which AutoQA writes down what it would have posted, where it posts nothing outside (stage 1). */
import { appendFileSync, closeSync, existsSync, fstatSync, openSync, readSync, renameSync, statSync } from "node:fs";
import type { Post } from "./posts";

/** A post that was begun before a crash is looked for in so much of the file's end: little comes after it. */
const searchedBytes = 256 * 1024;

export class PostsLog {
  /** @param maximumBytes when the file is larger it becomes `<path>.1`, in place of an older one */
  constructor(
    readonly path: string,
    readonly maximumBytes = 16 * 1024 * 1024,
  ) {}

  /** Adds a line of JSON for the post, once: also if AutoQA ended before it knew that the line was there. */
  add({ destination, job, payload, attempts }: Post, more: Record<string, unknown> = {}): void {
    const line = `${JSON.stringify({ destination, job, ...payload, ...more })}\n`;
    if (attempts > 0 && this.#end().includes(line)) return;
    if (existsSync(this.path) && statSync(this.path).size > this.maximumBytes) renameSync(this.path, `${this.path}.1`);
    appendFileSync(this.path, line);
  }

  #end(): string {
    if (!existsSync(this.path)) return "";
    const file = openSync(this.path, "r");
    try {
      const { size } = fstatSync(file);
      const bytes = Buffer.alloc(Math.min(size, searchedBytes));
      readSync(file, bytes, 0, bytes.length, size - bytes.length);
      return bytes.toString();
    } finally {
      closeSync(file);
    }
  }
}
