/** Says what is being done and for how long, a plain line each: the same in a terminal and in a CI log. */

import { relative, resolve } from "node:path";

/** A file's path as people read it: from here where it is below, else the whole. */
export function shownPath(path: string): string {
  const fromHere = relative(process.cwd(), path);
  return fromHere.startsWith("..") ? resolve(path) : fromHere;
}

/** After so many milliseconds without a word, and every so many thereafter, a long step says that it goes on. */
const PATIENCE = 10_000;

export class Progress {
  /** @param write takes a line without its end */
  constructor(private readonly write: (line: string) => void) {}

  line(text: string): void {
    this.write(text);
  }

  /** Does the work and says how long it took. `waitingFor` may say more of what a long step waits for. */
  async during<Result>(
    what: string,
    work: () => Promise<Result>,
    waitingFor: () => string = () => "",
  ): Promise<[Result, number]> {
    const start = performance.now();
    const seconds = () => (performance.now() - start) / 1000;
    const timer = setInterval(() => {
      const detail = waitingFor();
      this.write(`  ${what}: ${seconds().toFixed(0)} s so far${detail === "" ? "" : `, ${detail}`}`);
    }, PATIENCE);
    try {
      const result = await work();
      this.write(`  ${what} (${seconds().toFixed(1)} s)`);
      return [result, seconds()];
    } finally {
      clearInterval(timer);
    }
  }
}
