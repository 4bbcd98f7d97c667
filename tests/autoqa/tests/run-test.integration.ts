/** What tests' runs end in where there is nothing to judge, or koji cannot say. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Event } from "../../../autoqa/events/events";
import { resultsOf, showControls } from "../../../autoqa/tests/run-test";
import { FakeInfrastructure, fakeRelease } from "../fake-infrastructure";
import { rpmsOf } from "../rpms";

const release = { name: "F15", branch: "f15", distTag: "f15", stableTag: "f15-updates", testingTag: "f15-testing" };
const nvr = "box-1.0-1.fc15";

function built(build: string): Event {
  return { event: "post-koji-build", release, tag: "f15-updates-testing-pending", build };
}

function pending(updates: Record<string, string[]>): Event {
  return {
    ...{ event: "post-bodhi-update-batch", release, tag: "f15-updates-pending", target: "stable", cause: "changed" },
    arches: ["x86_64"],
    updates: Object.entries(updates).map(([name, builds]) => ({ name, builds })),
  };
}

describe("a test's run", function () {
  this.timeout(60_000);
  let infrastructure: FakeInfrastructure;
  let url: string;
  let directory: string;
  let lines: string[];

  beforeEach(async () => {
    infrastructure = new FakeInfrastructure();
    url = await infrastructure.start();
    directory = mkdtempSync(join(tmpdir(), "autoqa-run-"));
    lines = [];
  });

  afterEach(async () => {
    await infrastructure.stop();
    rmSync(directory, { recursive: true });
  });

  /** @returns "item OUTCOME: note" of each result */
  async function run(test: string, event: Event, arch = "noarch"): Promise<string[]> {
    const endpoints = {
      ...{ kojiHubUrl: `${url}/kojihub`, kojiFilesUrl: `${url}/kojifiles`, bodhiUrl: `${url}/bodhi` },
      ...{ bodhiUsername: "autoqa", reposUrl: `${url}/repositories` },
    };
    const results = await resultsOf({ test, arch, event, endpoints, directory }, (line) => lines.push(line));
    return results.map(({ item, outcome, note }) => `${item} ${outcome}: ${note}`);
  }

  describe("on a build of which koji lists no RPM", () => {
    const needsInspection = [`${nvr} NEEDS_INSPECTION: koji lists no RPM of ${nvr} that could be installed`];

    beforeEach(() => infrastructure.addBuild(nvr, []));

    it("is no pass of rpmlint", async () => assert.deepEqual(await run("rpmlint", built(nvr)), needsInspection));

    it("is no pass of rpmguard, with a stable build and without", async () => {
      assert.deepEqual(await run("rpmguard", built(nvr)), needsInspection);
      infrastructure.addBuild("box-0.9-1.fc15", await rpmsOf("box-0.9-1.fc15"));
      infrastructure.tag("box-0.9-1.fc15", "f15-updates");
      assert.deepEqual(await run("rpmguard", built(nvr)), needsInspection);
    });

    it("is no pass of rpmguard on the build after it", async () => {
      infrastructure.tag(nvr, "f15-updates");
      infrastructure.addBuild("box-1.1-1.fc15", await rpmsOf("box-1.1-1.fc15"));
      assert.deepEqual(await run("rpmguard", built("box-1.1-1.fc15")), [
        `box-1.1-1.fc15 NEEDS_INSPECTION: koji lists no RPM of ${nvr} that could be installed`,
      ]);
    });

    it("is no pass of depcheck for its update, and none the less judges the others", async () => {
      serveEmptyRepositories();
      infrastructure.addBuild("good-1.0-1.fc15", await rpmsOf("good-1.0-1.fc15"));
      infrastructure.addBuild("only32-1.0-1.fc15", await rpmsOf("only32-1.0-1.fc15", { arches: ["i686"] }));
      const updates = {
        "FEDORA-2011-1": ["good-1.0-1.fc15"],
        "FEDORA-2011-2": ["good-1.0-1.fc15", nvr],
        "FEDORA-2011-3": ["only32-1.0-1.fc15"],
      };
      assert.deepEqual(await run("depcheck", pending(updates), "x86_64"), [
        "FEDORA-2011-1 PASSED: stable push, x86_64",
        `FEDORA-2011-2 NEEDS_INSPECTION: koji lists no RPM of ${nvr} that could be installed`,
        "FEDORA-2011-3 PASSED: stable push, x86_64",
      ]);
      assert.ok(lines.includes(`NOT JUDGED: FEDORA-2011-2: koji lists no RPM of ${nvr} that could be installed`));
    });
  });

  it("is no pass of rpmlint on a build of which koji lists its source alone", async () => {
    const source = (await rpmsOf(nvr)).filter(({ arch }) => arch === "src");
    assert.equal(source.length, 1);
    infrastructure.addBuild(nvr, source);
    assert.match((await run("rpmlint", built(nvr))).join(), /NEEDS_INSPECTION/);
  });

  describe("of upgradepath", () => {
    beforeEach(() => {
      infrastructure.releases = [fakeRelease("f15", "15"), fakeRelease("f16", "16")];
      infrastructure.addBuild(nvr, []);
      infrastructure.addBuild("box-0.9-1.fc16", []);
      infrastructure.tag("box-0.9-1.fc16", "f16");
    });

    for (const [hub, words] of [
      ["today's koji", "No such tagInfo: 'f16-updates'"],
      ["koji before 1.25", "Invalid tagInfo: 'f16-updates'"],
      ["koji 1.6", "No such entry in table tag: f16-updates"],
    ] as const) {
      it(`finds nothing in a tag that does not exist, in the words of ${hub}`, async () => {
        infrastructure.tagFaults.set("f16-updates", { code: 1000, message: words });
        assert.deepEqual(await run("upgradepath", pending({ U: [nvr] })), ["U FAILED: 1 builds into f15-updates"]);
      });
    }

    for (const [code, message] of [
      [1000, "database error: connection lost"],
      [1, "<class 'psycopg2.OperationalError'>: server closed the connection"],
      [1014, "database outage"],
    ] as const) {
      it(`gives no verdict after fault ${code} (${message})`, async () => {
        infrastructure.tagFaults.set("f16", { code, message });
        const results = await run("upgradepath", pending({ U: [nvr] }));
        assert.match(results.join(), /^U ABORTED: .*(database|server closed)/);
      });
    }
  });

  it("shows control characters of file names as what they are", () => {
    assert.equal(
      showControls("a\tb\u001b[2Jc\nRESULT: x PASSED\u009b\u202e é"),
      "a\tb\\u{1b}[2Jc\\u{a}RESULT: x PASSED\\u{9b}\\u{202e} é",
    );
  });

  function serveEmptyRepositories(): void {
    const empty = '<metadata xmlns="http://linux.duke.edu/metadata/common" packages="0"></metadata>';
    const entry = (type: string) =>
      `<data type="${type}"><checksum type="sha256">${sha256(empty)}</checksum><location href="repodata/${type}.xml"/></data>`;
    const repomd = `<repomd>${entry("primary")}${entry("filelists")}</repomd>`;
    infrastructure.intercept = (path) => {
      if (!path.startsWith("/repositories/")) return undefined;
      return { status: 200, body: path.endsWith("/repomd.xml") ? repomd : empty };
    };
  }
});

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
