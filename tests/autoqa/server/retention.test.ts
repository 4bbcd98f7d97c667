import assert from "node:assert/strict";
import type { DatabaseSync } from "node:sqlite";
import type { Verdict } from "../../../autoqa/reporters/posts";
import { Posts } from "../../../autoqa/reporters/posts";
import { openDatabase } from "../../../autoqa/server/database";
import { Jobs } from "../../../autoqa/server/jobs";
import { forgetDetails } from "../../../autoqa/server/retention";
import type { TestResult } from "../../../autoqa/tests/run";
import { batchEvent } from "../events";

describe("what AutoQA keeps", () => {
  let database: DatabaseSync;
  let jobs: Jobs;
  let posts: Posts;

  beforeEach(() => {
    database = openDatabase(":memory:");
    jobs = new Jobs(database);
    posts = new Posts(database);
  });

  const name = "FEDORA-2011-1";
  const note = "n".repeat(1_000);
  const results: TestResult[] = [{ item: name, type: "bodhi_update", outcome: "PASSED", note, builds: ["mint-1-1"] }];

  function add(count: number): void {
    for (let i = 0; i < count; i++) {
      jobs.add(batchEvent({ [name]: ["mint-1-1"] }), [{ test: "depcheck", arch: "i386", serial: undefined }]);
    }
  }

  function finish(number: number, state: "sent" | "waiting"): void {
    jobs.start(number, "client1", "a/0");
    const [result] = results;
    assert.ok(result !== undefined);
    const verdict: Verdict = { ...result, test: "depcheck", arch: "i386", url: "", target: "stable", arches: [] };
    jobs.finish({ number, client: "client1", holder: "a/0" }, "PASSED", results, () =>
      posts.add(number, "bodhi", verdict),
    );
    posts.settle(posts.ofJob(number)[0]?.id ?? 0, state, "");
  }

  const { signal } = new AbortController();

  function details(number: number): number[] {
    const job = jobs.get(number);
    assert.ok(job?.event.event === "post-bodhi-update-batch");
    return [job.results.length, posts.ofJob(number).length, job.event.updates.length];
  }

  it("is every job's row, and details as long as there is room: the oldest go first, unsent posts never", async () => {
    add(1_000);
    for (let number = 1; number <= 990; number++) finish(number, number === 1 ? "waiting" : "sent");
    await forgetDetails(database, signal, 100_000);
    assert.deepEqual(
      [details(1), details(2)],
      [
        [0, 1, 0],
        [0, 0, 0],
      ],
    );
    assert.deepEqual(details(990), [1, 1, 1]);
    assert.deepEqual(details(995), [0, 0, 1]);
    const { outcome, client, finished_at } = jobs.get(2) ?? {};
    assert.deepEqual([outcome, client, typeof finished_at], ["PASSED", "client1", "string"]);
    assert.equal(jobs.counts().PASSED, 990);
  });

  it("is everything while there is room, and ends where nothing is left to forget", async () => {
    add(3);
    finish(1, "sent");
    await forgetDetails(database, signal);
    assert.deepEqual(details(1), [1, 1, 1]);
    await forgetDetails(database, signal, 1);
    assert.deepEqual(
      [details(1), details(2)],
      [
        [0, 0, 0],
        [0, 0, 1],
      ],
    );
  });
});
