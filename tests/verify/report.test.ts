import assert from "node:assert/strict";
import { XMLParser, XMLValidator } from "fast-xml-parser";
import { comparePosts } from "../../verify/posts";
import { overall, type Report, stepStatus, unmodelledCalls } from "../../verify/report";
import { htmlReport } from "../../verify/report/html";
import { junitReport } from "../../verify/report/junit";

/** What must not get into XML or HTML as it is. */
const HOSTILE = `<script>alert("x")</script> & 'y' \u0000\u000b\ud800 ]]>`;

function report(): Report {
  const expected = {
    testcase: "t",
    outcome: "PASSED" as const,
    item: HOSTILE,
    type: "koji_build",
    arch: "noarch",
    ref_url: "http://autoqa:8080/results/1",
    log: [],
  };
  const posted = {
    id: 4,
    outcome: "FAILED",
    testcase: { name: "t" },
    ref_url: expected.ref_url,
    data: { item: [HOSTILE], type: ["koji_build"], arch: ["noarch"] },
  };
  const comparison = comparePosts({ results: [expected], comments: [] }, { results: [posted], comments: [], mail: [] });
  const status = stepStatus(comparison, []);
  const step = { name: HOSTILE, status, actions: [{ action: "clearFaults" as const }], ...comparison, logs: [] };
  const call = { service: "koji", method: HOSTILE, arguments: [HOSTILE], status: 1000 };
  return {
    stage: "3",
    autoqa: { repository: "bundled", ref: null, commit: "0123abc" },
    status: "failed",
    scenarios: [{ name: "one", description: HOSTILE, status: "failed", steps: [step], unmodelled: [call] }],
    run: {
      generation: "g",
      startedAt: "2026-01-01T00:00:00.000Z",
      seconds: 3,
      autoqaUrl: "http://127.0.0.1:1234",
      scenarios: { one: { loadSeconds: 1, stepSeconds: [2], calls: 7 } },
    },
  };
}

describe("junitReport", () => {
  const xml = junitReport(report());

  it("is well-formed whatever was posted, with the counts of its tests", () => {
    assert.equal(XMLValidator.validate(xml), true);
    const parsed = new XMLParser({ ignoreAttributes: false }).parse(xml).testsuites;
    assert.equal(parsed["@_tests"], "2");
    assert.equal(parsed["@_failures"], "2");
    assert.equal(parsed.testsuite["@_time"], "3.000");
    const [step] = parsed.testsuite.testcase;
    assert.match(step.failure["#text"], /outcome: expected PASSED/);
  });

  it("says of each suite which AutoQA it was", () => {
    const { properties } = new XMLParser({ ignoreAttributes: false }).parse(xml).testsuites.testsuite;
    assert.deepEqual(properties.property, [
      { "@_name": "autoqa.repository", "@_value": "bundled" },
      { "@_name": "autoqa.commit", "@_value": "0123abc" },
    ]);
  });

  it("keeps out what XML can't have", () => {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there.
    assert.doesNotMatch(xml, /[\u0000\u000b\ud800]/);
  });
});

describe("htmlReport", () => {
  const html = htmlReport(report());

  it("shows expected and got, and marks the fields that differ", () => {
    assert.match(html, /<mark>PASSED<\/mark>/);
    assert.match(html, /<mark>FAILED<\/mark>/);
    assert.match(html, /1 of 1 use cases failed/);
    assert.match(html, /<dt>AutoQA<\/dt><dd>bundled 0123abc<\/dd>/);
  });

  it("shows what is as expected only on demand beside what is not", () => {
    const whole = report();
    const [step] = whole.scenarios[0]?.steps ?? [];
    const got = {
      testcase: "t",
      outcome: "PASSED",
      item: "fine",
      type: "koji_build",
      arch: "noarch",
      ref_url: "",
      id: 5,
    };
    step?.results.push({ kind: "match", expected: got, got });
    assert.match(htmlReport(whole), /<details><summary>1 more as expected<\/summary>\s*<table[\s\S]*fine/);
    step?.results.shift();
    assert.doesNotMatch(htmlReport(whole), /more as expected/);
  });

  it("lets nothing that was posted become markup", () => {
    assert.doesNotMatch(html, /<script/);
  });

  it("leads to logs where they are reachable, and needs nothing else from outside", () => {
    const links = [...html.matchAll(/(?:href|src)="([^"]*)"/g)].map(([, target]) => target ?? "");
    assert.ok(links.includes("http://127.0.0.1:1234/results/1"));
    assert.ok(
      links.every((link) => link.startsWith("#") || link.startsWith("http://127.0.0.1:1234/")),
      links.join(" "),
    );
  });
});

describe("the report of an environment that runs no scenario", () => {
  const inspected: Report = {
    ...report(),
    stage: "2",
    scenarios: [],
    checks: [
      { name: "AutoQA is healthy", status: "passed", problems: [] },
      { name: "nothing crashed on autoqa", status: "failed", problems: [HOSTILE, "kernel: Out of memory"] },
    ],
  };

  it("has a test a check", () => {
    const parsed = new XMLParser({ ignoreAttributes: false }).parse(junitReport(inspected)).testsuites;
    assert.equal(parsed["@_tests"], "2");
    assert.equal(parsed.testsuite["@_name"], "stage 2");
    assert.match(parsed.testsuite.testcase[1].failure["#text"], /Out of memory/);
  });

  it("shows every check, and problems as text", () => {
    const html = htmlReport(inspected);
    assert.match(html, /<h1>1 of 2 checks failed<\/h1>/);
    assert.match(html, /kernel: Out of memory/);
    assert.doesNotMatch(html, /<script/);
  });
});

describe("unmodelledCalls", () => {
  const call = { seq: 1, service: "koji", method: "a", arguments: [1], status: 1000, unmodelled: true };

  it("has each call once, in an order of its own", () => {
    const journal = [{ ...call, method: "b" }, call, { ...call, seq: 3 }, { ...call, method: "c", unmodelled: false }];
    const expected = unmodelledCalls([call, { ...call, method: "b" }]);
    assert.deepEqual(unmodelledCalls(journal), expected);
    assert.deepEqual(
      expected.map(({ method }) => method),
      ["a", "b"],
    );
  });
});

describe("overall", () => {
  it("is the gravest state", () => {
    assert.equal(overall([]), "passed");
    assert.equal(overall(["passed", "failed"]), "failed");
    assert.equal(overall(["failed", "error", "passed"]), "error");
  });
});
