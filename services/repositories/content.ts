/** Which RPMs a repository holds: pure, from the world. */

import type { Release } from "../world/bodhi-tables";
import { lineage } from "../world/inheritance";
import type { Build, Rpm, Tag } from "../world/tables";
import { taggedBuilds } from "../world/tagged";
import type { World } from "../world/world";

/** RPM architectures that a machine of a base architecture installs (koji/arch.py; i386 is what koji tags often say). */
const COMPATIBLE: Readonly<Record<string, readonly string[]>> = {
  x86_64: ["x86_64", "noarch"],
  i386: ["i386", "i486", "i586", "i686", "athlon", "noarch"],
  i686: ["i386", "i486", "i586", "i686", "athlon", "noarch"],
  src: ["src"],
};

export function compatibleArches(arch: string): readonly string[] {
  return COMPATIBLE[arch] ?? [arch, "noarch"];
}

/** RPM architectures that are added to a 64-bit repository as multilib. */
const MULTILIB: Readonly<Record<string, readonly string[]>> = { x86_64: ["i386", "i486", "i586", "i686"] };

export function multilibArches(arch: string): readonly string[] {
  return MULTILIB[arch] ?? [];
}

/** The RPMs of builds that a client of that architecture installs. */
export function rpmsFor(builds: readonly Build[], arches: readonly string[]): Rpm[] {
  return builds.flatMap((build) => build.rpms.filter((rpm) => arches.includes(rpm.arch)));
}

/** Builds of a koji build repository: the latest of each package, with inheritance. */
export function kojiRepositoryBuilds(world: World, tag: Tag): Build[] {
  return taggedBuilds(world, tag, { inherit: true, latest: true }).map(({ build }) => build);
}

export interface DistributionRepository {
  /** `f15`, `f15-updates`, `f15-updates-testing`. */
  name: string;
  release: Release;
  /** The tag whose builds it holds. */
  tagName: string;
  /** The main repository holds what its tag inherits too, the others only their own. */
  inherit: boolean;
}

/** Repositories of a release. One that takes updates straight into its main tag (rawhide) has no updates repository. */
export function repositoriesOf(release: Release): DistributionRepository[] {
  const main = { name: release.branch, release, tagName: release.distTag, inherit: true };
  const updates = { name: `${release.branch}-updates`, release, tagName: release.stableTag, inherit: false };
  const testing = { name: `${release.branch}-updates-testing`, release, tagName: release.testingTag, inherit: false };
  return release.stableTag === release.distTag ? [main, testing] : [main, updates, testing];
}

/** Builds that a distribution repository holds now: the latest of each package in its tag. */
export function distributionBuilds(world: World, repository: DistributionRepository): Build[] {
  const tag = world.tagsByName.get(repository.tagName);
  if (tag === undefined) return [];
  return taggedBuilds(world, tag, { inherit: repository.inherit, latest: true }).map(({ build }) => build);
}

/** Whether a repository of that koji tag exists: it has architectures, its own or inherited. */
export function kojiArches(world: World, tag: Tag): string[] {
  for (const each of lineage(world, tag)) if (each.arches !== null) return each.arches.split(" ");
  return [];
}
