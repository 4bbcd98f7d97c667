/** A git repository of a test's own. */
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export class Repository {
  /** @param path of a directory that is made unless it is there; its files are not committed yet */
  constructor(readonly path: string) {
    mkdirSync(path, { recursive: true });
    this.git("init", "--quiet", "--initial-branch", "main");
  }

  git(...args: string[]): string {
    const identity = ["-c", "user.name=A", "-c", "user.email=a@example.org"];
    return execFileSync("git", [...identity, ...args], { cwd: this.path, encoding: "utf8" }).trim();
  }

  /** Writes files and commits everything. @returns the commit */
  commit(files: Record<string, string>): string {
    for (const [name, content] of Object.entries(files)) writeFileSync(join(this.path, name), content);
    this.git("add", ".");
    this.git("commit", "--quiet", "--allow-empty", "--message", "a change");
    return this.git("rev-parse", "HEAD");
  }
}
