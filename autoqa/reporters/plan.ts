/** Which posts a finished job gives. */
import type { Event } from "../events/events";
import { isVerdict } from "../outcomes";
import type { TestResult } from "../tests/run";
import type { Destination, Verdict } from "./posts";

export interface PlannedPost {
  destination: Destination;
  verdict: Verdict;
}

/** Every result goes to ResultsDB; packagers are told verdicts only, not that AutoQA had troubles of its own. */
export function planPosts(
  job: { test: string; arch: string; event: Event },
  results: readonly TestResult[],
  url: string,
): PlannedPost[] {
  const { test, arch, event } = job;
  const { target, arches } =
    event.event === "post-bodhi-update-batch" ? event : { target: "testing" as const, arches: [] };
  return results.flatMap((result): PlannedPost[] => {
    const verdict: Verdict = { test, arch, url, target, arches, ...result };
    const toResultsDb: PlannedPost = { destination: "resultsdb", verdict };
    return isVerdict(result.outcome) ? [toResultsDb, { destination: "bodhi", verdict }] : [toResultsDb];
  });
}
