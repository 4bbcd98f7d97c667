import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import type { Bodhi } from "../../../autoqa/bodhi/client";
import { LocallyCommentedBodhi } from "../../../autoqa/bodhi/local-comments";
import { isAccepted } from "../../../autoqa/bodhi/own-comments";
import type { Update } from "../../../autoqa/bodhi/types";
import { BodhiReporter } from "../../../autoqa/reporters/bodhi";
import { LocalBodhiReporter, LocalResultsDbReporter } from "../../../autoqa/reporters/local";
import type { Post, Verdict } from "../../../autoqa/reporters/posts";
import { PostsLog } from "../../../autoqa/reporters/posts-log";
import type { Reporter } from "../../../autoqa/reporters/reporter";
import { openDatabase } from "../../../autoqa/server/database";

const verdict: Verdict = {
  ...{ test: "depcheck", arch: "x86_64", item: "FEDORA-2011-1", type: "bodhi_update", outcome: "FAILED", note: "" },
  ...{ url: "", builds: ["mint-1-1"], target: "stable", arches: ["x86_64"] },
};

describe("AutoQA that posts nothing outside", () => {
  let directory: string;
  let file: string;
  let database: DatabaseSync;
  let update: Update;
  let now: Date;
  let bodhi: LocallyCommentedBodhi;
  let reporter: Reporter;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "local-reporter-"));
    file = join(directory, "posts.log");
    database = openDatabase(":memory:");
    now = new Date("2026-03-02T12:00:00Z");
    update = {
      ...{ title: "mint-1-1", updateid: "FEDORA-2011-1", status: "testing", request: "stable" },
      ...{ builds: [{ nvr: "mint-1-1" }], comments: [] },
    };
    start();
  });

  afterEach(() => rmSync(directory, { recursive: true }));

  function start(): void {
    const production: Pick<Bodhi, "update" | "updatesOfBuilds"> = {
      update: async () => update,
      updatesOfBuilds: async (nvrs) => new Map(nvrs.map((nvr) => [nvr, update])),
    };
    const clock = () => now;
    bodhi = new LocallyCommentedBodhi(database, production as Bodhi, "autoqa", clock);
    const judging = new BodhiReporter(bodhi, "autoqa", ["depcheck", "upgradepath"], clock);
    reporter = new LocalBodhiReporter(bodhi, judging, new PostsLog(file));
  }

  /** @param job stands in the log's URL, as in production */
  async function deliver(job: number, words: Partial<Verdict> = {}, attempts = 0): Promise<string> {
    const payload = { ...verdict, url: `http://autoqa:8080/results/${job}`, ...words };
    const post: Post = { id: job, job, destination: "bodhi", state: "sending", attempts, remark: "", payload };
    return (await reporter.deliver(post)).remark;
  }

  const lines = () =>
    existsSync(file)
      ? readFileSync(file, "utf8")
          .trimEnd()
          .split("\n")
          .map((line) => JSON.parse(line) as Record<string, unknown>)
      : [];

  it("writes down the comments that it would make, each once, and which it would have mailed", async () => {
    assert.equal(await deliver(1), "would be posted: depcheck FAILED on x86_64 for FEDORA-2011-1");
    const upgradepath = { test: "upgradepath", arch: "noarch", outcome: "PASSED" } as const;
    assert.equal(
      await deliver(2, upgradepath),
      "would be posted: upgradepath PASSED on noarch for FEDORA-2011-1, with mail",
    );
    assert.equal(await deliver(3), "said before");
    start();
    now = new Date(now.getTime() + 4 * 24 * 3600 * 1000);
    assert.equal(await deliver(4), "would be posted: depcheck FAILED on x86_64 for FEDORA-2011-1, with mail");
    assert.deepEqual(
      lines().map(({ job, email }) => [job, email]),
      [
        [1, false],
        [2, true],
        [4, true],
      ],
    );
    assert.match(String(lines()[0]?.text), /^AutoQA: depcheck test FAILED on x86_64\. Result log:/);
  });

  it("writes nothing twice if it ended between the writing and knowing it", async () => {
    await deliver(1);
    for (let restart = 0; restart < 2; restart++) {
      start();
      await deliver(1, {}, 1);
    }
    assert.equal(lines().length, 1);
    const results = new LocalResultsDbReporter(new PostsLog(file));
    const post: Post = {
      ...{ id: 9, job: 9, state: "sending", attempts: 0, remark: "" },
      destination: "resultsdb",
      payload: verdict,
    };
    await results.deliver(post);
    await results.deliver({ ...post, attempts: 1 });
    assert.deepEqual(
      lines().map(({ destination }) => destination),
      ["bodhi", "resultsdb"],
    );
  });

  it("writes a line that a crash kept it from writing", async () => {
    await deliver(1);
    rmSync(file);
    await deliver(1, {}, 1);
    assert.equal(lines().length, 1);
  });

  it("has accepted what it would have said passes, until bodhi says that it is another push", async () => {
    await deliver(1, { outcome: "PASSED" });
    const accepted = async () =>
      isAccepted((await bodhi.update("FEDORA-2011-1"))?.comments ?? [], "autoqa", "depcheck", "x86_64");
    assert.equal(await accepted(), true);
    const text = "This update has been submitted for stable by carol.";
    update.comments = [{ author: "bodhi", text, timestamp: "2026-03-02 11:00:00" }];
    assert.equal(await accepted(), true);
    update.comments = [{ author: "bodhi", text, timestamp: "2026-03-02 13:00:00" }];
    assert.equal(await accepted(), false);
  });

  it("takes what another AutoQA of its name says in production for somebody else's", async () => {
    const text = "AutoQA: depcheck test PASSED on x86_64. Result log: http://x (results are informative only)";
    update.comments = [{ author: "autoqa", text, timestamp: "2026-03-02 11:00:00" }];
    const comments = (await bodhi.updatesOfBuilds(["mint-1-1"])).get("mint-1-1")?.comments;
    assert.deepEqual(comments, []);
  });

  it("keeps the file below a bound, and the part before it", () => {
    const log = new PostsLog(file, 1_000);
    for (let job = 1; job <= 20; job++) {
      log.add({ id: job, job, destination: "resultsdb", state: "sending", attempts: 0, remark: "", payload: verdict });
    }
    assert.ok(readFileSync(file).length < 2_000 && readFileSync(`${file}.1`).length < 2_000);
    assert.equal(lines().at(-1)?.job, 20);
  });
});
