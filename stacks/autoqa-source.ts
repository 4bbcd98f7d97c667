/** The AutoQA that a deploy runs: the bundled one, or one from a git repository, in one shape for every stage. */
import { spawnSync } from "node:child_process";
import { join, resolve } from "node:path";
import { fetchSource } from "../autoqa/contract/fetch";
import { type Source, withoutPassword } from "../autoqa/contract/source";
import { archive } from "../components/payload/tar";
import { cacheDirectory } from "../images/base-image";

/** Which AutoQA it is, as stack output. */
export interface AutoqaSource {
  repository: string;
  ref: string;
  commit: string;
}

export interface Autoqa {
  source: AutoqaSource;
  /** A tar archive in which everything is below `autoqa/`: the working directory of its programs. */
  files: Buffer;
  /** Program and arguments. */
  server: string[];
  /** Absent if the server runs its tests itself. */
  client?: string[] | undefined;
}

/**
 * Fetches and installs an AutoQA.
 * @param say is told what takes time
 * @throws ContractError
 */
export async function fetchAutoqa(
  { repository, ref }: Source,
  projectDirectory: string,
  say?: (what: string) => void,
): Promise<Autoqa> {
  // As git tells them apart (git-clone(1), "GIT URLS"): a path has no colon before its first slash.
  const place = /^[^/]*:/.test(repository) ? repository : resolve(projectDirectory, repository);
  const fetched = await fetchSource({ repository: place, ref }, join(cacheDirectory(), "autoqa"), say);
  const { commit, manifest, files } = fetched;
  const source = { repository: withoutPassword(place), ref, commit };
  return { source, files, server: manifest.server.start, client: manifest.client?.start };
}

/** @param program the bundled AutoQA as JavaScript */
export async function bundledAutoqa(program: Buffer, projectDirectory: string): Promise<Autoqa> {
  return {
    source: bundledSource(projectDirectory),
    files: await archive([{ name: "autoqa/autoqa.js", mode: 0o644, content: program }]),
    server: ["node", "autoqa.js", "server"],
    client: ["node", "autoqa.js", "client"],
  };
}

/** The bundled AutoQA as it is in this checkout; a commit with changes on top ends in `-dirty`. */
function bundledSource(projectDirectory: string): AutoqaSource {
  const described = spawnSync("git", ["describe", "--always", "--abbrev=40", "--exclude=*", "--dirty"], {
    cwd: projectDirectory,
    encoding: "utf8",
  });
  const commit = described.status === 0 ? described.stdout.trim() : "unknown";
  return { repository: "bundled", ref: "HEAD", commit };
}
