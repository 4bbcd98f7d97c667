/** From a valid scenario to what the control API loads and what each step expects. Pure: the RPMs come from outside. */
import { createHash } from "node:crypto";
import type { Action } from "./action";
import { longReleases } from "./check";
import { type ExpectedPosts, expandExpectation } from "./expectation";
import { formatNvr, type Nvr, parseNvr } from "./nvr";
import { expandRelease, releaseTags } from "./releases";
import type { GivenRpm, Scenario, ScenarioBuild } from "./scenario";
import type { Build, Release, Rpm, Situation, Tag, Update, User } from "./situation";

export interface ResolvedStep {
  name: string;
  actions: Action[];
  expected: ExpectedPosts;
}

export interface ResolvedScenario {
  situation: Situation;
  steps: ResolvedStep[];
}

/** The parts of a build's name. The schema has seen to it that there are three. */
export function nvrOf(build: Pick<ScenarioBuild, "nvr">): Nvr {
  const nvr = parseNvr(build.nvr);
  if (nvr === undefined) throw new TypeError(`${build.nvr} is no name-version-release`);
  return nvr;
}

/** Seconds since 1970 of the moment that a build's RPMs carry as their build time. */
export function buildTime(scenario: Scenario, build: ScenarioBuild): number {
  return Math.floor(Date.parse(build.completedAt ?? scenario.clock) / 1000);
}

/** Whom a build's RPMs name as packager, `name <address>`. */
export function packagerOf(scenario: Scenario, build: ScenarioBuild): string {
  const email = scenario.users.find(({ name }) => name === build.owner)?.email ?? `${build.owner}@example.org`;
  return `${build.owner} <${email}>`;
}

/** An RPM of which the scenario has only metadata; size and payload hash are made up from its name. */
export function metadataOnlyRpm(scenario: Scenario, build: ScenarioBuild, given: GivenRpm): Rpm {
  const { name, version, release } = nvrOf(build);
  const rpm = { name: given.name ?? name, version: given.version ?? version, release: given.release ?? release };
  const arch = given.arch ?? "noarch";
  const derivedHash = () =>
    createHash("md5")
      .update(`${formatNvr(rpm)}.${arch}`)
      .digest("hex");
  return {
    ...rpm,
    epoch: given.epoch === undefined ? build.epoch : given.epoch,
    arch,
    sizeBytes: given.sizeBytes ?? 0,
    buildTime: given.buildTime ?? buildTime(scenario, build),
    payloadHash: given.payloadHash ?? derivedHash(),
    signingKeys: given.signingKeys,
  };
}

/** @param rpms each build's RPMs, by the build's name-version-release */
export function resolveScenario(scenario: Scenario, rpms: ReadonlyMap<string, Rpm[]>): ResolvedScenario {
  const releases = longReleases(scenario.releases).map(expandRelease);
  const ownerOf = new Map(scenario.builds.map(({ nvr, owner }) => [nvr, owner]));
  const updates = scenario.updates.map((update): Update => {
    return { ...update, submitter: update.submitter ?? ownerOf.get(update.builds[0] ?? "") ?? "packager" };
  });
  const bodhiTags = tagsByBodhi(releases, updates);
  const situation: Situation = {
    name: scenario.name,
    clock: scenario.clock,
    users: usersOf(scenario, updates),
    releases,
    tags: mergeTags(releases.flatMap(releaseTags), scenario.tags),
    targets: scenario.targets,
    builds: scenario.builds.map((build): Build => {
      const { nvr, tags: given, recipe: _, rpms: __, ...plain } = build;
      const tags = (given ?? bodhiTags.get(nvr) ?? []).map((tag) => (typeof tag === "string" ? { tag } : tag));
      return { ...nvrOf(build), ...plain, tags, rpms: rpms.get(nvr) ?? [] };
    }),
    updates,
  };
  return { situation, steps: resolveSteps(scenario) };
}

/** The tags by name, the later in the place of the earlier. */
function mergeTags(derived: readonly Tag[], given: readonly Tag[]): Tag[] {
  return [...new Map([...derived, ...given].map((tag) => [tag.name, tag])).values()];
}

/** Everybody the scenario names, AutoQA first: those described in it as they are described. */
function usersOf(scenario: Scenario, updates: readonly Update[]): User[] {
  const described = new Map(scenario.users.map((user) => [user.name, user]));
  const actions = scenario.steps.flatMap((step) => step.do);
  const names = [
    "autoqa",
    ...described.keys(),
    ...scenario.builds.map(({ owner }) => owner),
    ...updates.flatMap(({ submitter, comments }) => [submitter, ...comments.map(({ author }) => author)]),
    ...actions.flatMap((action) => (action.action === "commentUpdate" ? [action.author] : [])),
  ];
  return [...new Set(names)].map((name) => described.get(name) ?? { name, groups: [] });
}

/**
 * Where bodhi has put the builds of updates in their state (fedora-infra/bodhi@0.8.3:bodhi/model.py, set_request); of
 * several updates of a build the last counts.
 */
function tagsByBodhi(releases: readonly Release[], updates: readonly Update[]): Map<string, string[]> {
  const byName = new Map(releases.map((release) => [release.name, release]));
  const tags = new Map<string, string[]>();
  for (const { release: name, status, request, builds } of updates) {
    const release = byName.get(name);
    if (release === undefined) continue;
    const at = { testing: release.testingTag, stable: release.stableTag };
    const base = status === "testing" || status === "stable" ? at[status] : release.candidateTag;
    const pending = { testing: release.pendingTestingTag, stable: release.pendingStableTag };
    const all = request === "testing" || request === "stable" ? [base, pending[request]] : [base];
    for (const build of builds) tags.set(build, all);
  }
  return tags;
}

/** Spells out the expectations; which update a build belongs to follows the steps' edits. */
function resolveSteps(scenario: Scenario): ResolvedStep[] {
  const buildsOf = new Map(scenario.updates.map(({ alias, builds }) => [alias, builds]));
  const updateOf = (item: string) => {
    if (buildsOf.has(item)) return item;
    return [...buildsOf].findLast(([, builds]) => builds.includes(item))?.[0];
  };
  return scenario.steps.map((step) => {
    for (const action of step.do) {
      if (action.action === "editUpdate" && action.builds !== undefined) buildsOf.set(action.update, action.builds);
    }
    return { name: step.name, actions: step.do, expected: expandExpectation(step.expect, updateOf) };
  });
}
