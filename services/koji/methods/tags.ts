/** Reading tags: their builds, inheritance, packages, targets. */
import { genericError, parameterError } from "../../world/errors";
import {
  fullInheritance,
  type Link,
  lineage,
  ownPackages,
  packageEntry,
  packageList,
  packageName,
  parentsOf,
} from "../../world/inheritance";
import type { Inheritance, PackageEntry, Tag } from "../../world/tables";
import { type TaggedQuery, taggedBuilds } from "../../world/tagged";
import { existsAt, type World } from "../../world/world";
import { numeric, pythonStr, pythonType, type Struct, type Value } from "../../xmlrpc/values";
import { eventArgument, globPattern, integer, optionalText, truth, Unmodelled } from "../arguments";
import {
  findBuild,
  findPackage,
  findTag,
  findTarget,
  requirePackage,
  requireTag,
  requireTagId,
  requireUser,
} from "../lookups";
import type { Arguments, Methods } from "../method";
import { applyQueryOptions } from "../query-options";
import { extraValue, listedTagRow, taggedRow, taggedRpmRow, tagRow, targetRow } from "../rows";
import { encodeTagged } from "../tagged-xml";
import { hasBuildsOfType } from "./builds";

function latestArgument(value: Value | undefined): boolean | number {
  const number = typeof value === "boolean" ? undefined : numeric(value);
  return number === undefined ? truth(value) : number;
}

function taggedQuery(args: Arguments): TaggedQuery {
  return {
    event: eventArgument(args.event),
    inherit: truth(args.inherit),
    latest: latestArgument(args.latest),
    package: optionalText(args.package, "package") || undefined,
    owner: optionalText(args.owner, "owner") || undefined,
  };
}

function inheritanceRow(world: World, edge: Inheritance): Struct {
  return {
    parent_id: edge.parentId,
    name: world.tagById(edge.parentId).name,
    priority: edge.priority,
    maxdepth: edge.maxDepth,
    intransitive: edge.intransitive,
    noconfig: edge.noconfig,
    pkg_filter: edge.packageFilter,
    child_id: edge.tagId,
  };
}

function linkRow(world: World, link: Link, reverse: boolean): Struct {
  const row: Struct = { ...inheritanceRow(world, link.edge) };
  if (reverse) {
    delete row.child_id;
    row.tag_id = link.edge.tagId;
    row.name = world.tagById(link.edge.tagId).name;
  }
  return { ...row, nextdepth: link.nextDepth, currdepth: link.currentDepth, filter: link.filter };
}

const PACKAGE_COLUMNS = [
  "package_id",
  "package_name",
  "tag_id",
  "tag_name",
  "extra_arches",
  "blocked",
  "owner_id",
  "owner_name",
];

function packageRow(world: World, entry: PackageEntry, owners = true): Struct {
  const row: Struct = {
    package_id: entry.packageId,
    package_name: packageName(world, entry.packageId),
    tag_id: entry.tagId,
    tag_name: world.tagById(entry.tagId).name,
    extra_arches: entry.extraArches,
    blocked: entry.blocked,
  };
  if (owners) {
    row.owner_id = entry.ownerId;
    row.owner_name = world.userById(entry.ownerId)?.name ?? null;
  }
  return row;
}

/** Entries of the package list of one tag, or of all tags where none is given. */
function packageEntries(
  world: World,
  tag: Tag | undefined,
  event: number | undefined,
  inherited: boolean,
  duplicates: boolean,
): PackageEntry[] {
  if (tag === undefined) return world.tags.flatMap((each) => ownPackages(each, event));
  if (inherited && duplicates) return lineage(world, tag, event).flatMap((each) => ownPackages(each, event));
  return inherited ? [...packageList(world, tag, event).values()] : ownPackages(tag, event);
}

