/** The short form of a release spelled out: bodhi's release with its tags, and koji's tags with their inheritance. */
import type { ScenarioRelease } from "./scenario";
import type { Release, Tag } from "./situation";

/**
 * A release by bodhi's rules. In 2011 the tags of F15 began with `dist-f15` (bodhi 0.8.3, bodhi/model.py:78-110); today
 * they begin with `f15`.
 */
export function expandRelease(given: ScenarioRelease): Release {
  const { naming, ...overrides } = given;
  const branch = given.branch ?? given.name.toLowerCase();
  const version = given.version ?? (/\d+$/.exec(given.name)?.[0] || given.name.toLowerCase());
  const distTag = given.distTag ?? (naming === "dist" ? `dist-${branch}` : branch);
  const testingTag = given.testingTag ?? `${distTag}-updates-testing`;
  const derived: Release = {
    name: given.name,
    longName: `Fedora ${version}`,
    version,
    branch,
    idPrefix: "FEDORA",
    state: given.state,
    distTag,
    stableTag: `${distTag}-updates`,
    testingTag,
    candidateTag: `${distTag}-updates-candidate`,
    pendingTestingTag: `${testingTag}-pending`,
    pendingStableTag: `${distTag}-updates-pending`,
    pendingSigningTag: `${distTag}-signing-pending`,
    overrideTag: `${distTag}-override`,
    arches: given.arches,
  };
  const present = Object.fromEntries(Object.entries(overrides).filter(([, value]) => value !== undefined));
  return { ...derived, ...present };
}

/** A release's tags as Fedora's koji has them: updates inherit the main tag, testing inherits updates, and so on. */
export function releaseTags(release: Release): Tag[] {
  const parents = new Map<string, string | undefined>([
    [release.distTag, undefined],
    [release.stableTag, release.distTag],
    [release.overrideTag, release.stableTag],
    [release.candidateTag, release.stableTag],
    [release.testingTag, release.stableTag],
    [release.pendingSigningTag, release.stableTag],
    [release.pendingStableTag, release.stableTag],
    [release.pendingTestingTag, release.testingTag],
  ]);
  if (release.stableTag === release.distTag) parents.set(release.distTag, undefined);
  return [...parents].map(([name, parent]) => ({
    name,
    parents: parent === undefined ? [] : [{ tag: parent, maxDepth: null, intransitive: false, packageFilter: "" }],
    arches: release.arches,
    blocked: [],
    locked: false,
  }));
}
