/** Reading builds. */

import { readRpmHeader } from "../../rpm/header";
import { changelogEntries } from "../../rpm/views";
import { genericError } from "../../world/errors";
import { BUILD_STATES, type Build } from "../../world/tables";
import { SECOND } from "../../world/time";
import { isStruct, pythonRepr, pythonStr, type Struct, type Value } from "../../xmlrpc/values";
import { globPattern, integer, optionalText, timeArgument, truth, Unmodelled } from "../arguments";
import { LOG_FILES, logArches } from "../files";
import { findBuild, findPackage, findUser, requireBuild } from "../lookups";
import type { CallContext, Methods } from "../method";
import { applyQueryOptions } from "../query-options";
import { buildRow, listedBuildRow } from "../rows";

/** Build types that a situation has none of, and so the answer is known to be empty. */
const ABSENT_TYPES = new Set(["maven", "win", "image"]);

/** @returns whether builds of that type can exist here; `rpm` is what all builds are. */
export function hasBuildsOfType(type: Value | undefined): boolean {
  if (type === null || type === undefined || type === "rpm") return true;
  if (typeof type === "string" && ABSENT_TYPES.has(type)) return false;
  throw genericError(`unsupported build type: ${pythonStr(type)}`);
}

/** Builds by koji's listBuilds filters, in the order of their ids. */
function selectBuilds(world: CallContext["world"], args: Readonly<Record<string, Value>>): Build[] {
  const tests: ((build: Build) => boolean)[] = [];
  let candidates: readonly Build[] = world.builds;
  if (args.packageID !== null) {
    const pkg = findPackage(world, args.packageID);
    if (pkg === undefined) return [];
    candidates = world.buildsByPackage.get(pkg.id) ?? [];
  }
  if (args.userID !== null) {
    const user = findUser(world, args.userID);
    if (user === undefined) return [];
    tests.push((build) => build.owner === user);
  }
  if (args.promoter !== null || args.cgID !== null) return [];
  if (args.draft === true) return [];
  if (args.volumeID !== null && integer(args.volumeID) !== 0) return [];
  if (args.taskID !== null) {
    const taskId = integer(args.taskID);
    tests.push((build) => (taskId === -1 ? build.taskId !== null : build.taskId === taskId));
  }
  const source = optionalText(args.source, "source");
  if (source !== undefined) {
    const pattern = globPattern(source);
    tests.push((build) => build.source !== null && pattern.test(build.source));
  }
  const prefix = optionalText(args.prefix, "prefix")?.toLowerCase();
  if (prefix) tests.push((build) => build.package.name.toLowerCase().startsWith(prefix));
  const pattern = optionalText(args.pattern, "pattern");
  if (pattern) {
    const glob = globPattern(pattern);
    tests.push((build) => glob.test(build.nvr));
  }
  if (args.state !== null) {
    const state = integer(args.state);
    tests.push((build) => BUILD_STATES.indexOf(build.state) === state);
  }
  const createdBefore = timeArgument(args.createdBefore);
  const createdAfter = timeArgument(args.createdAfter);
  const completeBefore = timeArgument(args.completeBefore);
  const completeAfter = timeArgument(args.completeAfter);
  if (createdBefore !== undefined) tests.push((build) => build.creationTime < createdBefore);
  if (createdAfter !== undefined) tests.push((build) => build.creationTime > createdAfter);
  if (completeBefore !== undefined) {
    tests.push((build) => build.completionTime !== null && build.completionTime < completeBefore);
  }
  if (completeAfter !== undefined) {
    if (candidates === world.builds) candidates = world.completedAfter(completeAfter);
    else tests.push((build) => build.completionTime !== null && build.completionTime > completeAfter);
  }
  // No build is ever promoted from a draft here, so neither comparison can hold.
  if (truth(args.promotedBefore) || truth(args.promotedAfter)) return [];
  if (!hasBuildsOfType(args.type)) return [];
  return candidates.filter((build) => tests.every((test) => test(build)));
}

