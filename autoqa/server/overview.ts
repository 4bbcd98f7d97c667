/** What the results page tells of updates: the tests that are expected of each, what they said, and what was posted. */
import type { DatabaseSync } from "node:sqlite";
import type { PendingUpdate, PushTarget } from "../events/events";
import type { Posts } from "../reporters/posts";
import { type ExpectedTest, expectedTests } from "../reporters/update-state";
import { Batches } from "../watchers/batch-memory";

export interface TestState extends ExpectedTest {
  /** The newest verdict; absent while the test has not said anything. */
  outcome?: string;
  job?: number;
  /** What became of the newest verdict's posts, e.g. "bodhi: sent". */
  posts: string[];
}

export interface UpdateOverview {
  name: string;
  builds: string[];
  tag: string;
  tests: TestState[];
}

/** Of each expected test the posts that are looked at: what was said of other builds since says nothing of these. */
const postsLookedAt = 20;

/**
 * The updates that are pending as of the newest batch of each tag.
 * @param tests those that run here
 */
export function pendingUpdates(database: DatabaseSync, posts: Posts, tests: readonly string[]): UpdateOverview[] {
  return new Batches(database).pending().flatMap(({ tag, target, arches, updates }) =>
    updates.map((update): UpdateOverview => {
      const expected = expectedTests(target, arches, tests);
      return { ...update, tag, tests: expected.map((test) => stateOf(test, update, target, posts)) };
    }),
  );
}

function stateOf(expected: ExpectedTest, update: PendingUpdate, target: PushTarget, posts: Posts): TestState {
  const about = posts.about(update.name, expected, postsLookedAt).filter(({ payload }) => {
    return payload.target === target && sameBuilds(payload.builds, update.builds);
  });
  const [newest] = about;
  if (newest === undefined) return { ...expected, posts: [] };
  const { job, payload } = newest;
  const said = about.filter((post) => post.job === job).map(({ destination, state }) => `${destination}: ${state}`);
  return { ...expected, outcome: payload.outcome, job, posts: said };
}

function sameBuilds(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && some.every((nvr) => others.includes(nvr));
}
