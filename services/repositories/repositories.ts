/**
 * Repositories made by the real createrepo_c. A distribution repository shows what its tag held when it was last
 * regenerated, by a load or a push; what it holds is written down then, and made when it is first asked for. koji's
 * repositories follow their tag.
 */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Faults } from "../http/faults";
import { rpmFileName } from "../koji/files";
import { readRpmHeader, textsTag } from "../rpm/header";
import { TAGS } from "../rpm/tags";
import { fileNames } from "../rpm/views";
import type { Build, Rpm } from "../world/tables";
import { SECOND } from "../world/time";
import type { World } from "../world/world";
import {
  compatibleArches,
  type DistributionRepository,
  distributionBuilds,
  kojiArches,
  kojiRepositoryBuilds,
  multilibArches,
  repositoriesOf,
  rpmsFor,
} from "./content";
import { type MultilibPackage, selectMultilib } from "./multilib";

const run = promisify(execFile);
const CREATEREPO_TIMEOUT_MS = 120_000;

export type Found =
  | { kind: "file"; path: string; type: string }
  | { kind: "text"; text: string; type: string }
  | { kind: "listing"; entries: string[] };

export interface RepositoryParts {
  readonly directory: string;
  readonly world: () => World;
  readonly faults: Faults;
  readonly rpmFile: (sha256: string) => string | undefined;
}

interface Snapshot {
  builds: readonly Build[];
  /** Seconds since 1970 of the regeneration: the repository's revision. */
  revision: number;
}

interface MultilibRpm extends MultilibPackage {
  rpm: Rpm;
}

export class Repositories {
  #snapshots = new Map<string, Snapshot>();
  readonly #making = new Map<string, Promise<string>>();

  constructor(readonly parts: RepositoryParts) {}

  /** Every distribution repository as of now; a load and a reset do this. */
  regenerateAll(): void {
    this.#snapshots = new Map();
    for (const release of this.parts.world().bodhi.releases) this.regenerate(repositoriesOf(release));
  }

