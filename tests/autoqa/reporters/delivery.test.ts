import assert from "node:assert/strict";
import { HttpError, Unreachable } from "../../../autoqa/http/request";
import { Deliveries } from "../../../autoqa/reporters/delivery";
import { type Destination, type Post, Posts, type Verdict } from "../../../autoqa/reporters/posts";
import type { Delivery } from "../../../autoqa/reporters/reporter";
import { openDatabase } from "../../../autoqa/server/database";
import { Jobs } from "../../../autoqa/server/jobs";
import { buildEvent } from "../events";
import { until } from "../harness";

const verdict: Verdict = {
  ...{ test: "rpmlint", arch: "noarch", item: "mint-1-1", type: "koji_build", outcome: "PASSED", note: "" },
  ...{ url: "", builds: [], target: "testing", arches: [] },
};

describe("delivery of posts", () => {
  let posts: Posts;
  let unfinished: number;
  let said: string[];
  let answer: (post: Post) => Promise<Delivery>;
  let deliveries: Deliveries;
  let create: (firstRetryMilliseconds: number) => Deliveries;

  beforeEach(() => {
    const database = openDatabase(":memory:");
    const jobs = new Jobs(database);
    posts = new Posts(database);
    for (let i = 0; i < 3; i++)
      jobs.add(buildEvent("mint-1-1"), [{ test: "rpmlint", arch: "noarch", serial: undefined }]);
    unfinished = Number.POSITIVE_INFINITY;
    said = [];
    answer = async () => ({ state: "sent", remark: "" });
    const reporter = (destination: Destination) => ({
      destination,
      deliver: async (post: Post) => {
        said.push(`${destination} ${post.job}`);
        return answer(post);
      },
    });
    create = (firstRetryMilliseconds) =>
      new Deliveries({
        posts,
        reporters: [reporter("resultsdb"), reporter("bodhi")],
        firstUnfinished: () => unfinished,
        delivered: () => undefined,
        log: () => undefined,
        firstRetryMilliseconds,
      });
    deliveries = create(5);
  });

  afterEach(() => deliveries.stop());

  const settled = () => until("all posts are sent", 5, () => deliveries.idle);
  const to = (destination: Destination) => said.filter((line) => line.startsWith(destination));

  it("happens in job order, however the jobs ended", async () => {
    posts.add(3, "bodhi", verdict);
    posts.add(1, "bodhi", verdict);
    posts.add(2, "bodhi", verdict);
    deliveries.wake();
    await settled();
    assert.deepEqual(said, ["bodhi 1", "bodhi 2", "bodhi 3"]);
  });

  it("waits for jobs with lower numbers that are not finished", async () => {
    unfinished = 2;
    posts.add(3, "bodhi", verdict);
    posts.add(1, "bodhi", verdict);
    deliveries.wake();
    await until("the first is sent", 5, () => said.length === 1);
    assert.equal(deliveries.idle, false);
    unfinished = Number.POSITIVE_INFINITY;
    deliveries.wake();
    await settled();
    assert.deepEqual(said, ["bodhi 1", "bodhi 3"]);
  });

  it("keeps trying in order while a destination is away, and does not hold back the other", async () => {
    let away = true;
    answer = async ({ destination }) => {
      if (away && destination === "resultsdb") throw new Unreachable("ResultsDB cannot be reached");
      return { state: "sent", remark: "" };
    };
    for (const job of [1, 2])
      for (const destination of ["resultsdb", "bodhi"] as const) posts.add(job, destination, verdict);
    deliveries.wake();
    await until("it gives up waiting", 5, () => deliveries.isDeferred("resultsdb"));
    assert.equal(deliveries.isDeferred("bodhi"), false);
    assert.match(deliveries.problems.join(), /^resultsdb, job 1: ResultsDB cannot be reached$/);
    assert.deepEqual(to("bodhi"), ["bodhi 1", "bodhi 2"]);
    assert.ok(to("resultsdb").every((line) => line === "resultsdb 1"));
    assert.equal(deliveries.idle, true, "idle, for waiting longer is no use");
    away = false;
    await until("all is sent", 5, () => posts.countUnsent("resultsdb") === 0);
    assert.deepEqual(to("resultsdb").slice(-2), ["resultsdb 1", "resultsdb 2"]);
  });

  it("goes on after a post that is refused for good", async () => {
    answer = async ({ job }) => ({ state: job === 1 ? "refused" : "sent", remark: "no" });
    posts.add(1, "resultsdb", verdict);
    posts.add(2, "resultsdb", verdict);
    deliveries.wake();
    await settled();
    assert.deepEqual([posts.ofJob(1)[0]?.state, posts.ofJob(2)[0]?.state], ["refused", "sent"]);
  });

  it("sets a post aside that a working destination does not take, and goes on with the next", async () => {
    answer = async ({ job }) => {
      if (job === 1) throw new Error("bodhi did not take the comment");
      return { state: "sent", remark: "" };
    };
    posts.add(1, "bodhi", verdict);
    posts.add(2, "bodhi", verdict);
    deliveries.wake();
    await until("the second is sent", 10, () => posts.ofJob(2)[0]?.state === "sent");
    const [first] = posts.ofJob(1);
    assert.deepEqual([first?.state, first?.remark], ["refused", "bodhi did not take the comment, 10 times"]);
    assert.deepEqual(deliveries.problems, []);
  });

  for (const error of [new Unreachable("away"), new HttpError(403, "no"), new HttpError(200, "a proxy's page")]) {
    it(`sets no post aside because of ${error.name} ${"status" in error ? error.status : ""}`, async () => {
      let failures = 0;
      answer = async () => {
        if (failures++ < 12) throw error;
        return { state: "sent", remark: "" };
      };
      deliveries = create(0.1);
      posts.add(1, "bodhi", verdict);
      deliveries.wake();
      await until("it is sent", 5, () => posts.ofJob(1)[0]?.state === "sent");
    });
  }

  it("ends only when what is under way is known to be sent", async () => {
    let arrive = () => undefined as undefined;
    answer = () =>
      new Promise((resolve) => {
        arrive = () => void resolve({ state: "sent", remark: "" });
      });
    posts.add(1, "bodhi", verdict);
    posts.add(2, "bodhi", verdict);
    deliveries.wake();
    await until("the first is under way", 5, () => said.length === 1);
    const stopped = deliveries.stop();
    arrive();
    await stopped;
    assert.deepEqual([posts.ofJob(1)[0]?.state, posts.ofJob(2)[0]?.state], ["sent", "waiting"]);
  });

  it("says to the reporter that a post was begun before, after a crash", async () => {
    posts.add(1, "resultsdb", verdict);
    posts.sending(posts.ofJob(1)[0]?.id ?? 0);
    let attempts = 0;
    answer = async (post) => {
      attempts = post.attempts;
      return { state: "sent", remark: "" };
    };
    deliveries.wake();
    await settled();
    assert.equal(attempts, 1);
  });
});
