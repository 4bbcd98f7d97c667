/** Fetches an AutoQA from a git repository and installs it, on the deploying host: machines may reach nothing. */
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { attempt } from "./attempt";
import { checkOut, remoteCommit } from "./git";
import { Manifest, readManifest } from "./manifest";
import { type Source, withoutPassword } from "./source";

export interface FetchedSource {
  /** The commit that the ref stands for, 40 hexadecimal digits. */
  commit: string;
  manifest: Manifest;
  /** Of the installed checkout: a tar archive in which everything is below `autoqa/`. */
  files: Buffer;
}

/**
 * Each commit is fetched and installed once, then taken from the cache.
 * @param cache a directory
 * @param say is told what takes time
 * @throws ContractError saying what failed, with the last lines of its output
 */
export async function fetchSource(
  source: Source,
  cache: string,
  say: (what: string) => void = () => undefined,
): Promise<FetchedSource> {
  const known = await remoteCommit(source);
  if (known !== undefined && existsSync(join(cache, known))) return readCached(cache, known);
  say(`fetching ${source.ref} of ${withoutPassword(source.repository)}`);
  await mkdir(cache, { recursive: true });
  await removeAbandoned(cache);
  const work = await mkdtemp(join(cache, "new-"));
  try {
    const checkout = join(work, "checkout");
    const commit = await checkOut(source.repository, known ?? source.ref, checkout);
    if (!existsSync(join(cache, commit))) {
      await install(checkout, work, say);
      await keep(work, join(cache, commit));
    }
    return await readCached(cache, commit);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** No installation takes a day: what is as old is of a process that was killed. */
const abandonedMilliseconds = 24 * 3600 * 1000;

async function removeAbandoned(cache: string): Promise<void> {
  for (const name of await readdir(cache)) {
    if (!name.startsWith("new-")) continue;
    const { mtimeMs = Date.now() } = (await stat(join(cache, name)).catch(() => undefined)) ?? {};
    if (Date.now() - mtimeMs > abandonedMilliseconds) await rm(join(cache, name), { recursive: true, force: true });
  }
}

/** Installs a checkout and leaves in `target` only what is kept of it. */
async function install(checkout: string, target: string, say: (what: string) => void): Promise<void> {
  const manifest = readManifest(checkout);
  for (const command of manifest.install) {
    say(command);
    await attempt(`The installation command failed: ${command}`, "/bin/sh", ["-c", command], checkout);
  }
  await attempt("The installed checkout cannot be packed", "tar", [
    ...["--create", "--file", join(target, "files.tar"), "--directory", checkout, "--exclude", "./.git"],
    // Neither when nor by whom it was fetched changes its bytes.
    ...["--sort=name", "--mtime=@0", "--owner=0", "--group=0", "--numeric-owner", "--mode=u=rwX,go=rX"],
    ...["--transform", "flags=rh;s,^\\.,autoqa,", "."],
  ]);
  await writeFile(join(target, "manifest.json"), JSON.stringify(manifest));
  await rm(checkout, { recursive: true });
}

/** Another deploy may have been faster, with the same. */
async function keep(directory: string, name: string): Promise<void> {
  await rename(directory, name).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOTEMPTY") throw error;
  });
}

async function readCached(cache: string, commit: string): Promise<FetchedSource> {
  const manifest = Manifest.parse(JSON.parse(await readFile(join(cache, commit, "manifest.json"), "utf8")));
  return { commit, manifest, files: await readFile(join(cache, commit, "files.tar")) };
}
