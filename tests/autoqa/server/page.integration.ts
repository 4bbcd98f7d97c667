/** The results page as a person sees it, in headless Chromium without scripts. Needs chromium. */
import assert from "node:assert/strict";
import { existsSync, mkdirSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { serve } from "@hono/node-server";
import { Hono } from "hono";
import { type Browser, chromium, type Page } from "playwright-core";
import type { Outcome } from "../../../autoqa/outcomes";
import { Posts, type Verdict } from "../../../autoqa/reporters/posts";
import { openDatabase } from "../../../autoqa/server/database";
import { Jobs } from "../../../autoqa/server/jobs";
import { renderPage } from "../../../autoqa/server/page";
import { Batches } from "../../../autoqa/watchers/batch-memory";
import { Rounds } from "../../../autoqa/watchers/rounds";
import { batchEvent, buildEvent } from "../events";

const executablePath = "/usr/bin/chromium";

describe("the results page", function () {
  this.timeout(60_000);
  let browser: Browser;
  let page: Page;
  let server: ReturnType<typeof serve>;
  let jobs: Jobs;
  let posts: Posts;
  let rounds: Rounds;
  let batches: Batches;
  let problems: string[];

  before(async function () {
    if (!existsSync(executablePath)) this.skip();
    browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
  });

  after(() => browser?.close());

  beforeEach(async () => {
    const database = openDatabase(":memory:");
    jobs = new Jobs(database, () => new Date("2011-05-21T17:16:58Z"));
    posts = new Posts(database);
    batches = new Batches(database);
    problems = [];
    const releases = async () => {
      throw new Error("bodhi cannot be reached (ECONNREFUSED)");
    };
    const watchers = [
      { name: "koji-builds", look: async () => ({ events: [], pending: false, remember: () => undefined }) },
    ];
    rounds = new Rounds({ database, jobs, controls: [], watchers, releases });
    const app = new Hono().get("/", (c) => {
      return c.html(
        renderPage({
          ...{ jobs, posts, rounds, isIdle: false, problems, tests: ["depcheck", "rpmlint", "upgradepath"] },
          clients: [{ name: "client1", labels: ["noarch", "i386"] }],
          hasLog: (job) => job !== 4,
        }),
      );
    });
    server = serve({ fetch: app.fetch, hostname: "127.0.0.1", port: 0 });
    await new Promise((resolve) => server.once("listening", resolve));
    const context = await browser.newContext({ javaScriptEnabled: false, viewport: { width: 1280, height: 900 } });
    page = await context.newPage();
  });

  afterEach(async () => {
    await page.context().close();
    await new Promise((resolve) => server.close(resolve));
  });

  const open = () => page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);

  function addBatch(updates: Record<string, string[]>, arches: string[]): void {
    const event = batchEvent(updates);
    jobs.add(
      event,
      arches.map((arch) => ({ test: "depcheck", arch, serial: undefined })),
    );
    batches.put(event.tag, "content", event);
  }

  function finish(number: number, test: string, arch: string, item: string, outcome: Outcome): void {
    jobs.start(number, "client1", "x/0");
    const type = item.startsWith("FEDORA") ? ("bodhi_update" as const) : ("koji_build" as const);
    const result = { item, type, outcome, note: "a note", builds: [item] };
    jobs.finish({ number, client: "client1", holder: "x/0" }, outcome, [result], () => {
      const verdict: Verdict = { ...result, test, arch, url: "", target: "stable", arches: ["i386", "x86_64"] };
      posts.add(number, "resultsdb", verdict);
      posts.add(number, "bodhi", verdict);
    });
  }

  it("shows watchers, clients, what is expected of updates and what was posted, and all jobs with their logs", async () => {
    await rounds.round();
    jobs.add(buildEvent("mint-1-1"), [{ test: "rpmlint", arch: "noarch", serial: undefined }]);
    addBatch({ "FEDORA-2011-1": ["FEDORA-2011-1"] }, ["i386", "x86_64"]);
    finish(1, "rpmlint", "noarch", "mint-1-1", "PASSED");
    finish(2, "depcheck", "i386", "FEDORA-2011-1", "FAILED");
    posts.settle(posts.ofJob(2)[1]?.id ?? 0, "sent", "comment on FEDORA-2011-1");
    await open();
    const row = (name: RegExp) => page.getByRole("row", { name });
    assert.equal(await row(/koji-builds 1 .* bodhi cannot be reached/).count(), 1);
    assert.equal(await page.getByText("client1: noarch, i386").count(), 1);
    assert.equal(await row(/depcheck on i386 FAILED 2 resultsdb: waiting, bodhi: sent/).count(), 1);
    assert.equal(await row(/depcheck on x86_64 awaited/).count(), 1);
    assert.equal(await row(/upgradepath on noarch awaited/).count(), 1);
    assert.equal(await row(/^3 depcheck on x86_64 1 update in f15-updates-pending queued/).count(), 1);
    const link = row(/^1 rpmlint on noarch mint-1-1 PASSED client1/).getByRole("link", { name: "output.log" });
    assert.equal(await link.getAttribute("href"), "/results/1-autoqa/client1/rpmlint/results/output.log");
    mkdirSync("reports", { recursive: true });
    await page.screenshot({ path: join("reports", "autoqa-page.png"), fullPage: true });
  });

  it("stays readable with hostile names, and wide ones do not widen it", async () => {
    const hostile = `<script>document.title = "owned"</script>${"wide".repeat(200)}`;
    addBatch({ [hostile]: [hostile] }, ["i386"]);
    await open();
    assert.equal(await page.locator("script").count(), 0);
    assert.equal((await page.getByText("<script>").count()) > 0, true);
    const width = await page
      .locator("body")
      .evaluate((body) => body.scrollWidth)
      .catch(() => 0);
    assert.ok(width <= 1280, `${width} pixels`);
  });

  it("shows no verdict on other builds of an update, no update that waits for nothing, and no link to a log that is gone", async () => {
    addBatch({ "FEDORA-2011-1": ["FEDORA-2011-1"] }, ["i386"]);
    finish(1, "depcheck", "i386", "FEDORA-2011-1", "PASSED");
    await open();
    const row = (name: RegExp) => page.getByRole("row", { name });
    assert.equal(await row(/depcheck on i386 PASSED 1/).count(), 1);
    addBatch({ "FEDORA-2011-1": ["mint-2-1"] }, ["i386"]);
    await open();
    assert.equal(await row(/depcheck on i386 awaited/).count(), 1);
    addBatch({ "FEDORA-2011-2": ["julep-1-1"] }, ["i386", "x86_64"]);
    finish(4, "depcheck", "x86_64", "FEDORA-2011-2", "PASSED");
    batches.put("f15-updates-pending", "", undefined);
    problems = ["a post of job 4 to bodhi was set aside: bodhi answered HTTP 400"];
    await open();
    assert.equal(await page.getByText("No update waits for a push.").count(), 1);
    assert.equal(await page.getByText(/^a post of job 4 to bodhi was set aside/).count(), 1);
    assert.equal(
      await row(/^1 depcheck/)
        .getByRole("link", { name: "output.log" })
        .count(),
      1,
    );
    assert.equal(
      await row(/^4 depcheck/)
        .getByRole("link", { name: "output.log" })
        .count(),
      0,
    );
  });

  it("says so when there is nothing yet", async () => {
    await open();
    assert.equal(await page.getByText("Jobs: none yet.").count(), 1);
    assert.equal(await page.getByText("No update waits for a push.").count(), 1);
  });
});
