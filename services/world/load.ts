/** A situation becomes a world. Pure: nothing is changed unless the whole situation is sound. */
import type { Situation } from "../../scenarios/format/situation";
import type { Release } from "./bodhi-tables";
import { packageEntry } from "./inheritance";
import { checkSituation, type Problem } from "./load-check";
import { loadUpdates } from "./load-updates";
import type { Build, Listing, Tag } from "./tables";
import { fromIso, type Micros } from "./time";
import { CONFIGURATOR, World } from "./world";

/** A situation that contradicts itself; each problem has its place in the document. */
export class SituationError extends Error {
  constructor(readonly problems: readonly Problem[]) {
    const [first] = problems;
    super(first === undefined ? "the situation is not sound" : `${first.path}: ${first.message}`);
    this.name = "SituationError";
  }
}

/** @throws SituationError naming every contradiction found. */
export function loadSituation(situation: Situation): World {
  const problems = checkSituation(situation);
  if (problems.length > 0) throw new SituationError(problems);
  const world = new World(fromIso(situation.clock));
  loadUsers(world, situation);
  const event = world.newEvent(earliest(situation));
  loadTags(world, situation, event);
  const pending = loadBuilds(world, situation);
  loadReleases(world, situation);
  loadPackageLists(world, situation, event);
  for (const step of pending) step.apply();
  loadUpdates(world, situation);
  return world;
}

/** The world that nothing has been loaded into. */
export function emptyWorld(clock: Micros): World {
  const world = new World(clock);
  world.user(CONFIGURATOR);
  world.newEvent(clock);
  return world;
}

function earliest(situation: Situation): Micros {
  let first = fromIso(situation.clock);
  for (const build of situation.builds) {
    for (const at of [build.startedAt, build.completedAt, ...build.tags.map((tagging) => tagging.at)]) {
      if (at !== undefined) first = Math.min(first, fromIso(at));
    }
  }
  return first;
}

function loadUsers(world: World, situation: Situation): void {
  world.user(CONFIGURATOR);
  world.user("bodhi");
  for (const { name, email, groups } of situation.users) {
    const user = world.user(name);
    user.email = email ?? null;
    user.groups = [...groups];
  }
}

function loadTags(world: World, situation: Situation, event: number): void {
  const creatorId = world.user(CONFIGURATOR).id;
  const row = { createEvent: event, revokeEvent: null, creatorId, revokerId: null };
  for (const tag of situation.tags) {
    const { name, arches, locked, permission = null, extra = {} } = tag;
    const row = { name, arches: arches.length === 0 ? null : arches.join(" "), locked, permission, extra };
    world.addTag(row, event, creatorId);
  }
  for (const tag of situation.tags) {
    const child = world.tagsByName.get(tag.name) as Tag;
    let next = 0;
    for (const parent of tag.parents) {
      const priority = parent.priority ?? next;
      next = Math.max(next, priority) + 10;
      world.addInheritance({
        ...row,
        tagId: child.id,
        parentId: (world.tagsByName.get(parent.tag) as Tag).id,
        priority,
        maxDepth: parent.maxDepth,
        intransitive: parent.intransitive,
        noconfig: false,
        packageFilter: parent.packageFilter,
      });
    }
  }
  for (const [index, target] of situation.targets.entries()) {
    world.targets.push({
      ...row,
      id: index + 1,
      name: target.name,
      buildTagId: (world.tagsByName.get(target.buildTag) as Tag).id,
      destinationTagId: (world.tagsByName.get(target.destinationTag) as Tag).id,
    });
  }
}

interface Step {
  at: Micros;
  apply(): void;
}

/**
 * Builds and their RPMs in document order, then the steps that make their events in time order: at one time a build is
 * created before anything is tagged, and all else keeps the document's order.
 */