function listTags(world: World, args: Arguments): Value {
  if (args.build !== null && args.package !== null)
    throw genericError("only one of build and package may be specified");
  const perms = truth(args.perms);
  let tags: readonly Tag[] = world.tags.filter((tag) => existsAt(tag));
  let extend = (_tag: Tag): Struct => ({});
  if (args.build !== null) {
    const build = findBuild(world, args.build);
    if (build === undefined) throw genericError(`No such build: ${pythonStr(args.build)}`);
    const ids = new Set(build.listings.filter((listing) => listing.revokeEvent === null).map(({ tagId }) => tagId));
    tags = tags.filter((tag) => ids.has(tag.id));
  } else if (args.package !== null) {
    const pkg = findPackage(world, args.package);
    if (pkg === undefined) throw genericError(`No such package: ${pythonStr(args.package)}`);
    const entryOf = (tag: Tag): PackageEntry | undefined => tag.packages.get(pkg.id)?.find((entry) => existsAt(entry));
    tags = tags.filter((tag) => entryOf(tag) !== undefined);
    extend = (tag) => {
      const { owner_id, owner_name, blocked, extra_arches } = packageRow(world, entryOf(tag) as PackageEntry);
      return { owner_id, owner_name, blocked, extra_arches };
    };
  }
  const pattern = optionalText(args.pattern, "pattern");
  if (pattern !== undefined) {
    const glob = globPattern(pattern);
    tags = tags.filter((tag) => glob.test(tag.name));
  }
  const rows = tags.map((tag) => ({ ...listedTagRow(world, tag, perms), ...extend(tag) }));
  return applyQueryOptions(rows, args.queryOpts, ["id", "name", "arches", "locked", "perm_id", "perm"]);
}

function archTest(arch: Value | undefined): (arch: string) => boolean {
  if (!truth(arch)) return () => true;
  if (typeof arch === "string") return (each) => each === arch;
  if (Array.isArray(arch)) {
    const wanted = new Set<Value>(arch);
    return (each) => wanted.has(each);
  }
  throw genericError(`Invalid type for arch option: ${pythonType(arch)}`);
}

function taggedRpms(world: World, tag: Tag, query: TaggedQuery, args: Arguments): Value {
  if (!hasBuildsOfType(args.type) || args.draft === true) return [[], []];
  const wanted = archTest(args.arch);
  const listings = taggedBuilds(world, tag, query);
  const extra = args.extra === undefined || truth(args.extra);
  const rpms: Struct[] = [];
  for (const { build } of listings) {
    for (const rpm of build.rpms) {
      if (!wanted(rpm.arch)) continue;
      const row = taggedRpmRow(rpm, extra);
      if (!truth(args.rpmsigs)) rpms.push(row);
      else if (rpm.signingKeys.length === 0) rpms.push({ ...row, sigkey: null });
      else for (const sigkey of rpm.signingKeys) rpms.push({ ...row, sigkey });
    }
  }
  return [rpms, listings.map((listing) => taggedRow(world, listing, false))];
}

