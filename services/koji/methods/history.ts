/** What was tagged, inherited, listed and targeted when, and by whom. */
import { genericError } from "../../world/errors";
import { BUILD_STATES, type Listing, type User, type Versioned } from "../../world/tables";
import { toSeconds } from "../../world/time";
import type { World } from "../../world/world";
import { Double, pythonStr, type Struct, type Value } from "../../xmlrpc/values";
import { integer, timeArgument, truth } from "../arguments";
import { findTarget, requireBuild, requirePackage, requireTagId, requireUser } from "../lookups";
import type { Arguments, Methods } from "../method";
import { applyQueryOptions } from "../query-options";

/** A row of a versioned table with what its filters need. */
interface HistoryRow {
  row: Versioned;
  fields: Struct;
  tagIds?: number[];
  buildId?: number;
  packageId?: number;
  user?: User | undefined;
  targetId?: number;
}

function userName(world: World, id: number | null): string | null {
  return id === null ? null : (world.userById(id)?.name ?? null);
}

function versionFields(world: World, row: Versioned): Struct {
  return {
    create_event: row.createEvent,
    create_ts: new Double(toSeconds(world.eventTime(row.createEvent))),
    creator_id: row.creatorId,
    creator_name: userName(world, row.creatorId),
    revoke_event: row.revokeEvent,
    revoke_ts: row.revokeEvent === null ? null : new Double(toSeconds(world.eventTime(row.revokeEvent))),
    revoker_id: row.revokerId,
    revoker_name: userName(world, row.revokerId),
    active: row.revokeEvent === null ? true : null,
  };
}

const TABLES: Readonly<Record<string, (world: World) => HistoryRow[]>> = {
  tag_listing: (world) => world.tags.flatMap((tag) => tag.listings.map((listing) => listingRow(world, listing))),
  tag_inheritance: (world) =>
    world.tags.flatMap((tag) =>
      tag.parents.map((edge) => ({
        row: edge,
        tagIds: [edge.tagId, edge.parentId],
        fields: {
          tag_id: edge.tagId,
          "tag.name": tag.name,
          parent_id: edge.parentId,
          "parent.name": world.tagById(edge.parentId).name,
          priority: edge.priority,
          maxdepth: edge.maxDepth,
          intransitive: edge.intransitive,
          noconfig: edge.noconfig,
          pkg_filter: edge.packageFilter,
        },
      })),
    ),
  tag_config: (world) =>
    world.tags.map((tag) => ({
      row: tag,
      tagIds: [tag.id],
      fields: {
        tag_id: tag.id,
        "tag.name": tag.name,
        arches: tag.arches,
        perm_id: tag.permission === null ? null : world.permissions.indexOf(tag.permission) + 1,
        "permission.name": tag.permission,
        locked: tag.locked,
        maven_support: false,
        maven_include_all: false,
      },
    })),
  tag_packages: (world) =>
    world.tags.flatMap((tag) =>
      [...tag.packages.values()].flat().map((entry) => ({
        row: entry,
        tagIds: [tag.id],
        packageId: entry.packageId,
        fields: {
          package_id: entry.packageId,
          "package.name": world.packages[entry.packageId - 1]?.name ?? null,
          tag_id: tag.id,
          "tag.name": tag.name,
          blocked: entry.blocked,
          extra_arches: entry.extraArches,
        },
      })),
    ),
  tag_package_owners: (world) =>
    world.tags.flatMap((tag) =>
      [...tag.packages.values()].flat().map((entry) => ({
        row: entry,
        tagIds: [tag.id],
        packageId: entry.packageId,
        user: world.userById(entry.ownerId),
        fields: {
          package_id: entry.packageId,
          "package.name": world.packages[entry.packageId - 1]?.name ?? null,
          tag_id: tag.id,
          "tag.name": tag.name,
          owner: entry.ownerId,
          "owner.name": userName(world, entry.ownerId),
        },
      })),
    ),
  build_target_config: (world) =>
    world.targets.map((target) => ({
      row: target,
      targetId: target.id,
      fields: {
        build_target_id: target.id,
        "build_target.name": target.name,
        build_tag: target.buildTagId,
        "build_tag.name": world.tagById(target.buildTagId).name,
        dest_tag: target.destinationTagId,
        "dest_tag.name": world.tagById(target.destinationTagId).name,
      },
    })),
  cg_users: () => [],
  external_repo_config: () => [],
  external_repo_data: () => [],
  group_config: () => [],
  group_package_listing: () => [],
  group_req_listing: () => [],
  host_channels: () => [],
  host_config: () => [],
  tag_external_repos: () => [],
  tag_extra: (world) =>
    world.tags.flatMap((tag) =>
      Object.entries(tag.extra).map(([key, value]) => ({
        row: tag,
        tagIds: [tag.id],
        fields: { tag_id: tag.id, "tag.name": tag.name, key, value: JSON.stringify(value) },
      })),
    ),
  user_groups: () => [],
  user_perms: () => [],
};

