/** Finding rows by what clients give: an id, a name, or a struct with one of them; koji's errors when there is none. */
import { genericError, parameterError } from "../world/errors";
import { parseNvr, parseNvra } from "../world/nvr";
import type { Build, Package, Rpm, Tag, Target, User } from "../world/tables";
import { existsAt, type World } from "../world/world";
import { isStruct, pythonRepr, pythonStr, pythonType, type Value } from "../xmlrpc/values";
import { integer } from "./arguments";

/** koji's name_or_id_clause. @throws KojiError ParameterError */
function nameOrId(info: Value | undefined): number | string {
  let key = info;
  if (isStruct(info)) {
    if ("id" in info) key = integer(info.id);
    else if ("name" in info) key = info.name;
  }
  if (typeof key === "boolean") return Number(key);
  if ((typeof key === "number" && Number.isInteger(key)) || typeof key === "string") return key;
  throw parameterError(`Invalid name or id value: ${pythonStr(info)}`);
}

function byNameOrId<T>(info: Value | undefined, rows: readonly T[], names: ReadonlyMap<string, T>): T | undefined {
  const key = nameOrId(info);
  return typeof key === "number" ? rows[key - 1] : names.get(key);
}

/** get_tag: the tag as of an event. @returns undefined when there is none. */
export function findTag(world: World, info: Value | undefined, event?: number): Tag | undefined {
  const tag = byNameOrId(info, world.tags, world.tagsByName);
  return tag !== undefined && existsAt(tag, event) ? tag : undefined;
}

/** get_tag(strict=True). */
export function requireTag(world: World, info: Value | undefined, event?: number): Tag {
  const tag = findTag(world, info, event);
  if (tag === undefined) throw genericError(`No such tagInfo: ${pythonRepr(info)}`);
  return tag;
}

/** get_tag_id(strict=True), which has other words. */
export function requireTagId(world: World, info: Value | undefined): Tag {
  const tag = byNameOrId(info, world.tags, world.tagsByName);
  if (tag === undefined) throw genericError(`No such entry in table tag: ${pythonStr(info)}`);
  return tag;
}

export function findPackage(world: World, info: Value | undefined): Package | undefined {
  return byNameOrId(info, world.packages, world.packagesByName);
}

export function requirePackage(world: World, info: Value | undefined): Package {
  const row = findPackage(world, info);
  if (row === undefined) throw genericError(`No such entry in table package: ${pythonStr(info)}`);
  return row;
}

export function findTarget(world: World, info: Value | undefined, event?: number): Target | undefined {
  const key = nameOrId(info);
  return world.targets.find(
    (target) => existsAt(target, event) && (typeof key === "number" ? target.id === key : target.name === key),
  );
}

/** find_build_id. @returns undefined when there is no such build. */
export function findBuild(world: World, info: Value | undefined): Build | undefined {
  if (typeof info === "number") return world.builds[info - 1];
  if (typeof info === "boolean") return world.builds[Number(info) - 1];
  if (typeof info === "string") {
    const nvr = parseNvr(info);
    return world.buildsByNvr.get(`${nvr.name}-${nvr.version}-${nvr.release}`);
  }
  if (!isStruct(info)) throw genericError(`Invalid type for argument: ${pythonType(info)}`);
  if (!("name" in info && "version" in info && "release" in info)) {
    throw genericError("did not provide name, version, and release");
  }
  return world.buildsByNvr.get([info.name, info.version, info.release].map(pythonStr).join("-"));
}

export function requireBuild(world: World, info: Value | undefined): Build {
  const build = findBuild(world, info);
  if (build !== undefined) return build;
  throw genericError(`No such build: ${typeof info === "number" ? info : pythonRepr(info)}`);
}

/** _get_rpms. @returns undefined when there is none, or it is only in an external repository. */
export function findRpm(world: World, info: Value | undefined): Rpm | undefined {
  if (typeof info === "number") return world.rpms[info - 1];
  if (typeof info === "string") {
    if (/^\s*[+-]?\d+\s*$/.test(info)) return world.rpms[Number(info) - 1];
    const nvra = parseNvra(info);
    if (nvra.location !== undefined) throw genericError(`No such entry in table external_repo: ${nvra.location}`);
    return world.rpmsByNvra.get(`${nvra.name}-${nvra.version}-${nvra.release}.${nvra.arch}`);
  }
  if (!isStruct(info)) throw genericError(`Invalid type for rpminfo: ${pythonType(info)}`);
  if ("id" in info) return world.rpms[integer(info.id) - 1];
  return world.rpmsByNvra.get(
    `${[info.name, info.version, info.release].map(pythonStr).join("-")}.${pythonStr(info.arch)}`,
  );
}

export function requireRpm(world: World, info: Value | undefined): Rpm {
  const rpm = findRpm(world, info);
  if (rpm === undefined) throw genericError(`No such rpm: ${pythonRepr(info)}`);
  return rpm;
}

/** get_user. */
export function findUser(world: World, info: Value | undefined): User | undefined {
  if (typeof info === "number") return world.userById(info);
  if (typeof info === "string") return world.usersByName.get(info);
  if (!isStruct(info)) throw genericError(`Invalid type for userInfo: ${pythonType(info)}`);
  if (typeof info.id === "number") return world.userById(info.id);
  return typeof info.name === "string" ? world.usersByName.get(info.name) : undefined;
}

export function requireUser(world: World, info: Value | undefined): User {
  const user = findUser(world, info);
  if (user === undefined) throw genericError(`No such user: ${pythonRepr(info)}`);
  return user;
}
