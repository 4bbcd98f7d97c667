/** The report's page in headless Chromium, with JavaScript off: it can be read, and nothing overflows. */
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, chromium } from "playwright-core";
import { comparePosts } from "../../verify/posts";
import type { Report } from "../../verify/report";
import { htmlReport } from "../../verify/report/html";

const LOG = "http://autoqa:8080/results/12-autoqa/client1/upgradepath/results/output.log";
const NVR = "a-package-with-a-very-long-name-that-nobody-would-give-it-20110501.git0123456789abcdef-1.fc15";

function result(item: string, outcome: "PASSED" | "FAILED") {
  return { testcase: "dist.upgradepath", outcome, item, type: "koji_build", arch: "noarch", ref_url: LOG, log: [] };
}

function posted(id: number, item: string, outcome: string) {
  const data = { item: [item], type: ["koji_build"], arch: ["noarch"] };
  return { id, outcome, testcase: { name: "dist.upgradepath" }, ref_url: LOG, data };
}

function report(): Report {
  const text = `AutoQA: upgradepath test PASSED on noarch. Result log: ${LOG} (results are informative only)`;
  const comment = { update: "FEDORA-2011-9007", text, author: "autoqa", karma: 0, email: false };
  const comparison = comparePosts(
    { results: [result(NVR, "PASSED"), result("other-1-1", "PASSED")], comments: [comment], mail: [] },
    { results: [posted(1, NVR, "FAILED"), posted(2, "other-1-1", "PASSED")], comments: [comment], mail: [] },
  );
  const action = { action: "tagBuild" as const, build: NVR, tag: "dist-f15-updates-testing-pending" };
  const logs = [{ ref_url: LOG, message: "the log is empty" }];
  const steps = [{ name: "A step", status: "failed" as const, actions: [action], ...comparison, logs }];
  const scenario = { name: "a-scenario", description: "What it is about.", status: "failed" as const };
  return {
    stage: "3",
    autoqa: { repository: "https://example.org/autoqa.git", ref: "master", commit: "0123456789".repeat(4) },
    status: "failed",
    scenarios: [{ ...scenario, steps, unmodelled: [] }],
    run: {
      generation: "g",
      startedAt: "2026-01-01T00:00:00.000Z",
      seconds: 3,
      autoqaUrl: "http://127.0.0.1:1234",
      scenarios: { "a-scenario": { loadSeconds: 1, stepSeconds: [2], calls: 7 } },
    },
  };
}

describe("the report's page, in Chromium", function () {
  this.timeout(60_000);
  let directory: string;
  let browser: Browser;
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), "report-page-"));
    await writeFile(join(directory, "index.html"), htmlReport(report()));
    browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
  });
  after(async () => {
    await browser?.close();
    await rm(directory, { recursive: true, force: true });
  });

  for (const width of [1280, 400]) {
    it(`fits ${width} pixels, what is wrong in sight and the rest a click away`, async () => {
      const context = await browser.newContext({ viewport: { width, height: 900 }, javaScriptEnabled: false });
      const page = await context.newPage();
      await page.goto(pathToFileURL(join(directory, "index.html")).href);
      assert.equal(await page.locator("mark").first().isVisible(), true);
      const right = page.getByRole("cell", { name: "other-1-1" });
      assert.equal(await right.isVisible(), false);
      await page.getByText("1 more as expected").click();
      assert.equal(await right.isVisible(), true);
      for (const box of await page.locator("table, p, li, h2").all()) {
        const { x = 0, width: own = 0 } = (await box.boundingBox()) ?? {};
        assert.ok(x + own <= width, (await box.textContent()) ?? "");
      }
      await context.close();
    });
  }
});
