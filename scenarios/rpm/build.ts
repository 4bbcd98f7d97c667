/**
 * Builds RPMs from recipes with the real rpmbuild, reproducibly: the same recipe gives the same bytes in every directory,
 * on every run and on every Debian 12 host. Built RPMs are cached under the digest of all that went into them.
 */
import { execFile } from "node:child_process";
import { createHash, randomUUID } from "node:crypto";
import { chmod, copyFile, mkdir, readdir, readFile, rename, rm, utimes, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import type { SpecFile, SpecInput } from "../format/spec";
import { specFile, specName } from "../format/spec";
import { explain, type RpmHeader, readHeaders } from "./header";
import { withWorkDirectory } from "./work-directory";

const run = promisify(execFile);

/** rpmbuild can't work below a directory whose name has a blank or a percent sign in it, as a user's cache may have. */
const WORK = "/var/tmp";

/** Raised when the way of building changes, so that what an older version built isn't taken from the cache. */
const BUILDER = 1;

export interface RpmFile {
  path: string;
  sha256: string;
  header: RpmHeader;
}

export interface BuildOptions {
  /** Where built RPMs are kept; made if absent. */
  cacheDirectory: string;
}

/** Each process asks rpmbuild only once which version it is: the RPMs carry it in RPMTAG_RPMVERSION. */
let rpmbuildVersion: Promise<string> | undefined;

async function versionOfRpmbuild(): Promise<string> {
  rpmbuildVersion ??= run("rpmbuild", ["--version"]).then(
    ({ stdout }) => stdout.trim(),
    (error: unknown) => {
      throw explain(error, "rpmbuild");
    },
  );
  return rpmbuildVersion;
}

/**
 * The RPMs of a recipe, the source RPM among them, from the cache or freshly built.
 * @throws {RpmError} with rpmbuild's own words
 */
export async function buildRpms(input: SpecInput, { cacheDirectory }: BuildOptions): Promise<RpmFile[]> {
  const ingredients = [BUILDER, await versionOfRpmbuild(), input.date.getTime(), input.packager, input.recipe.arches];
  const { spec, sources } = specFile(input);
  const digest = createHash("sha256")
    .update(JSON.stringify([...ingredients, spec, sources]))
    .digest("hex");
  const entry = join(cacheDirectory, digest);
  const cached = await readEntry(entry);
  if (cached !== undefined) return cached;

  const complete = join(cacheDirectory, `.${digest}.${randomUUID()}`);
  try {
    await withWorkDirectory(WORK, "autoqa-staging-rpm", async (work) => {
      await makeRpms(input, { spec, sources }, work);
      await mkdir(complete, { recursive: true });
      await collect(work, complete);
    });
    return await install(complete, entry);
  } finally {
    await rm(complete, { recursive: true, force: true });
  }
}

async function makeRpms(input: SpecInput, { spec, sources }: SpecFile, work: string): Promise<void> {
  for (const folder of ["SPECS", "SOURCES", "BUILD", "home"]) await mkdir(join(work, folder));
  const files = [
    { path: join(work, "SPECS", specName(input)), content: spec },
    ...sources.map(({ name, content }) => ({ path: join(work, "SOURCES", name), content })),
  ];
  for (const { path, content } of files) {
    await writeFile(path, content);
    // The source RPM carries the modes and times of spec and sources.
    await chmod(path, 0o644);
    await utimes(path, input.date, input.date);
  }
  for (const [index, arch] of input.recipe.arches.entries()) {
    await rpmbuild(work, input, arch, index === 0 ? "-ba" : "-bb");
  }
}

/** Puts complete RPMs in their place, unless another process has put the same bytes there meanwhile. */
async function install(complete: string, entry: string): Promise<RpmFile[]> {
  for (;;) {
    const renamed = await rename(complete, entry).then(
      () => true,
      (error: NodeJS.ErrnoException) => {
        if (error.code === "ENOTEMPTY" || error.code === "EEXIST") return false;
        throw error;
      },
    );
    const rpms = await readEntry(entry);
    if (rpms !== undefined) return rpms;
    if (renamed) throw new Error(`${entry} is damaged as soon as it is written: is the disk full?`);
    await rm(entry, { recursive: true, force: true });
  }
}

async function rpmbuild(work: string, input: SpecInput, arch: string, what: "-ba" | "-bb"): Promise<void> {
  const macros = {
    _topdir: work,
    _tmppath: work,
    // Relative, from SPECS and from BUILD alike: the source RPM keeps the spec with its macros expanded.
    _sourcedir: "../SOURCES",
    _buildhost: "staging",
    packager: input.packager,
    use_source_date_epoch_as_buildtime: "1",
    clamp_mtime_to_source_date_epoch: "1",
    _build_id_links: "none",
    debug_package: "%{nil}",
    __os_install_post: "%{nil}",
    _binary_payload: "w6.gzdio",
    _source_payload: "w6.gzdio",
  };
  const options = [
    what,
    "--quiet",
    ...["--target", `${arch}-linux`],
    // RPM's own configuration only: neither the host's in /etc nor the user's.
    ...["--rcfile", "/usr/lib/rpm/rpmrc"],
    ...["--macros", "/usr/lib/rpm/macros:/usr/lib/rpm/platform/%{_target}/macros"],
    ...Object.entries(macros).flatMap(([name, value]) => ["--define", `${name} ${value}`]),
    specName(input),
  ];
  const environment = {
    PATH: "/usr/bin:/bin",
    HOME: join(work, "home"),
    LC_ALL: "C.UTF-8",
    TZ: "UTC",
    SOURCE_DATE_EPOCH: String(Math.floor(input.date.getTime() / 1000)),
  };
  try {
    await run("rpmbuild", options, { cwd: join(work, "SPECS"), env: environment, maxBuffer: 16 << 20 });
  } catch (error) {
    throw explain(error, "rpmbuild");
  }
}

const INDEX = "rpms.json";

/** Copies what rpmbuild wrote, with an index that says what is complete. */
async function collect(work: string, target: string): Promise<void> {
  const found = await readdir(work, { recursive: true });
  const rpms = found.filter((path) => path.endsWith(".rpm")).sort();
  const headers = await readHeaders(rpms.map((path) => join(work, path)));
  const index = await Promise.all(
    rpms.map(async (path, at) => {
      const file = basename(path);
      await copyFile(join(work, path), join(target, file));
      return { file, sha256: await digestOf(join(target, file)), header: headers[at] };
    }),
  );
  await writeFile(join(target, INDEX), JSON.stringify(index, null, 2));
}

/** A cache entry, unless it is absent or damaged. */
async function readEntry(entry: string): Promise<RpmFile[] | undefined> {
  try {
    const index = JSON.parse(await readFile(join(entry, INDEX), "utf8")) as (Omit<RpmFile, "path"> & {
      file: string;
    })[];
    const rpms = index.map(({ file, sha256, header }) => ({ path: join(entry, file), sha256, header }));
    const intact = await Promise.all(rpms.map(async ({ path, sha256 }) => (await digestOf(path)) === sha256));
    return intact.every(Boolean) ? rpms : undefined;
  } catch {
    return undefined;
  }
}

/** A file's sha256 in hexadecimal. */
export async function digestOf(path: string): Promise<string> {
  return createHash("sha256")
    .update(await readFile(path))
    .digest("hex");
}