function loadBuilds(world: World, situation: Situation): Step[] {
  const creations: Step[] = [];
  const taggings: Step[] = [];
  for (const entry of situation.builds) {
    const owner = world.user(entry.owner);
    const taggedAt = entry.tags.map((tagging) => (tagging.at === undefined ? world.clock : fromIso(tagging.at)));
    const completed = entry.completedAt === undefined ? Math.min(world.clock, ...taggedAt) : fromIso(entry.completedAt);
    const started = entry.startedAt === undefined ? completed : fromIso(entry.startedAt);
    const pkg = world.package(entry.name);
    const build: Build = {
      id: world.builds.length + 1,
      package: pkg,
      version: entry.version,
      release: entry.release,
      epoch: entry.epoch,
      nvr: `${entry.name}-${entry.version}-${entry.release}`,
      state: entry.state,
      owner,
      taskId: world.tasks.length + 1,
      source: entry.source ?? null,
      extra: entry.extra ?? null,
      creationEventId: 0,
      creationTime: started,
      startTime: started,
      completionTime: entry.state === "BUILDING" ? null : completed,
      rpms: [],
      listings: [],
    };
    world.addBuild(build);
    addBuildTask(world, build);
    for (const rpm of entry.rpms) {
      world.addRpm({
        id: world.rpms.length + 1,
        build,
        name: rpm.name,
        version: rpm.version,
        release: rpm.release,
        epoch: rpm.epoch,
        arch: rpm.arch,
        sizeBytes: rpm.sizeBytes,
        buildTime: rpm.buildTime,
        payloadHash: rpm.payloadHash,
        sha256: rpm.file?.sha256 ?? null,
        signingKeys: [...rpm.signingKeys],
      });
    }
    creations.push({
      at: started,
      apply() {
        build.creationEventId = world.newEvent(started);
        build.creationTime = world.eventTime(build.creationEventId);
      },
    });
    for (const [index, tagging] of entry.tags.entries()) {
      const at = taggedAt[index] as Micros;
      const tag = world.tagsByName.get(tagging.tag) as Tag;
      const by = tagging.by === undefined ? owner : world.user(tagging.by);
      let listing: Listing | undefined;
      taggings.push({
        at,
        apply() {
          listing = world.addListing(tag, build, world.newEvent(at), by.id);
        },
      });
      if (tagging.until === undefined) continue;
      const until = fromIso(tagging.until);
      taggings.push({
        at: until,
        apply() {
          if (listing === undefined) return;
          listing.revokeEvent = world.newEvent(until);
          listing.revokerId = by.id;
        },
      });
    }
  }
  return [...creations, ...taggings].sort((a, b) => a.at - b.at);
}

const TASK_STATE_OF_BUILD = {
  BUILDING: "OPEN",
  COMPLETE: "CLOSED",
  DELETED: "CLOSED",
  FAILED: "FAILED",
  CANCELED: "CANCELED",
} as const;

function addBuildTask(world: World, build: Build): void {
  world.tasks.push({
    id: world.tasks.length + 1,
    method: "build",
    state: TASK_STATE_OF_BUILD[build.state],
    owner: build.owner,
    createTime: build.creationTime,
    startTime: build.startTime,
    completionTime: build.completionTime,
    arch: "noarch",
    label: null,
    request: [build.source ?? `${build.nvr}.src.rpm`, null],
    result: null,
    parent: null,
  });
}

function loadReleases(world: World, situation: Situation): void {
  for (const [index, release] of situation.releases.entries()) {
    world.bodhi.releases.push({ ...release, id: index + 1, arches: [...release.arches] });
  }
}

/** Every tag that a release uses. */
function tagsOf(release: Release): string[] {
  return [
    release.distTag,
    release.stableTag,
    release.testingTag,
    release.candidateTag,
    release.pendingTestingTag,
    release.pendingStableTag,
    release.pendingSigningTag,
    release.overrideTag,
  ];
}

/**
 * koji refuses to tag, and does not show, builds of packages that a tag's list lacks. A situation says only what is
 * blocked, so the lists are those that make it true: a package is listed where one of its builds is tagged, and in every
 * tag of a release that has one of its builds in any tag; only where inheritance does not list it already.
 */
function loadPackageLists(world: World, situation: Situation, event: number): void {
  const creatorId = world.user(CONFIGURATOR).id;
  const row = { createEvent: event, revokeEvent: null, creatorId, revokerId: null, extraArches: null };
  for (const tag of situation.tags) {
    for (const name of tag.blocked) {
      const pkg = world.package(name);
      addEntry(world.tagsByName.get(tag.name) as Tag, pkg.id, true);
    }
  }
  const needed = neededPackages(world, situation);
  for (const tag of parentsFirst(world)) {
    for (const packageId of needed.get(tag.name) ?? []) {
      if (packageEntry(world, tag, packageId) === undefined) addEntry(tag, packageId, false);
    }
  }

  function addEntry(tag: Tag, packageId: number, blocked: boolean): void {
    const ownerId = world.buildsByPackage.get(packageId)?.[0]?.owner.id ?? creatorId;
    world.addPackageEntry({ ...row, tagId: tag.id, packageId, ownerId, blocked });
  }
}

/** Package ids by tag name, in the order of the document. */
function neededPackages(world: World, situation: Situation): Map<string, Set<number>> {
  const needed = new Map<string, Set<number>>(situation.tags.map((tag) => [tag.name, new Set()]));
  for (const build of situation.builds) {
    const packageId = world.package(build.name).id;
    for (const { tag } of build.tags) needed.get(tag)?.add(packageId);
  }
  for (const release of world.bodhi.releases) {
    const names = [...new Set(tagsOf(release))];
    const all = new Set<number>();
    for (const name of names) for (const packageId of needed.get(name) ?? []) all.add(packageId);
    for (const name of names) {
      const own = needed.get(name);
      for (const packageId of all) own?.add(packageId);
    }
  }
  return needed;
}

/** Every tag after its parents (inheritance loops are broken where they are met). */
function parentsFirst(world: World): Tag[] {
  const order: Tag[] = [];
  const visited = new Set<number>();
  const visit = (tag: Tag): void => {
    if (visited.has(tag.id)) return;
    visited.add(tag.id);
    for (const edge of tag.parents) visit(world.tagById(edge.parentId));
    order.push(tag);
  };
  for (const tag of world.tags) visit(tag);
  return order;
}
