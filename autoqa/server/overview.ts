/** What the results page tells of updates: the tests that are expected of each, what they said, and what was posted. */
import type { DatabaseSync } from "node:sqlite";
import * as z from "zod";
import { PostBodhiUpdateBatch } from "../events/events";
import { Verdict } from "../reporters/posts";
import { type ExpectedTest, expectedTests } from "../reporters/update-state";

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

/** Batches looked back upon, and the updates' verdicts in them. */
const batchesShown = 200;
const postsShown = 5000;

const PostRow = z.object({
  job: z.number(),
  destination: z.string(),
  state: z.string(),
  remark: z.string(),
  payload: z.string().transform((json) => Verdict.parse(JSON.parse(json))),
});

/** The updates that are pending as of the newest batch of each tag. */
export function pendingUpdates(database: DatabaseSync): UpdateOverview[] {
  const rows = database.prepare(
    `SELECT json FROM events WHERE json_extract(json, '$.event') = 'post-bodhi-update-batch' ORDER BY id DESC LIMIT ?`,
  );
  const newest = new Map<string, PostBodhiUpdateBatch>();
  for (const { json } of rows.all(batchesShown)) {
    const batch = PostBodhiUpdateBatch.parse(JSON.parse(String(json)));
    if (!newest.has(batch.tag)) newest.set(batch.tag, batch);
  }
  const posts = z.array(PostRow).parse(
    database
      .prepare(
        `SELECT job, destination, state, remark, payload FROM posts
         WHERE json_extract(payload, '$.type') = 'bodhi_update' ORDER BY job DESC, id LIMIT ?`,
      )
      .all(postsShown),
  );
  return [...newest.values()]
    .sort((a, b) => (a.tag < b.tag ? -1 : 1))
    .flatMap(({ tag, target, arches, updates }) =>
      updates.map(({ name, builds }): UpdateOverview => {
        const tests = expectedTests(target, arches).map((expected): TestState => {
          const of = posts.filter(({ payload }) => {
            const isItem = payload.item === name && payload.target === target;
            return isItem && payload.test === expected.test && payload.arch === expected.arch;
          });
          const job = of[0]?.job;
          if (job === undefined) return { ...expected, posts: [] };
          const said = of
            .filter((post) => post.job === job)
            .map(({ destination, state }) => `${destination}: ${state}`);
          return { ...expected, outcome: of[0]?.payload.outcome ?? "", job, posts: said };
        });
        return { name, builds, tag, tests };
      }),
    );
}
