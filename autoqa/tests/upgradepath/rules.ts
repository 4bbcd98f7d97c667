/**
 * The upgrade path: who goes from one release to a later one must never get an older package ([W]
 * AutoQA_tests/Upgradepath). A build that is pushed into a release is compared with what the others have.
 */
import type { Outcome } from "../../outcomes";
import { compareEvr, type Evr } from "../../rpm/evr";

export interface Candidate extends Evr {
  nvr: string;
}

/** What a release has of one package: the build most recently tagged in each of its tags, which is koji's "latest". */
export interface ReleasePackages {
  /** bodhi's name. */
  name: string;
  mainTag: string;
  /** The same as the main tag in a release that is not out yet. */
  updatesTag: string;
  pendingTag: string;
  main: Candidate | undefined;
  updates: Candidate | undefined;
  /** What waits for the push to stable. */
  pending: Candidate | undefined;
}

export interface Comparison {
  outcome: Extract<Outcome, "PASSED" | "INFO" | "FAILED">;
  /** The tags that were looked at. */
  tags: string[];
  latest: Candidate | undefined;
  /** A pending build that makes it right if it is pushed together with this one. */
  pending?: Candidate;
  error?: string;
}

/**
 * Compares a build with every release.
 * @param releases all releases in order, the target among them
 * @param target the release that the build is pushed into
 */
export function compareWithReleases(
  build: Candidate,
  target: ReleasePackages,
  releases: readonly ReleasePackages[],
): Comparison[] {
  const place = releases.indexOf(target);
  const intoMain = target.mainTag === target.updatesTag;
  return releases.flatMap((release, i): Comparison[] => {
    if (i > place) return [atMost(build, release, intoMain)];
    const lower = [atLeast(build, release.mainTag, release.main)];
    if (i === place) return intoMain ? [] : lower;
    if (!intoMain && release.updatesTag !== release.mainTag) {
      lower.push(atLeast(build, release.updatesTag, release.updates));
    }
    return lower;
  });
}

/** The build must be at least as new as what a lower release has. */
function atLeast(build: Candidate, tag: string, latest: Candidate | undefined): Comparison {
  if (latest === undefined || compareEvr(latest, build) <= 0) return { outcome: "PASSED", tags: [tag], latest };
  const error = "Proposed package must be greater than or equal to the latest package";
  return { outcome: "FAILED", tags: [tag], latest, error };
}

/** The build must be at most as new as what a higher release has, or will have by what is pending there. */
function atMost(build: Candidate, release: ReleasePackages, intoMain: boolean): Comparison {
  const { main, updates, pending } = release;
  const withUpdates = !intoMain && release.updatesTag !== release.mainTag;
  const tags = withUpdates ? [release.mainTag, release.updatesTag] : [release.mainTag];
  const latest = newest(withUpdates ? [main, updates] : [main]);
  if (latest === undefined || compareEvr(latest, build) >= 0) return { outcome: "PASSED", tags, latest };
  if (pending !== undefined && compareEvr(pending, build) >= 0) return { outcome: "INFO", tags, latest, pending };
  const error = "Proposed package must be less than or equal to the latest package";
  return { outcome: "FAILED", tags, latest, error, ...(pending === undefined ? {} : { pending }) };
}

function newest(candidates: readonly (Candidate | undefined)[]): Candidate | undefined {
  return candidates.reduce((best, next) => {
    if (best === undefined || next === undefined) return best ?? next;
    return compareEvr(next, best) > 0 ? next : best;
  }, undefined);
}
