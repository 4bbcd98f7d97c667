/** The pages in headless Chromium, with JavaScript off: they can be read, nothing overflows, links lead on. */
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { type Browser, chromium } from "playwright-core";
import { ACCOUNTS, TestInfra } from "../support/infra";

const SCENARIO = join(__dirname, "../conformance/scenario.yaml");

describe("the pages for people, in Chromium", function () {
  this.timeout(120_000);
  let infra: TestInfra;
  let browser: Browser;
  const pictures = process.env.AUTOQA_TEST_SCREENSHOTS;

  before(async () => {
    infra = await TestInfra.start();
    assert.equal((await infra.loadScenario(SCENARIO)).status, 200);
    const text =
      "AutoQA: rpmlint test FAILED on x86_64. Result log: http://autoqa:8080/results/1-autotest/client1/rpmlint/results/output.log (results are informative only)";
    const who = { user_name: "autoqa", password: ACCOUNTS.autoqa };
    await infra.post("bodhi", "/comment", { ...who, title: "FEDORA-2026-0123456789", text });
    for (const [outcome, arch] of [
      ["PASSED", "i686"],
      ["FAILED", "x86_64"],
      ["NEEDS_INSPECTION", "noarch"],
    ]) {
      await infra.get("resultsdb", "/api/v2.0/results", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({
          outcome,
          testcase: "dist.rpmlint",
          note: "1 error",
          data: { item: "mint-2.0-1.fc42", type: "koji_build", arch },
        }),
      });
    }
    await infra.get("bodhi", "/nothing");
    browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
    if (pictures !== undefined) mkdirSync(pictures, { recursive: true });
  });
  after(async () => {
    await browser?.close();
    await infra?.close();
  });

  for (const [name, width, scheme] of [
    ["wide", 1280, "light"],
    ["narrow", 400, "dark"],
  ] as const) {
    for (const path of [
      "/",
      "/builds",
      "/builds/mint-1.0-1.fc42",
      "/tags/f42-build",
      "/updates/FEDORA-2026-0123456789",
      "/results",
      "/journal",
      "/search?terms=mint",
    ]) {
      it(`${path}, ${name} and ${scheme}`, async () => {
        const context = await browser.newContext({
          javaScriptEnabled: false,
          viewport: { width, height: 800 },
          colorScheme: scheme,
        });
        const page = await context.newPage();
        const errors: string[] = [];
        page.on("console", (message) => errors.push(message.text()));
        const response = await page.goto(infra.url("koji", path));
        assert.equal(response?.status(), 200);
        assert.equal(await page.locator("h1").count(), 1);
        assert.ok(((await page.locator("main").textContent()) ?? "").length > 20);
        const box = await page.locator("main").boundingBox();
        assert.ok(box !== null && box.x >= 0 && box.x + box.width <= width + 1, JSON.stringify(box));
        if (pictures !== undefined) {
          await page.screenshot({
            path: join(pictures, `${name}-${path.replace(/\W+/g, "_") || "overview"}.png`),
            fullPage: true,
          });
        }
        assert.deepEqual(errors, []);
        await context.close();
      });
    }
  }

  it("leads from the overview to a comment by links alone", async () => {
    const context = await browser.newContext({ javaScriptEnabled: false });
    const page = await context.newPage();
    await page.goto(infra.url("koji", "/"));
    await page.click("nav >> text=Updates");
    await page.click("text=FEDORA-2026-0123456789");
    assert.match(
      (await page.locator("article.comment").last().textContent()) ?? "",
      /AutoQA: rpmlint test FAILED on x86_64/,
    );
    await page.click("dd a >> text=mint-2.0-1.fc42");
    assert.equal(await page.locator("h1").textContent(), "mint-2.0-1.fc42");
    await page.fill("input[name=terms]", "soda");
    await page.press("input[name=terms]", "Enter");
    assert.match((await page.locator("main").textContent()) ?? "", /soda-3\.0-1\.fc42/);
    await context.close();
  });
});