/** Which filters apply to a table; any other filter leaves the table out of the answer. */
const FILTERS: Readonly<Record<string, readonly string[]>> = {
  tag: [
    "tag_listing",
    "tag_inheritance",
    "tag_config",
    "tag_packages",
    "tag_package_owners",
    "tag_external_repos",
    "tag_extra",
    "group_config",
    "group_package_listing",
    "group_req_listing",
  ],
  build: ["tag_listing"],
  package: ["tag_listing", "tag_packages", "tag_package_owners", "group_package_listing"],
  user: ["tag_package_owners", "user_groups", "user_perms", "cg_users"],
  build_target: ["build_target_config"],
  permission: ["tag_config", "user_perms"],
  cg: ["cg_users"],
  external_repo: ["external_repo_config", "external_repo_data", "tag_external_repos"],
  group: ["group_config", "group_package_listing", "group_req_listing"],
  host: ["host_config", "host_channels"],
  channel: ["host_channels"],
  xkey: ["tag_extra"],
};

function listingRow(world: World, listing: Listing): HistoryRow {
  const { build, tagId } = listing;
  return {
    row: listing,
    tagIds: [tagId],
    buildId: build.id,
    packageId: build.package.id,
    fields: {
      build_id: build.id,
      name: build.package.name,
      version: build.version,
      release: build.release,
      epoch: build.epoch,
      "build.state": BUILD_STATES.indexOf(build.state),
      tag_id: tagId,
      "tag.name": world.tagById(tagId).name,
    },
  };
}

type Test = (entry: HistoryRow) => boolean;

/** Filters that look at a row's subject. @throws KojiError when the subject does not exist. */
function subjectTest(world: World, name: string, value: Value): Test {
  switch (name) {
    case "tag": {
      const { id } = requireTagId(world, value);
      return (entry) => entry.tagIds?.includes(id) ?? false;
    }
    case "build": {
      const { id } = requireBuild(world, value);
      return (entry) => entry.buildId === id;
    }
    case "package": {
      const { id } = requirePackage(world, value);
      return (entry) => entry.packageId === id;
    }
    case "user": {
      const user = requireUser(world, value);
      return (entry) => entry.user === user;
    }
    case "build_target": {
      const target = findTarget(world, value);
      if (target === undefined) throw genericError(`No such entry in table build_target: ${pythonStr(value)}`);
      return (entry) => entry.targetId === target.id;
    }
    case "xkey":
      return ({ fields }) => fields.key === value;
    default:
      return () => false;
  }
}

interface When {
  created: (row: Versioned) => boolean;
  revoked: (row: Versioned) => boolean;
}

/** Filters by time and event: either end of a row's life counts, and the answer says which did. */
function whenTest(world: World, name: string, value: Value): { columns: [string, string]; when: When } | undefined {
  const either = (columns: [string, string], test: (event: number) => boolean) => ({
    columns,
    when: {
      created: (row: Versioned) => test(row.createEvent),
      revoked: (row: Versioned) => row.revokeEvent !== null && test(row.revokeEvent),
    },
  });
  switch (name) {
    case "after": {
      const at = timeArgument(value) ?? 0;
      return either(["_created_after", "_revoked_after"], (event) => world.eventTime(event) > at);
    }
    case "before": {
      const at = timeArgument(value) ?? 0;
      return either(["_created_before", "_revoked_before"], (event) => world.eventTime(event) < at);
    }
    case "afterEvent": {
      const limit = integer(value);
      return either(["_created_after_event", "_revoked_after_event"], (event) => event > limit);
    }
    case "beforeEvent": {
      const limit = integer(value);
      return either(["_created_before_event", "_revoked_before_event"], (event) => event < limit);
    }
    case "editor": {
      const { id } = requireUser(world, value);
      return {
        columns: ["_created_by", "_revoked_by"],
        when: { created: (row) => row.creatorId === id, revoked: (row) => row.revokerId === id },
      };
    }
    default:
      return undefined;
  }
}

