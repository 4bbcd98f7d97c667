/** From a scenario file to everything the verification needs of it: situation, RPM files, steps with expected posts. */
import { readFile, stat } from "node:fs/promises";
import { availableParallelism, homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { checkScenario } from "./format/check";
import { formatNvr } from "./format/nvr";
import { type ParsedScenario, parseScenario } from "./format/parse";
import { type Path, ScenarioError } from "./format/problem";
import {
  buildTime,
  metadataOnlyRpm,
  nvrOf,
  packagerOf,
  type ResolvedScenario,
  resolveScenario,
} from "./format/resolve";
import type { ScenarioBuild } from "./format/scenario";
import type { Rpm } from "./format/situation";
import { buildRpms, digestOf, type RpmFile } from "./rpm/build";
import { RpmError, type RpmHeader, readHeaders } from "./rpm/header";

export interface LoadedScenario extends ResolvedScenario {
  name: string;
  description: string;
  /** RPM files by sha256. */
  files: ReadonlyMap<string, string>;
}

export interface LoadOptions {
  /** Where built RPMs are kept. */
  cacheDirectory?: string;
}

/** A capture of hundreds of thousands of builds; what is larger takes more memory to read than there may be. */
const SIZE_LIMIT_BYTES = 32 << 20;

/** The user's cache of built RPMs, by the XDG base directory specification. */
export function defaultCacheDirectory(): string {
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), ".cache");
  return join(cache, "autoqa-staging", "rpms");
}

/**
 * Reads a scenario, checks it whole, then builds and reads its RPMs.
 * @throws {ScenarioError} for everything that its author can put right
 */
export async function loadScenario(file: string, options: LoadOptions = {}): Promise<LoadedScenario> {
  const parsed = parseScenario(await readScenario(file), file);
  checkScenario(parsed);
  const cacheDirectory = options.cacheDirectory ?? defaultCacheDirectory();
  const given = await readGivenFiles(parsed);
  const built = await buildRecipes(parsed, cacheDirectory);
  const { scenario } = parsed;
  const files = new Map<string, string>();
  const rpms = new Map<string, Rpm[]>();
  for (const build of scenario.builds) {
    const fromFiles = [...(built.get(build) ?? []), ...(given.get(build) ?? [])];
    for (const { path, sha256 } of fromFiles) files.set(sha256, path);
    const metadataOnly = build.rpms.filter(({ path }) => path === undefined);
    const withoutFiles = metadataOnly.map((rpm) => metadataOnlyRpm(scenario, build, rpm));
    rpms.set(build.nvr, [...fromFiles.map(rpmOf), ...withoutFiles]);
  }
  const { name, description } = scenario;
  return { name, description, files, ...resolveScenario(scenario, rpms) };
}

async function readScenario(file: string): Promise<string> {
  const problem = (message: string, remedy: string) => new ScenarioError(file, [{ path: [], message, remedy }]);
  try {
    const { size } = await stat(file);
    if (size <= SIZE_LIMIT_BYTES) return await readFile(file, "utf8");
    throw problem(
      `has ${Math.ceil(size / (1 << 20))} MiB, a scenario has ${SIZE_LIMIT_BYTES >> 20} at most`,
      "Is it a scenario?",
    );
  } catch (error) {
    if (error instanceof ScenarioError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    const known: Record<string, string> = { ENOENT: "Is the path right?", EISDIR: "It is a directory." };
    throw problem("can't be read", known[code ?? ""] ?? message);
  }
}

type LoadedRpm = RpmFile & { signingKeys: string[] };

function rpmOf({ sha256, signingKeys, header: { sourceRpm: _, ...header } }: LoadedRpm): Rpm {
  return { ...header, file: { sha256 }, signingKeys };
}

/** Builds what has a recipe, as many builds at once as there are processors. */
async function buildRecipes(parsed: ParsedScenario, cacheDirectory: string): Promise<Map<ScenarioBuild, LoadedRpm[]>> {
  const { scenario } = parsed;
  const built = await mapConcurrently(scenario.builds, async (build, index): Promise<LoadedRpm[]> => {
    const { recipe, epoch } = build;
    if (recipe === undefined) return [];
    const date = new Date(buildTime(scenario, build) * 1000);
    const input = { nvr: nvrOf(build), epoch, recipe, packager: packagerOf(scenario, build), date };
    const rpms = await buildRpms(input, { cacheDirectory }).catch((error: Error) => {
      throw problemAt(parsed, ["builds", index, "recipe"], "can't be built", error.message);
    });
    return rpms.map((rpm) => ({ ...rpm, signingKeys: [] }));
  });
  return new Map(scenario.builds.map((build, index) => [build, built[index] ?? []]));
}

/** The existing RPM files, checked against their sha256 and their builds; their headers are read all at once. */
async function readGivenFiles(parsed: ParsedScenario): Promise<Map<ScenarioBuild, LoadedRpm[]>> {
  const { scenario, file } = parsed;
  const places = scenario.builds.flatMap((build, index) =>
    build.rpms.map(({ path, sha256, signingKeys }, number) => {
      return { build, path, expected: sha256, signingKeys, at: ["builds", index, "rpms", number] };
    }),
  );
  const given = await mapConcurrently(
    places.flatMap(({ path, ...rest }) =>
      path === undefined ? [] : [{ ...rest, path: resolve(dirname(file), path) }],
    ),
    async ({ path, expected, at, ...rest }) => {
      const sha256 = await digestOf(path).catch((error: NodeJS.ErrnoException) => {
        const remedy = error.code === "ENOENT" ? "Its path is relative to the scenario file's folder." : error.message;
        throw problemAt(parsed, [...at, "path"], `there is no file ${path}`, remedy);
      });
      if (sha256 === expected) return { path, sha256, at, ...rest };
      const remedy = `The file has ${sha256}. Put the right file there, or write that sha256 if it is the right one.`;
      throw problemAt(parsed, [...at, "sha256"], `is not the sha256 of ${path}`, remedy);
    },
  );
  const headers = await readHeaders(given.map(({ path }) => path)).catch((error: Error) => {
    const place = given.find(({ path }) => error instanceof RpmError && error.file === path);
    throw problemAt(parsed, place === undefined ? [] : [...place.at, "path"], "rpm can't read it", error.message);
  });
  const rpms = new Map<ScenarioBuild, LoadedRpm[]>();
  for (const [index, { build, at, ...rpm }] of given.entries()) {
    const header = headers[index] as RpmHeader;
    const source = header.sourceRpm ?? `${formatNvr(header)}.src.rpm`;
    if (source !== `${build.nvr}.src.rpm`) {
      const remedy = `Put it under the build that it belongs to, not ${build.nvr}.`;
      throw problemAt(parsed, [...at, "path"], `belongs to another build, its source RPM is ${source}`, remedy);
    }
    rpms.set(build, [...(rpms.get(build) ?? []), { ...rpm, header }]);
  }
  return rpms;
}

function problemAt({ file, locate }: ParsedScenario, path: Path, message: string, remedy: string): ScenarioError {
  return new ScenarioError(file, [{ path, message, remedy }], locate);
}

/** Runs the work on all items, no more at once than there are processors, and gives the results in the items' order. */
async function mapConcurrently<Item, Result>(
  items: readonly Item[],
  work: (item: Item, index: number) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = new Array(items.length);
  const queue = items.entries();
  const worker = async () => {
    for (const [index, item] of queue) results[index] = await work(item, index);
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
  return results;
}
