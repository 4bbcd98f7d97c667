/** Rows as the hub's answers have them: koji's names, each `*_time` as text with its `*_ts` in seconds. */
import { BUILD_STATES, type Build, type Listing, type Rpm, type Tag, type Target, type User } from "../world/tables";
import { type Micros, toKojiTime, toSeconds } from "../world/time";
import type { World } from "../world/world";
import { Double, type Struct, type Value } from "../xmlrpc/values";

export function timeText(at: Micros | null): string | null {
  return at === null ? null : toKojiTime(at);
}

export function timestamp(at: Micros | null): Double | null {
  return at === null ? null : new Double(toSeconds(at));
}

/** JSON as XML-RPC has it; undefined does not occur in JSON. */
export function extraValue(json: unknown): Value {
  if (typeof json === "number") return Number.isSafeInteger(json) ? json : new Double(json);
  if (Array.isArray(json)) return json.map(extraValue);
  if (typeof json !== "object" || json === null) return json as Value;
  return Object.fromEntries(Object.entries(json).map(([key, value]) => [key, extraValue(value)]));
}

function buildCore(build: Build): Struct {
  return {
    build_id: build.id,
    version: build.version,
    release: build.release,
    epoch: build.epoch,
    draft: false,
    state: BUILD_STATES.indexOf(build.state),
    completion_time: timeText(build.completionTime),
    promotion_time: null,
    start_time: timeText(build.startTime),
    task_id: build.taskId,
    creation_event_id: build.creationEventId,
    creation_time: timeText(build.creationTime),
    package_id: build.package.id,
    package_name: build.package.name,
    name: build.package.name,
    volume_id: 0,
    volume_name: "DEFAULT",
    nvr: build.nvr,
    owner_id: build.owner.id,
    owner_name: build.owner.name,
    promoter_id: null,
    promoter_name: null,
  };
}

function buildTimestamps(build: Build): Struct {
  return {
    creation_ts: timestamp(build.creationTime),
    start_ts: timestamp(build.startTime),
    completion_ts: timestamp(build.completionTime),
    promotion_ts: null,
  };
}

/** getBuild. */
export function buildRow(build: Build): Struct {
  return {
    id: build.id,
    ...buildCore(build),
    ...buildTimestamps(build),
    cg_id: null,
    cg_name: null,
    source: build.source,
    extra: extraValue(build.extra),
  };
}

/** listBuilds. */
export function listedBuildRow(build: Build): Struct {
  return { ...buildCore(build), ...buildTimestamps(build), source: build.source, extra: extraValue(build.extra) };
}

/** What listTagged tells of the build itself; the tagging is added per listing. */
export function taggedBuildCore(build: Build): Struct {
  return { id: build.id, ...buildCore(build) };
}

/** listTagged. */
export function taggedRow(world: World, listing: Listing, extra: boolean): Struct {
  const row: Struct = {
    tag_id: listing.tagId,
    tag_name: world.tagById(listing.tagId).name,
    ...taggedBuildCore(listing.build),
    create_event: listing.createEvent,
  };
  if (extra) row.extra = extraValue(listing.build.extra);
  return row;
}

function permissionFields(world: World, { permission }: Tag): Struct {
  return { perm_id: permission === null ? null : world.permissions.indexOf(permission) + 1, perm: permission };
}

/** getTag. */
export function tagRow(world: World, tag: Tag): Struct {
  return {
    id: tag.id,
    name: tag.name,
    ...permissionFields(world, tag),
    arches: tag.arches,
    locked: tag.locked,
    maven_support: false,
    maven_include_all: false,
    extra: extraValue(tag.extra),
  };
}

/** listTags. */
export function listedTagRow(world: World, tag: Tag, perms: boolean): Struct {
  const row: Struct = {
    id: tag.id,
    name: tag.name,
    arches: tag.arches,
    locked: tag.locked,
    maven_support: false,
    maven_include_all: false,
  };
  return perms ? { ...row, ...permissionFields(world, tag) } : row;
}

export function targetRow(world: World, target: Target): Struct {
  return {
    id: target.id,
    build_tag: target.buildTagId,
    dest_tag: target.destinationTagId,
    name: target.name,
    build_tag_name: world.tagById(target.buildTagId).name,
    dest_tag_name: world.tagById(target.destinationTagId).name,
  };
}

function rpmCore(rpm: Rpm): Struct {
  return {
    id: rpm.id,
    build_id: rpm.build.id,
    buildroot_id: null,
    name: rpm.name,
    version: rpm.version,
    release: rpm.release,
    epoch: rpm.epoch,
    arch: rpm.arch,
    draft: false,
    payloadhash: rpm.payloadHash,
    size: rpm.sizeBytes,
    buildtime: rpm.buildTime,
    metadata_only: false,
    extra: null,
  };
}

/** getRPM. */
export function rpmRow(rpm: Rpm): Struct {
  return { ...rpmCore(rpm), external_repo_id: 0, external_repo_name: "INTERNAL" };
}

/** listRPMs. */
export function listedRpmRow(rpm: Rpm): Struct {
  return { ...rpmRow(rpm), nvr: `${rpm.name}-${rpm.version}-${rpm.release}` };
}

/** listTaggedRPMS. */
export function taggedRpmRow(rpm: Rpm, extra: boolean): Struct {
  const row = rpmCore(rpm);
  if (!extra) delete row.extra;
  return row;
}

/** getUser. */
export function userRow(user: User): Struct {
  return { id: user.id, name: user.name, status: 0, usertype: 0, krb_principals: [] };
}
