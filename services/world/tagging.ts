/** Tagging and untagging with koji's checks and words (koji-project/koji kojihub/kojihub.py, _tag_build and _untag_build). */
import { KojiError } from "./errors";
import { packageEntry } from "./inheritance";
import type { Build, Tag, User } from "./tables";
import { activeListing, type World } from "./world";

function tagError(message: string): KojiError {
  return new KojiError("TagError", message);
}

/** Why a user may not tag here, in koji's words; undefined when they may. */
export function whyNoAccess(world: World, tag: Tag, by: User): string | undefined {
  if (tag.locked) return "tag is locked";
  if (tag.permission === null || world.permissionsOf(by).includes(tag.permission)) return undefined;
  return `tag requires ${tag.permission} permission`;
}

/** @throws KojiError ActionNotAllowed */
export function checkAccess(world: World, tag: Tag, by: User, force: boolean): void {
  const why = whyNoAccess(world, tag, by);
  if (why !== undefined && !force) throw new KojiError("ActionNotAllowed", why);
}

/** The checks that koji makes before it starts a tagging task. @throws KojiError TagError, ActionNotAllowed */
export function checkTaggable(world: World, tag: Tag, build: Build, by: User, force: boolean): void {
  if (build.state !== "COMPLETE") throw tagError(`build ${build.nvr} not complete: state ${build.state}`);
  checkAccess(world, tag, by, force);
  const entry = packageEntry(world, tag, build.package.id);
  if (entry !== undefined && !entry.blocked) return;
  if (!force) {
    throw tagError(
      entry === undefined
        ? `Package ${build.package.name} not in list for ${tag.name}`
        : `Package ${build.package.name} blocked in ${tag.name}`,
    );
  }
}

/**
 * Tags a build. Tagging what the tag already has is an error, unless forced: then it is tagged anew and so becomes the
 * latest. @throws KojiError TagError
 */
export function tagBuild(world: World, tag: Tag, build: Build, by: User, force = false): void {
  checkTaggable(world, tag, build, by, force);
  const existing = activeListing(build, tag.id);
  if (existing !== undefined && !force) throw tagError(`build ${build.nvr} already tagged (${tag.name})`);
  const event = world.newEvent();
  const entry = packageEntry(world, tag, build.package.id);
  if (entry === undefined || entry.blocked) {
    for (const old of tag.packages.get(build.package.id) ?? []) {
      if (old.revokeEvent !== null) continue;
      old.revokeEvent = event;
      old.revokerId = by.id;
    }
    world.addPackageEntry({
      tagId: tag.id,
      packageId: build.package.id,
      ownerId: build.owner.id,
      blocked: false,
      extraArches: null,
      createEvent: event,
      revokeEvent: null,
      creatorId: by.id,
      revokerId: null,
    });
  }
  if (existing !== undefined) {
    existing.revokeEvent = event;
    existing.revokerId = by.id;
  }
  world.addListing(tag, build, event, by.id);
}

/** @throws KojiError TagError when the build is not in the tag and `strict`. */
export function untagBuild(world: World, tag: Tag, build: Build, by: User, strict = true, force = false): void {
  checkAccess(world, tag, by, force);
  const listing = activeListing(build, tag.id);
  if (listing === undefined) {
    if (strict) throw tagError(`build ${build.nvr} not in tag ${tag.name}`);
    return;
  }
  listing.revokeEvent = world.newEvent();
  listing.revokerId = by.id;
}
