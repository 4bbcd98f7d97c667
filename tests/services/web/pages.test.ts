import assert from "node:assert/strict";
import { html } from "../../../services/web/html";
import { ACCOUNTS, TestInfra } from "../support/infra";
import { build, fedora2011, situation, update } from "../support/situation";

const SCRIPT = "<script>alert('x')</script>";

describe("services/web", () => {
  let infra: TestInfra;

  before(async () => {
    infra = await TestInfra.start();
  });
  after(() => infra.close());
  beforeEach(async () => {
    await infra.load(fedora2011());
  });

  async function page(path: string): Promise<{ status: number; text: string; headers: Headers }> {
    const response = await fetch(infra.url("koji", path));
    return { status: response.status, text: await response.text(), headers: response.headers };
  }

  it("escapes what is put into markup", () => {
    assert.equal(
      html`<p title="${'"'}">${SCRIPT}${[1, null, undefined, html`<b>`]}</p>`.markup,
      '<p title="&quot;">&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;1<b></p>',
    );
  });

  for (const [path, expected] of [
    ["/", ["7 builds", "16 tags", "No situation|F15", "Last results"]],
    ["/builds", ["mint-2.0-1.fc15", "FAILED"]],
    [
      "/builds/mint-2.0-1.fc15",
      ["dist-f15-updates-candidate", "FEDORA-2011-7551", "mint-2.0-1.fc15.x86_64.rpm", "metadata only", "tagged"],
    ],
    ["/tags", ["dist-f15-updates-testing-pending"]],
    ["/tags/dist-f15-updates", ["mint-1.1-1.fc15", "dist-f15</a>", "priority 0, depth 1"]],
    ["/updates", ["FEDORA-2011-7551", "pending", "testing"]],
    ["/updates/FEDORA-2011-7551", ["mint is stale", "lmacken", "Nobody has commented"]],
    ["/results", ["There are no results"]],
    ["/journal", ["Nothing was asked yet"]],
    ["/search?terms=MINT", ["mint-2.0-1.fc15", "FEDORA-2011-7551"]],
    ["/search", ["Type a part of the name"]],
  ] as const) {
    it(`${path} shows ${expected.length} things`, async () => {
      const { status, text, headers } = await page(path);
      assert.equal(status, 200);
      for (const each of expected) assert.match(text, new RegExp(each), each);
      assert.doesNotMatch(text, /<script|undefined|\[object|NaN/);
      assert.match(headers.get("content-security-policy") ?? "", /default-src 'none'/);
    });
  }

  it("shows what was posted, and who asked what", async () => {
    await infra.post("bodhi", "/comment", {
      user_name: "autoqa",
      password: ACCOUNTS.autoqa,
      title: "mint-2.0-1.fc15",
      text: "AutoQA: rpmlint test PASSED",
    });
    await infra.get("resultsdb", "/api/v2.0/results", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({
        outcome: "FAILED",
        testcase: "dist.rpmlint",
        ref_url: "javascript:alert(1)",
        data: { item: "mint-2.0-1.fc15" },
      }),
    });
    await infra.get("bodhi", "/unknown");
    assert.match((await page("/")).text, /AutoQA: rpmlint test PASSED/);
    assert.match((await page("/updates/FEDORA-2011-7551")).text, /posted by a client/);
    const result = (await page("/results/1")).text;
    assert.match(result, /dist\.rpmlint/);
    assert.doesNotMatch(result, /href="javascript/);
    assert.match((await page("/journal")).text, /POST \/comment/);
    assert.doesNotMatch((await page("/journal?only=unmodelled")).text, /POST \/comment/);
    assert.match((await page("/journal?only=unmodelled")).text, /GET \/unknown/);
    const before = (await infra.journal()).length;
    await page("/journal");
    assert.equal((await infra.journal()).length, before, "looking leaves no trace");
  });

  it("escapes everything that a situation or a client brings", async () => {
    const hostile = situation({
      users: [{ name: SCRIPT }],
      releases: fedora2011().releases,
      tags: [...fedora2011().tags, { name: SCRIPT }],
      builds: [build("a-1-1", [SCRIPT], { owner: SCRIPT, source: SCRIPT })],
      updates: [
        update("U", ["a-1-1"], "F15", {
          notes: SCRIPT,
          submitter: SCRIPT,
          bugs: [{ id: 1, title: SCRIPT }],
          comments: [{ author: SCRIPT, text: SCRIPT, at: "2011-05-01T00:00:00Z" }],
        }),
      ],
    });
    await infra.load(hostile);
    await infra.get("bodhi", `/list?release=${encodeURIComponent(SCRIPT)}`);
    const name = encodeURIComponent(SCRIPT);
    for (const path of [
      "/",
      "/builds",
      "/builds/a-1-1",
      "/tags",
      `/tags/${name}`,
      "/updates",
      "/updates/U",
      "/journal",
      `/search?terms=${name}`,
      `/builds/${name}`,
    ]) {
      const { text } = await page(path);
      assert.doesNotMatch(text, /<script/, path);
      assert.match(path === "/" || path === "/updates" ? "&lt;script&gt;" : text, /&lt;script&gt;/, path);
    }
  });

  it("pages long lists", async () => {
    const builds = Array.from({ length: 120 }, (_, index) => build(`p${index}-1-1`, ["t"]));
    await infra.load(situation({ tags: [{ name: "t" }], builds }));
    const first = (await page("/builds")).text;
    assert.match(first, /Page 1 of 3, 120 in all/);
    assert.match(first, /href="\?page=2"/);
    assert.match((await page("/tags/t?page=3")).text, /Page 3 of 3/);
    assert.match((await page("/builds?page=-5")).text, /Page 1 of 3/);
    assert.match((await page("/builds?page=999")).text, /Page 3 of 3/);
  });

  it("says what is not there, takes no writes, and knows koji's own addresses", async () => {
    const { status, text } = await page("/builds/nothing-1-1");
    assert.equal(status, 404);
    assert.match(text, /There is no build “nothing-1-1”/);
    assert.equal((await fetch(infra.url("koji", "/builds"), { method: "POST" })).status, 405);
    const redirect = await fetch(infra.url("koji", "/koji/buildinfo?buildID=5"), { redirect: "manual" });
    assert.deepEqual([redirect.status, redirect.headers.get("location")], [302, "/builds/mint-2.0-1.fc15"]);
  });
});

describe("services/web where production is read through", () => {
  let production: TestInfra;
  let infra: TestInfra;

  before(async () => {
    production = await TestInfra.start();
    await production.load(fedora2011());
    const ports = { bodhi: 0, resultsdb: 0, control: 0 };
    infra = await TestInfra.start({ ports, bodhiReadThrough: production.url("bodhi") });
    const who = { user_name: "autoqa", password: ACCOUNTS.autoqa };
    await infra.post("bodhi", "/comment", { ...who, title: "mint-2.0-1.fc15", text: `sharp ${SCRIPT}`, karma: "0" });
    await infra.get("resultsdb", "/api/v2.0/results", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ outcome: "FAILED", testcase: "dist.rpmlint", data: { item: "mint-2.0-1.fc15" } }),
    });
  });
  after(async () => {
    await infra.close();
    await production.close();
  });

  for (const [path, expected] of [
    ["/", ["1 results", "1 comments", "2 writes", "sharp &lt;script&gt;", "dist.rpmlint"]],
    ["/results", ["FAILED"]],
    ["/results/1", ["dist.rpmlint"]],
    ["/journal?only=writes", ["POST /comment", "POST /api/v2.0/results"]],
    ["/search?terms=SHARP", ["sharp &lt;script&gt;", "No result"]],
    ["/search?terms=mint-2", ["sharp", "FAILED"]],
    ["/search?terms=rpmlint", ["None", "FAILED"]],
    ["/search", ["Type a part"]],
  ] as const) {
    it(`ResultsDB's port shows ${path}`, async () => {
      const { status, body } = await infra.get("resultsdb", path);
      assert.equal(status, 200);
      for (const each of expected) assert.ok(String(body).includes(each), `${each} in ${body}`);
      assert.doesNotMatch(body, /<script|undefined|\[object|NaN|autoqa's password|href="\/(builds|tags|updates)"/);
    });
  }

  it("leaves ResultsDB's own addresses alone", async () => {
    assert.equal((await infra.get("resultsdb", "/api/v2.0/")).status, 300);
    assert.equal((await infra.get("resultsdb", "/results", { method: "POST" })).status, 404);
    assert.equal((await infra.journal()).at(-1).unmodelled, true);
    assert.equal((await production.get("resultsdb", "/results")).status, 404, "where koji's port has the pages");
  });
});