  /** What a push does for the repositories that it changed. */
  regenerate(repositories: readonly DistributionRepository[]): void {
    const world = this.parts.world();
    for (const repository of repositories) {
      this.#snapshots.set(repository.name, {
        builds: distributionBuilds(world, repository),
        revision: Math.floor(world.clock / SECOND),
      });
    }
  }

  /** Forgets made repositories, for their RPM files go with the situation. */
  clear(): void {
    this.#making.clear();
    rmSync(this.parts.directory, { recursive: true, force: true });
  }

  /** @param path `<release>[-updates[-testing]]/<arch>/…`, or koji's `<tag>/<id|latest>/<arch>/…` */
  async find(kind: "koji" | "distribution", path: readonly string[]): Promise<Found | undefined> {
    const place = kind === "koji" ? this.#kojiPlace(path) : this.#distributionPlace(path);
    if (place === undefined) return undefined;
    if ("entries" in place) return { kind: "listing", entries: place.entries };
    const directory = await this.#make(place.rpms, place.revision);
    return this.#inside(directory, place.rest);
  }

  #distributionPlace(path: readonly string[]): Place | undefined {
    const [name, arch, ...rest] = path;
    if (name === undefined) return { entries: [...this.#snapshots.keys()] };
    const snapshot = this.#snapshots.get(name);
    if (snapshot === undefined) return undefined;
    const { release } = this.#repository(name);
    const arches = [...release.arches, "source"];
    if (arch === undefined) return { entries: arches };
    // Fedora's repositories call the 32-bit architecture i386 where koji builds i686.
    const known = arches.includes(arch) || (arch === "i386" && arches.includes("i686"));
    if (!known) return undefined;
    return {
      rpms: this.#withMultilib(snapshot.builds, arch === "source" ? "src" : arch),
      revision: snapshot.revision,
      rest,
    };
  }

  #repository(name: string): DistributionRepository {
    const all = this.parts.world().bodhi.releases.flatMap(repositoriesOf);
    return all.find((repository) => repository.name === name) as DistributionRepository;
  }

  #kojiPlace(path: readonly string[]): Place | undefined {
    const [tagName = "", id, arch, ...rest] = path;
    const world = this.parts.world();
    const tag = world.tagsByName.get(tagName);
    if (tag === undefined) return undefined;
    const arches = kojiArches(world, tag);
    if (arches.length === 0) return undefined;
    if (id === undefined) return { entries: ["latest", String(tag.id)] };
    if (id !== "latest" && id !== String(tag.id)) return undefined;
    if (arch === undefined) return { entries: arches };
    const wanted = arch === "i386" && arches.includes("i686") ? "i686" : arch;
    if (!arches.includes(wanted)) return undefined;
    const rpms = rpmsFor(kojiRepositoryBuilds(world, tag), compatibleArches(wanted));
    return { rpms, revision: Math.floor(world.clock / SECOND), rest };
  }

  #withMultilib(builds: readonly Build[], arch: string): Rpm[] {
    const native = rpmsFor(builds, compatibleArches(arch));
    const foreign = rpmsFor(builds, multilibArches(arch));
    if (foreign.length === 0) return native;
    const read = (rpms: readonly Rpm[]): MultilibRpm[] => rpms.flatMap((rpm) => this.#describe(rpm));
    return [...native, ...selectMultilib(read(native), read(foreign)).map(({ rpm }) => rpm)];
  }

  #describe(rpm: Rpm): MultilibRpm[] {
    const file = rpm.sha256 === null ? undefined : this.parts.rpmFile(rpm.sha256);
    if (file === undefined) return [];
    const header = readRpmHeader(file);
    const list = (tag: string): string[] => textsTag(header, TAGS[tag] as number);
    return [
      {
        rpm,
        name: rpm.name,
        arch: rpm.arch,
        provides: list("PROVIDENAME"),
        requires: list("REQUIRENAME"),
        files: fileNames(header),
      },
    ];
  }

  /** The directory of a repository of these RPMs, made once however many ask for it. */
  #make(rpms: readonly Rpm[], revision: number): Promise<string> {
    const digest = createHash("sha256");
    digest.update(`${revision}\n`);
    for (const rpm of rpms) if (rpm.sha256 !== null) digest.update(`${rpmFileName(rpm)} ${rpm.sha256}\n`);
    const key = digest.digest("hex");
    const known = this.#making.get(key);
    if (known !== undefined) return known;
    const made = this.#create(key, rpms, revision);
    this.#making.set(key, made);
    made.catch(() => this.#making.delete(key));
    return made;
  }

  async #create(key: string, rpms: readonly Rpm[], revision: number): Promise<string> {
    const directory = join(this.parts.directory, key);
    if (existsSync(directory)) return directory;
    const draft = `${directory}.new`;
    rmSync(draft, { recursive: true, force: true });
    mkdirSync(join(draft, "Packages"), { recursive: true });
    for (const rpm of rpms) {
      const file = rpm.sha256 === null ? undefined : this.parts.rpmFile(rpm.sha256);
      if (file !== undefined) symlinkSync(file, join(draft, "Packages", rpmFileName(rpm)));
    }
    const options = [
      "--quiet",
      "--workers=1",
      "--no-database",
      `--revision=${revision}`,
      "--set-timestamp-to-revision",
      draft,
    ];
    await run("createrepo_c", options, { timeout: CREATEREPO_TIMEOUT_MS }).catch(
      (error: Error & { code?: unknown }) => {
        throw new Error(
          error.code === "ENOENT"
            ? "createrepo_c is not installed; install Debian's package createrepo-c"
            : `createrepo_c failed: ${error.message}`,
        );
      },
    );
    renameSync(draft, directory);
    return directory;
  }

  #inside(directory: string, rest: readonly string[]): Found | undefined {
    const path = join(directory, ...rest);
    if (!existsSync(path)) return undefined;
    if (rest.length === 0 || (rest.length === 1 && (rest[0] === "Packages" || rest[0] === "repodata"))) {
      return { kind: "listing", entries: readdirSync(path).sort() };
    }
    const file = rest.at(-1) as string;
    if (file === "repomd.xml" && this.parts.faults.take("halfRepository", "koji", rest.join("/")) !== undefined) {
      const text = readFileSync(path, "utf8").replace(/(repodata\/)[0-9a-f]{64}(-primary)/g, `$1${"0".repeat(64)}$2`);
      return { kind: "text", text, type: "application/xml" };
    }
    return { kind: "file", path, type: contentType(file) };
  }
}

type Place = { entries: string[] } | { rpms: readonly Rpm[]; revision: number; rest: readonly string[] };

function contentType(file: string): string {
  if (file.endsWith(".xml")) return "application/xml";
  if (file.endsWith(".gz")) return "application/gzip";
  return file.endsWith(".rpm") ? "application/x-rpm" : "application/octet-stream";
}
