/** bodhi's own calls to koji: it forces, and goes on when a build cannot be tagged, as its multicalls do. */
import type { Release, Update } from "../../world/bodhi-tables";
import { KojiError } from "../../world/errors";
import type { Build, Tag } from "../../world/tables";
import { tagBuild, untagBuild } from "../../world/tagging";
import { activeListing, type World } from "../../world/world";

function each(world: World, builds: readonly string[], tagName: string, act: (tag: Tag, build: Build) => void): void {
  const tag = world.tagsByName.get(tagName);
  if (tag === undefined) return;
  for (const nvr of builds) {
    const build = world.buildsByNvr.get(nvr);
    if (build === undefined) continue;
    try {
      act(tag, build);
    } catch (error) {
      if (!(error instanceof KojiError)) throw error;
    }
  }
}

export function addTag(world: World, builds: readonly string[], tagName: string): void {
  each(world, builds, tagName, (tag, build) => tagBuild(world, tag, build, world.user("bodhi"), true));
}

export function removeTag(world: World, builds: readonly string[], tagName: string): void {
  each(world, builds, tagName, (tag, build) => untagBuild(world, tag, build, world.user("bodhi"), false, true));
}

/** Names of the tags that a build is in, in the order in which it came there. */
export function activeTags(world: World, nvr: string): string[] {
  const listings = world.buildsByNvr.get(nvr)?.listings ?? [];
  return listings.filter(({ revokeEvent }) => revokeEvent === null).map(({ tagId }) => world.tagById(tagId).name);
}

export function hasTag(world: World, nvr: string, tagName: string): boolean {
  const tag = world.tagsByName.get(tagName);
  const build = world.buildsByNvr.get(nvr);
  return tag !== undefined && build !== undefined && activeListing(build, tag.id) !== undefined;
}

/** Moves the builds that are in a tag to another. */
export function moveTag(world: World, builds: readonly string[], from: string, to: string): void {
  const tagged = builds.filter((nvr) => hasTag(world, nvr, from));
  removeTag(world, tagged, from);
  addTag(world, tagged, to);
}

/** The tags that bodhi manages for a release's updates, without the candidate tag. */
export function managedTags(release: Release): string[] {
  return [release.pendingSigningTag, release.pendingTestingTag, release.pendingStableTag, release.testingTag];
}

/** The pending tag of a request. */
export function pendingTag(update: Update): string | null {
  if (update.request === "testing") return update.release.pendingTestingTag;
  return update.request === "stable" ? update.release.pendingStableTag : null;
}
