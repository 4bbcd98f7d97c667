/**
 * Reads a situation from a production koji and bodhi, cut down to what the chosen tags and updates need: those tags with
 * what they inherit from, the releases that they belong to, the packages in them, and those packages' builds in any of
 * these tags with their history.
 */
import { allPages, type BodhiSource } from "./bodhi-source";
import { type Answer, type Call, CaptureError, type Json, type KojiSource, named, type Row, rows } from "./koji-source";

export interface Request {
  readonly tags: readonly string[];
  readonly updates: readonly string[];
  /** All packages of the chosen tags' lineage, and not only those in the chosen tags and updates. */
  readonly allPackages: boolean;
}

export interface CapturedBuild {
  readonly row: Row;
  readonly rpms: readonly Row[];
  /** Signing keys by the RPM's id in production. */
  readonly signatures: ReadonlyMap<number, string[]>;
  /** Rows of koji's tag_listing, of captured tags only. */
  readonly history: readonly Row[];
}

export interface Captured {
  readonly releases: readonly Row[];
  readonly tags: readonly { row: Row; parents: readonly Row[]; blocked: readonly string[] }[];
  readonly targets: readonly Row[];
  readonly builds: readonly CapturedBuild[];
  readonly updates: readonly Row[];
}

function nvra({ name, version, release, arch }: Row): string {
  return `${name}-${version}-${release}.${arch}`;
}

/** Where koji keeps an RPM, or its copy signed with a key, below the root of its files. */
export function rpmPath(build: Row, rpm: Row, key?: string): string {
  const volume =
    build.volume_name === "DEFAULT" || typeof build.volume_name !== "string" ? "" : `vol/${build.volume_name}/`;
  const copy = key === undefined ? "" : `data/signed/${key.toLowerCase()}/`;
  return `${volume}packages/${build.package_name}/${build.version}/${build.release}/${copy}${rpm.arch}/${nvra(rpm)}.rpm`;
}

/** bodhi's fields that name a release's tags. */
export const RELEASE_TAGS = [
  "dist_tag",
  "stable_tag",
  "testing_tag",
  "candidate_tag",
  "pending_testing_tag",
  "pending_stable_tag",
  "pending_signing_tag",
  "override_tag",
] as const;
/** bodhi takes many builds in one question; libtaskotron asked for fifty. */
const BUILDS_PER_QUESTION = 50;

class Capture {
  readonly #tags = new Map<string, { row: Row; parents: Row[] }>();
  readonly #builds = new Set<string>();
  readonly #packages = new Set<string>();
  readonly #updates = new Map<string, Row>();

  constructor(
    readonly koji: KojiSource,
    readonly bodhi: BodhiSource | undefined,
    readonly request: Request,
    readonly progress: (message: string) => void,
  ) {}