const BUILD_COLUMNS = Object.keys(
  listedBuildRow({
    id: 0,
    package: { id: 0, name: "" },
    version: "",
    release: "",
    epoch: null,
    nvr: "",
    state: "COMPLETE",
    owner: { id: 0, name: "", email: null, groups: [] },
    taskId: null,
    source: null,
    extra: null,
    creationEventId: 0,
    creationTime: 0,
    startTime: null,
    completionTime: null,
    rpms: [],
    listings: [],
  }),
);

/** Increments a release as koji's get_next_release does. */
function nextRelease(release: string | undefined, increment: number): string {
  if (release === undefined || release === "") return String(increment);
  if (/^\d+$/.test(release)) return String(Number(release) + increment);
  const parts = release.split(".");
  if (parts.length === 2 && /^\d+$/.test(parts[0] ?? "")) return `${Number(parts[0]) + increment}.${parts[1]}`;
  if (parts.length === 3 && /^\d+$/.test(parts[2] ?? "")) {
    return `${parts[0]}.${parts[1]}.${Number(parts[2]) + increment}`;
  }
  throw genericError(`Unable to increment release value: ${release}`);
}

export const buildMethods: Methods = {
  getBuild({ world }, { buildInfo, strict }) {
    const build = truth(strict) ? requireBuild(world, buildInfo) : findBuild(world, buildInfo);
    return build === undefined ? null : buildRow(build);
  },

  findBuildID({ world }, { X, strict }) {
    if (typeof X === "number") return X;
    const build = truth(strict) ? requireBuild(world, X) : findBuild(world, X);
    return build?.id ?? null;
  },

  listBuilds({ world }, args) {
    const options = args.queryOpts;
    if (isStruct(options) && truth(options.countOnly) && Object.keys(options).length === 1) {
      return selectBuilds(world, args).length;
    }
    return applyQueryOptions(selectBuilds(world, args).map(listedBuildRow), options, BUILD_COLUMNS);
  },

  getBuildType({ world }, { buildInfo, strict }) {
    const build = truth(strict) ? requireBuild(world, buildInfo) : findBuild(world, buildInfo);
    if (build === undefined) return null;
    return build.rpms.length > 0 ? { rpm: null } : {};
  },

  getMavenBuild: (context, args) => absentKind(context, args, "maven"),
  getWinBuild: (context, args) => absentKind(context, args, "Windows"),
  getImageBuild: (context, args) => absentKind(context, args, "image"),

  getNextRelease({ world }, { build_info, incr }) {
    if (!isStruct(build_info) || typeof build_info.name !== "string" || typeof build_info.version !== "string") {
      throw genericError(`Invalid type for build_info: ${pythonRepr(build_info)}`);
    }
    const pkg = world.packagesByName.get(build_info.name);
    const counted = (pkg === undefined ? [] : (world.buildsByPackage.get(pkg.id) ?? [])).filter(
      ({ version, state }) => version === build_info.version && ["COMPLETE", "DELETED", "BUILDING"].includes(state),
    );
    return nextRelease(counted.at(-1)?.release, integer(incr));
  },

  getAverageBuildDuration({ world }, { package: info, age }) {
    const pkg = findPackage(world, info);
    if (pkg === undefined) return null;
    const monthsAgo = new Date(world.clock / 1000);
    if (truth(age)) monthsAgo.setUTCMonth(monthsAgo.getUTCMonth() - integer(age));
    const durations: number[] = [];
    for (const { state, startTime, completionTime } of world.buildsByPackage.get(pkg.id) ?? []) {
      if (state !== "COMPLETE" || startTime === null || completionTime === null) continue;
      if (truth(age) && completionTime / 1000 <= monthsAgo.getTime()) continue;
      durations.push((completionTime - startTime) / 1e6);
    }
    if (durations.length === 0) return null;
    return durations.reduce((sum, duration) => sum + duration, 0) / durations.length;
  },

  untaggedBuilds({ world }, { name, queryOpts, draft }) {
    if (draft === true) return [];
    const rows: Struct[] = [];
    for (const build of world.builds) {
      if (build.state !== "COMPLETE" || build.listings.some((listing) => listing.revokeEvent === null)) continue;
      if (name !== null && build.package.name !== name) continue;
      rows.push({ id: build.id, name: build.package.name, version: build.version, release: build.release });
    }
    return applyQueryOptions(rows, queryOpts, ["id", "name", "version", "release"]);
  },

  getBuildLogs({ world }, { build }) {
    const row = requireBuild(world, build);
    const directory = `packages/${row.package.name}/${row.version}/${row.release}/data/logs`;
    return logArches(row).flatMap((dir) =>
      LOG_FILES.map((name) => ({ name, dir, path: `${directory}/${dir}/${name}` })),
    );
  },

  buildReferences({ world }, { build, lazy }) {
    const row = requireBuild(world, build);
    const tags = row.listings
      .filter(({ revokeEvent }) => revokeEvent === null)
      .map(({ tagId }) => ({ tag_id: tagId, name: world.tagById(tagId).name }));
    if (truth(lazy) && tags.length > 0) return { tags };
    return { tags, rpms: [], component_of: [], archives: [], last_used: null, images: [] };
  },

  getChangelogEntries: changelog,

  listArchives(_context, args) {
    hasBuildsOfType(args.type);
    if (truth(args.strict)) throw genericError("No archives found.");
    return applyQueryOptions([], args.queryOpts, ["id", "filename"]);
  },

  listBTypes(_context, { query, queryOpts }) {
    const rows: Struct[] = ["rpm", "maven", "win", "image"].map((name, index) => ({ id: index + 1, name }));
    const wanted = isStruct(query) ? query : {};
    const found = rows.filter((row) => Object.entries(wanted).every(([key, value]) => row[key] === value));
    return applyQueryOptions(found, queryOpts, ["id", "name"]);
  },
};

