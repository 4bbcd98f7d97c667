import { spawnSync } from "node:child_process";

/** Which AutoQA a deploy runs. */
export interface AutoqaSource {
  repository: string;
  ref: string;
  commit: string;
}

/** The bundled AutoQA as it is in this checkout; a commit with changes on top ends in `-dirty`. */
export function bundledSource(projectDirectory: string): AutoqaSource {
  const described = spawnSync("git", ["describe", "--always", "--abbrev=40", "--exclude=*", "--dirty"], {
    cwd: projectDirectory,
    encoding: "utf8",
  });
  const commit = described.status === 0 ? described.stdout.trim() : "unknown";
  return { repository: "bundled", ref: "HEAD", commit };
}