export const tagMethods: Methods = {
  getTag({ world }, { tagInfo, strict, event }) {
    const at = event === "auto" ? undefined : eventArgument(event);
    const tag = truth(strict) ? requireTag(world, tagInfo, at) : findTag(world, tagInfo, at);
    if (tag === undefined) return null;
    return at === undefined ? tagRow(world, tag) : { ...tagRow(world, tag), query_event: at };
  },

  getTagID({ world }, { info, strict, create }) {
    if (truth(create)) throw new Unmodelled("getTagID(create=True)");
    return truth(strict) ? requireTagId(world, info).id : (findTag(world, info)?.id ?? null);
  },

  listTags: ({ world }, args) => listTags(world, args),

  listTagged({ world }, args) {
    const query = taggedQuery(args);
    const tag = truth(args.strict) ? requireTag(world, args.tag, query.event) : findTag(world, args.tag, query.event);
    if (tag === undefined || !hasBuildsOfType(args.type) || args.draft === true) return [];
    const prefix = optionalText(args.prefix, "prefix")?.toLowerCase();
    let listings = taggedBuilds(world, tag, query);
    if (prefix) listings = listings.filter(({ build }) => build.package.name.toLowerCase().startsWith(prefix));
    return encodeTagged(world, listings, truth(args.extra));
  },

  getLatestBuilds({ world }, args) {
    const tag = typeof args.tag === "number" ? requireTag(world, args.tag) : requireTagId(world, args.tag);
    if (!hasBuildsOfType(args.type) || args.draft === true) return [];
    return encodeTagged(world, taggedBuilds(world, tag, { ...taggedQuery(args), inherit: true, latest: true }), false);
  },

  listTaggedRPMS({ world }, args) {
    const query = taggedQuery(args);
    const strict = args.strict === undefined || truth(args.strict);
    const tag = strict ? requireTag(world, args.tag, query.event) : findTag(world, args.tag, query.event);
    return tag === undefined ? [[], []] : taggedRpms(world, tag, query, args);
  },

  getLatestRPMS({ world }, args) {
    const tag = typeof args.tag === "number" ? requireTag(world, args.tag) : requireTagId(world, args.tag);
    return taggedRpms(world, tag, { ...taggedQuery(args), inherit: true, latest: true }, args);
  },

  listTaggedArchives({ world }, args) {
    requireTag(world, args.tag, eventArgument(args.event));
    hasBuildsOfType(args.type);
    return [[], []];
  },

  getLatestMavenArchives({ world }, args) {
    requireTagId(world, args.tag);
    return [];
  },

  getInheritanceData({ world }, { tag, event }) {
    return parentsOf(requireTagId(world, tag), eventArgument(event)).map((edge) => inheritanceRow(world, edge));
  },

  getFullInheritance({ world }, { tag, event, reverse }, { keywords }) {
    for (const [name, value] of Object.entries(keywords)) {
      if (name !== "stops" && name !== "jumps") {
        throw parameterError(`getFullInheritance() got an unexpected keyword argument '${name}'`);
      }
      if (truth(value)) throw parameterError(`${name} option has been removed since 1.26`);
    }
    const row = requireTagId(world, tag);
    const backwards = truth(reverse);
    return fullInheritance(world, row, eventArgument(event), backwards).map((link) => linkRow(world, link, backwards));
  },

  getBuildConfig({ world }, { tag, event }) {
    const at = eventArgument(event);
    const row = requireTag(world, tag, at);
    const config: Struct = { ...tagRow(world, row) };
    const extra = { ...(config.extra as Struct) };
    const extraFrom: Struct = {};
    if (at !== undefined) config.query_event = at;
    let arches: Value = null;
    for (const link of fullInheritance(world, row, at)) {
      if (link.edge.noconfig) continue;
      const ancestor = world.tagById(link.edge.parentId);
      const source = { id: ancestor.id, name: ancestor.name };
      if (config.arches === null && ancestor.arches !== null) {
        config.arches = ancestor.arches;
        arches = source;
      }
      for (const [key, value] of Object.entries(ancestor.extra)) {
        if (Object.hasOwn(extra, key)) continue;
        extra[key] = extraValue(value);
        extraFrom[key] = source;
      }
    }
    return { ...config, extra, config_inheritance: { extra: extraFrom, arches } };
  },

  getTagExternalRepos: () => [],
  getExternalRepoList: ({ world }, { tag_info }) => {
    requireTagId(world, tag_info);
    return [];
  },
  listExternalRepos: () => [],
  getTagGroups({ world }, { tag }) {
    requireTagId(world, tag);
    return [];
  },

  getBuildTargets({ world }, args) {
    const event = eventArgument(args.event);
    let targets = world.targets.filter((target) => existsAt(target, event));
    if (truth(args.info)) {
      const wanted = findTarget(world, args.info, event);
      targets = targets.filter((target) => target === wanted);
    }
    if (args.buildTagID !== null) {
      const tag = findTag(world, args.buildTagID);
      targets = targets.filter((target) => target.buildTagId === tag?.id);
    }
    if (args.destTagID !== null) {
      const tag = findTag(world, args.destTagID);
      targets = targets.filter((target) => target.destinationTagId === tag?.id);
    }
    return applyQueryOptions(
      targets.map((target) => targetRow(world, target)),
      args.queryOpts,
      ["id", "build_tag", "dest_tag", "name", "build_tag_name", "dest_tag_name"],
    );
  },

  getBuildTarget({ world }, { info, event, strict }) {
    const target = findTarget(world, info, eventArgument(event));
    if (target !== undefined) return targetRow(world, target);
    if (truth(strict)) throw genericError(`No such build target: ${pythonStr(info)}`);
    return null;
  },

  listPackages({ world }, args) {
    const { tagID, userID, pkgID, queryOpts } = args;
    const prefix = optionalText(args.prefix, "prefix")?.toLowerCase();
    const starts = (name: string): boolean => !prefix || name.toLowerCase().startsWith(prefix);
    if (tagID === null && userID === null && pkgID === null) {
      const rows = world.packages.filter(({ name }) => starts(name));
      return applyQueryOptions(
        rows.map(({ id, name }) => ({ package_id: id, package_name: name })),
        queryOpts,
        ["package_id", "package_name"],
      );
    }
    const tag = tagID === null ? undefined : requireTagId(world, tagID);
    const owners = truth(args.with_owners);
    if (userID !== null && !owners) throw genericError("userID and with_owners=False can't be used together");
    let entries = packageEntries(world, tag, eventArgument(args.event), truth(args.inherited), truth(args.with_dups));
    if (userID !== null) {
      const user = requireUser(world, userID);
      entries = entries.filter((entry) => entry.ownerId === user.id);
    }
    if (pkgID !== null) {
      const pkg = requirePackage(world, pkgID);
      entries = entries.filter((entry) => entry.packageId === pkg.id);
    }
    if (!truth(args.with_blocked)) entries = entries.filter((entry) => !entry.blocked);
    // Unless duplicates are asked for, koji keeps one entry for each package, the last that it reads.
    const kept = truth(args.with_dups)
      ? entries
      : [...new Map(entries.map((entry) => [entry.packageId, entry])).values()];
    const rows = kept.map((entry) => packageRow(world, entry, owners));
    return applyQueryOptions(
      rows.filter((row) => starts(String(row.package_name))),
      queryOpts,
      PACKAGE_COLUMNS,
    );
  },

  listPackagesSimple({ world }, { prefix, queryOpts }) {
    const start = optionalText(prefix, "prefix")?.toLowerCase() ?? "";
    const rows = world.packages.filter(({ name }) => name.toLowerCase().startsWith(start));
    return applyQueryOptions(
      rows.map(({ id, name }) => ({ package_id: id, package_name: name })),
      queryOpts,
      ["package_id", "package_name"],
    );
  },

  checkTagPackage({ world }, { tag, pkg }) {
    const row = findTag(world, tag);
    const found = findPackage(world, pkg);
    if (row === undefined || found === undefined) return false;
    const entry = packageEntry(world, row, found.id);
    return entry !== undefined && !entry.blocked;
  },

  getPackageConfig({ world }, { tag, pkg, event }) {
    const row = findTag(world, tag);
    const found = findPackage(world, pkg);
    if (row === undefined || found === undefined) return null;
    const entry = packageEntry(world, row, found.id, eventArgument(event));
    return entry === undefined ? null : packageRow(world, entry);
  },

  getPackage({ world }, { info, strict, create }) {
    if (truth(create)) throw new Unmodelled("getPackage(create=True)");
    const found = truth(strict) ? requirePackage(world, info) : findPackage(world, info);
    return found === undefined ? null : { id: found.id, name: found.name };
  },

  getPackageID({ world }, { name, strict }) {
    const found = typeof name === "string" ? world.packagesByName.get(name) : undefined;
    if (found === undefined && truth(strict)) throw genericError(`No such package name: ${pythonStr(name)}`);
    return found?.id ?? null;
  },

  tagLastChangeEvent({ world }, { tag, before, inherit }) {
    const limit = before === null ? Number.POSITIVE_INFINITY : integer(before);
    return changeEvents(world, requireTag(world, tag), truth(inherit), (event) => event < limit).at(-1) ?? null;
  },

  tagFirstChangeEvent({ world }, { tag, after, inherit }) {
    const limit = after === null ? 0 : integer(after);
    return changeEvents(world, requireTag(world, tag), truth(inherit), (event) => event > limit)[0] ?? null;
  },

  tagChangedSinceEvent({ world }, { event, taglist }) {
    const since = integer(event);
    if (!Array.isArray(taglist)) throw parameterError(`Invalid type for taglist: ${pythonType(taglist)}`);
    return taglist.some((id) => {
      const tag = typeof id === "number" ? world.tags[id - 1] : undefined;
      return tag !== undefined && changeEvents(world, tag, false, (each) => each > since).length > 0;
    });
  },
};

/** Every event that changed the tag, in order. */
function changeEvents(world: World, tag: Tag, inherit: boolean, keep: (event: number) => boolean): number[] {
  const tags = inherit ? [tag, ...fullInheritance(world, tag).map((link) => world.tagById(link.edge.parentId))] : [tag];
  const events = new Set<number>();
  for (const each of tags) {
    const rows = [each, ...each.listings, ...each.parents, ...[...each.packages.values()].flat()];
    for (const { createEvent, revokeEvent } of rows) {
      if (keep(createEvent)) events.add(createEvent);
      if (revokeEvent !== null && keep(revokeEvent)) events.add(revokeEvent);
    }
  }
  return [...events].sort((a, b) => a - b);
}