/** The source RPM's changelog, newest first. */
function changelog(context: CallContext, args: Readonly<Record<string, Value>>): Value {
  if (args.taskID !== null || args.filepath !== null) throw new Unmodelled("getChangelogEntries(taskID, filepath)");
  if (!truth(args.buildID)) throw genericError("either buildID or taskID and filepath must be specified");
  const strict = truth(args.strict);
  const build = findBuild(context.world, args.buildID);
  if (build === undefined && strict) throw genericError(`No such build: ${pythonStr(args.buildID)}`);
  const source = build?.rpms.find(({ arch }) => arch === "src");
  if (source === undefined && build !== undefined && strict) {
    throw genericError(`Build ${pythonStr(args.buildID)} doesn't have srpms`);
  }
  const path = source?.sha256 ? context.rpmFile(source.sha256) : undefined;
  if (path === undefined && strict) throw genericError(`SRPM ${build?.nvr}.src.rpm doesn't exist`);
  const before = timeArgument(args.before);
  const after = timeArgument(args.after);
  const entries = path === undefined ? [] : changelogEntries(readRpmHeader(path));
  const rows = entries.filter(
    ({ author, date_ts }) =>
      (!truth(args.author) || author === args.author) &&
      (before === undefined || Number(date_ts) * SECOND < before) &&
      (after === undefined || Number(date_ts) * SECOND > after),
  );
  return applyQueryOptions(rows, args.queryOpts, ["date", "date_ts", "author", "text"]);
}

function absentKind({ world }: CallContext, args: Readonly<Record<string, Value>>, kind: string): Value {
  const build = truth(args.strict) ? requireBuild(world, args.buildInfo) : findBuild(world, args.buildInfo);
  if (build !== undefined && truth(args.strict))
    throw genericError(`no such ${kind} build: ${pythonStr(args.buildInfo)}`);
  return null;
}