function historyOf(world: World, table: string, filters: Readonly<Record<string, Value>>): Struct[] | undefined {
  const tests: Test[] = [];
  const marks: ((entry: HistoryRow) => Struct)[] = [];
  for (const [name, value] of Object.entries(filters)) {
    const applies = FILTERS[name];
    if (applies !== undefined && !applies.includes(table)) return undefined;
    if (name === "active") {
      if (value !== null) tests.push(({ row }) => (row.revokeEvent === null) === truth(value));
      continue;
    }
    const when = whenTest(world, name, value);
    if (when !== undefined) {
      const [created, revoked] = when.columns;
      tests.push(({ row }) => when.when.created(row) || when.when.revoked(row));
      marks.push(({ row }) => ({
        [created]: when.when.created(row),
        [revoked]: row.revokeEvent === null ? null : when.when.revoked(row),
      }));
      continue;
    }
    if (applies !== undefined) tests.push(subjectTest(world, name, value));
  }
  return candidates(world, table, filters)
    .filter((entry) => tests.every((test) => test(entry)))
    .map((entry) =>
      Object.assign({ ...versionFields(world, entry.row), ...entry.fields }, ...marks.map((mark) => mark(entry))),
    );
}

/** The rows to look through: a build's own listings, or a tag's, where that is asked for. */
function candidates(world: World, table: string, filters: Readonly<Record<string, Value>>): HistoryRow[] {
  if (table === "tag_listing") {
    if (filters.build !== undefined) {
      return requireBuild(world, filters.build).listings.map((listing) => listingRow(world, listing));
    }
    if (filters.tag !== undefined) {
      return requireTagId(world, filters.tag).listings.map((listing) => listingRow(world, listing));
    }
  }
  return TABLES[table]?.(world) ?? [];
}

function tagHistory(world: World, args: Arguments): Value {
  const filters: Record<string, Value> = {};
  for (const name of ["tag", "build", "package", "active"] as const) {
    const value = args[name];
    if (value !== null && value !== undefined) filters[name] = value;
  }
  const rows = (historyOf(world, "tag_listing", filters) ?? []).map((row) => ({
    build_id: row.build_id,
    name: row.name,
    version: row.version,
    release: row.release,
    tag_id: row.tag_id,
    tag_name: row["tag.name"],
    active: row.active,
    create_event: row.create_event,
    revoke_event: row.revoke_event,
    creator_id: row.creator_id,
    revoker_id: row.revoker_id,
    creator_name: row.creator_name,
    revoker_name: row.revoker_name,
    create_ts: row.create_ts,
    revoke_ts: row.revoke_ts,
  }));
  return applyQueryOptions(rows, args.queryOpts, [
    "build_id",
    "name",
    "version",
    "release",
    "tag_id",
    "tag_name",
    "active",
    "create_event",
    "revoke_event",
    "creator_id",
    "revoker_id",
    "creator_name",
    "revoker_name",
    "create_ts",
    "revoke_ts",
  ]);
}

export const historyMethods: Methods = {
  /** Until koji 1.25 (commit bcdf0165); AutoQA's watcher calls it. */
  tagHistory: ({ world }, args) => tagHistory(world, args),

  queryHistory({ world }, args, { keywords }) {
    const { queryOpts = null, ...filters } = keywords;
    const tables = args.tables === null ? Object.keys(TABLES).sort() : args.tables;
    if (!Array.isArray(tables)) throw genericError(`Invalid type for tables: ${pythonStr(args.tables)}`);
    const answer: Struct = {};
    for (const table of tables as readonly Value[]) {
      if (typeof table !== "string" || !Object.hasOwn(TABLES, table))
        throw genericError(`No such history table: ${pythonStr(table)}`);
      const rows = historyOf(world, table, filters);
      if (rows !== undefined) answer[table] = applyQueryOptions(rows, queryOpts, Object.keys(rows[0] ?? {}));
    }
    return answer;
  },
};