  async #ask(calls: readonly Call[]): Promise<Json[]> {
    const answers = await this.koji.calls(calls);
    return answers.map((answer: Answer, index) => {
      if ("value" in answer) return answer.value;
      const { method, params } = calls[index] as Call;
      throw new CaptureError(`koji refused ${method}(${JSON.stringify(params).slice(1, -1)}): ${answer.fault}`);
    });
  }

  /** Tags and everything that they inherit from, however far. */
  async #addTags(names: readonly string[], required: boolean): Promise<void> {
    let wanted = [...new Set(names)].filter((name) => name !== "" && !this.#tags.has(name));
    while (wanted.length > 0) {
      const found = await this.#ask(wanted.map((name) => ({ method: "getTag", params: [name] })));
      const existing: string[] = [];
      for (const [index, name] of wanted.entries()) {
        const row = found[index] as Row | null;
        if (row !== null) existing.push(name);
        else if (required) throw new CaptureError(`koji has no tag ${name}`);
        this.#tags.set(name, { row: row ?? { name, arches: null, locked: false }, parents: [] });
      }
      const inheritance = await this.#ask(existing.map((name) => ({ method: "getInheritanceData", params: [name] })));
      for (const [index, name] of existing.entries()) {
        (this.#tags.get(name) as { parents: Row[] }).parents = rows(inheritance[index] as Json);
      }
      const parents = inheritance.flatMap((data) => rows(data).map(({ name }) => String(name)));
      wanted = [...new Set(parents)].filter((name) => !this.#tags.has(name));
    }
  }

  async #readUpdates(): Promise<void> {
    for (const alias of this.request.updates) {
      const answer = (await this.bodhi?.get(`/updates/${alias}`, {})) as Row | undefined;
      if (answer === undefined) throw new CaptureError(`bodhi has no update ${alias}`);
      this.#addUpdate(answer.update as Row);
    }
  }

  #addUpdate(update: Row): void {
    this.#updates.set(String(update.alias), update);
    for (const { nvr } of rows(update.builds as Json)) this.#addBuild(String(nvr));
  }

  #addBuild(nvr: string): void {
    this.#builds.add(nvr);
    this.#packages.add(nvr.split("-").slice(0, -2).join("-"));
  }

  /** What is in the chosen tags themselves. */
  async #readChosenTags(): Promise<void> {
    const listings = await this.#ask(this.request.tags.map((tag) => ({ method: "listTagged", params: [tag] })));
    for (const row of listings.flatMap(rows)) this.#addBuild(String(row.nvr));
    if (this.bodhi === undefined) return;
    const builds = [...this.#builds];
    for (let from = 0; from < builds.length; from += BUILDS_PER_QUESTION) {
      const question = { builds: builds.slice(from, from + BUILDS_PER_QUESTION).join(" ") };
      for (const update of await allPages(this.bodhi, "/updates/", "updates", question)) this.#addUpdate(update);
    }
  }

  /** The releases that the tags and updates belong to, with all of their tags. */
  async #readReleases(): Promise<Row[]> {
    if (this.bodhi === undefined) return [];
    const all = await allPages(this.bodhi, "/releases/", "releases", {});
    const ofUpdates = new Set([...this.#updates.values()].map((update) => (update.release as Row).name));
    const known = new Set(this.#tags.keys());
    const releases = all.filter(
      (release) =>
        ofUpdates.has(release.name as string) || RELEASE_TAGS.some((field) => known.has(String(release[field]))),
    );
    await this.#addTags(
      releases.flatMap((release) => RELEASE_TAGS.map((field) => String(release[field] ?? ""))),
      false,
    );
    return releases;
  }

  /** The packages' builds in every captured tag. */
  async #readBuilds(): Promise<void> {
    const tags = [...this.#tags].filter(([, { row }]) => row.id !== undefined).map(([name]) => name);
    const packages = [...this.#packages];
    const calls: Call[] = this.request.allPackages
      ? tags.map((tag) => ({ method: "listTagged", params: [tag] }))
      : tags.flatMap((tag) =>
          packages.map((each) => ({ method: "listTagged", params: [tag, named({ package: each })] })),
        );
    this.progress(`${calls.length} listings of ${packages.length} packages in ${tags.length} tags`);
    for (const row of (await this.#ask(calls)).flatMap(rows)) this.#addBuild(String(row.nvr));
  }

  async #describeBuilds(): Promise<CapturedBuild[]> {
    const nvrs = [...this.#builds].sort();
    this.progress(`${nvrs.length} builds`);
    const found = (await this.#ask(nvrs.map((nvr) => ({ method: "getBuild", params: [nvr] })))) as (Row | null)[];
    const builds = found.filter((row) => row !== null);
    const rpms = await this.#ask(builds.map(({ nvr }) => ({ method: "listBuildRPMs", params: [nvr as string] })));
    const history = await this.#ask(
      builds.map(({ nvr }) => ({ method: "queryHistory", params: [["tag_listing"], named({ build: nvr as string })] })),
    );
    // By name, as the same question in a replay is of the same RPM.
    const files = rpms.flatMap(rows);
    const signed = await this.#ask(files.map((rpm) => ({ method: "queryRPMSigs", params: [nvra(rpm)] })));
    const signatures = new Map(
      files.map(({ id }, index) => [
        Number(id),
        rows(signed[index] as Json)
          .map(({ sigkey }) => String(sigkey))
          .filter((key) => key !== ""),
      ]),
    );
    return builds.map((row, index) => ({
      row,
      rpms: rows(rpms[index] as Json),
      signatures,
      history: rows((history[index] as Row).tag_listing ?? []).filter((each) =>
        this.#tags.has(String(each["tag.name"])),
      ),
    }));
  }

  /** Which of the captured packages each tag blocks itself. */
  async #readBlocked(): Promise<Map<string, string[]>> {
    const tags = [...this.#tags].filter(([, { row }]) => row.id !== undefined).map(([name]) => name);
    const lists = await this.#ask(
      tags.map((tag) => ({ method: "listPackages", params: [named({ tagID: tag, with_owners: false })] })),
    );
    return new Map(
      tags.map((tag, index) => [
        tag,
        rows(lists[index] as Json)
          .filter(({ blocked, package_name }) => blocked === true && this.#packages.has(String(package_name)))
          .map(({ package_name }) => String(package_name)),
      ]),
    );
  }

  async run(): Promise<Captured> {
    await this.#ask([{ method: "getAPIVersion", params: [] }]);
    await this.#addTags(this.request.tags, true);
    await this.#readUpdates();
    await this.#readChosenTags();
    const releases = await this.#readReleases();
    await this.#readBuilds();
    const builds = await this.#describeBuilds();
    const blocked = await this.#readBlocked();
    const [targets = null] = await this.#ask([{ method: "getBuildTargets", params: [] }]);
    return {
      releases,
      tags: [...this.#tags].map(([name, { row, parents }]) => ({ row, parents, blocked: blocked.get(name) ?? [] })),
      targets: rows(targets).filter(
        (each) => this.#tags.has(String(each.build_tag_name)) && this.#tags.has(String(each.dest_tag_name)),
      ),
      builds,
      updates: [...this.#updates.values()],
    };
  }
}

/** @throws CaptureError */
export function capture(
  koji: KojiSource,
  bodhi: BodhiSource | undefined,
  request: Request,
  progress: (message: string) => void = () => undefined,
): Promise<Captured> {
  if (bodhi === undefined && request.updates.length > 0)
    throw new CaptureError("updates can be captured only with --bodhi");
  return new Capture(koji, bodhi, request, progress).run();
}
