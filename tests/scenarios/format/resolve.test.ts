import assert from "node:assert/strict";
import { parseScenario } from "../../../scenarios/format/parse";
import { metadataOnlyRpm, resolveScenario } from "../../../scenarios/format/resolve";
import { Situation } from "../../../scenarios/format/situation";

const SCENARIO = `name: a-scenario
clock: 2011-05-21T17:00:00Z
releases: [{ name: F15, naming: dist }]
tags:
  - { name: dist-f15-updates-candidate, blocked: [evil] }
  - { name: side-tag, parents: [{ tag: dist-f15 }] }
users: [{ name: carol, groups: [provenpackager] }]
builds:
  - { nvr: one-1-1.fc15, owner: alice }
  - { nvr: two-1-1.fc15, owner: bob, rpms: [{ arch: noarch }] }
  - { nvr: three-1-1.fc15 }
  - { nvr: four-1-1.fc15 }
  - { nvr: five-1-1.fc15, tags: [side-tag, { tag: dist-f15, at: "2011-01-01T00:00:00Z" }] }
  - { nvr: six-1-1.fc15, state: FAILED }
updates:
  - { alias: U-1, release: F15, builds: [one-1-1.fc15], request: testing, comments: [{ author: dan, text: hm, at: "2011-05-21T16:00:00Z" }] }
  - { alias: U-2, release: F15, builds: [two-1-1.fc15], status: testing, request: stable, submitter: erin }
  - { alias: U-3, release: F15, builds: [three-1-1.fc15], status: stable }
  - { alias: U-4, release: F15, builds: [four-1-1.fc15], status: obsolete }
steps:
  - name: first
    expect:
      verdicts: [{ job: 7, test: depcheck, item: U-1, arch: i386, outcome: FAILED, email: true }]
  - name: second
    do:
      - { action: editUpdate, update: U-1, builds: [one-1-1.fc15, six-1-1.fc15] }
      - { action: commentUpdate, update: U-1, author: gina, text: fine }
    expect:
      verdicts: [{ job: 8, test: rpmlint, item: six-1-1.fc15, outcome: PASSED, client: client2, log: ok }]
      comments: [{ update: U-2, text: anything }]
`;

describe("resolveScenario", () => {
  const { scenario } = parseScenario(SCENARIO, "s.yaml");
  const rpms = new Map(
    scenario.builds.map((build) => [build.nvr, build.rpms.map((rpm) => metadataOnlyRpm(scenario, build, rpm))]),
  );
  const { situation, steps } = resolveScenario(scenario, rpms);

  it("makes a situation that the control API's schema accepts", () => {
    assert.deepEqual(Situation.parse(situation), situation);
  });

  it("tags builds where bodhi has put those of their updates", () => {
    const tags = Object.fromEntries(situation.builds.map(({ name, tags }) => [name, tags.map(({ tag }) => tag)]));
    assert.deepEqual(tags, {
      one: ["dist-f15-updates-candidate", "dist-f15-updates-testing-pending"],
      two: ["dist-f15-updates-testing", "dist-f15-updates-pending"],
      three: ["dist-f15-updates"],
      four: ["dist-f15-updates-candidate"],
      five: ["side-tag", "dist-f15"],
      six: [],
    });
  });

  it("puts given tags in the place of derived ones", () => {
    const candidate = situation.tags.filter(({ name }) => name === "dist-f15-updates-candidate");
    assert.deepEqual(
      candidate.map(({ blocked }) => blocked),
      [["evil"]],
    );
    assert.ok(situation.tags.some(({ name }) => name === "side-tag"));
  });

  it("knows everybody the scenario names", () => {
    assert.deepEqual(
      situation.users.map(({ name }) => name),
      ["autoqa", "carol", "alice", "bob", "packager", "dan", "erin", "gina"],
    );
    assert.deepEqual(situation.users[1]?.groups, ["provenpackager"]);
    assert.equal(situation.updates[0]?.submitter, "alice");
  });

  it("makes up the same metadata whenever it is asked", () => {
    const [rpm] = situation.builds[1]?.rpms ?? [];
    assert.equal(rpm?.arch, "noarch");
    assert.equal(rpm?.buildTime, Date.parse("2011-05-21T17:00:00Z") / 1000);
    assert.match(rpm?.payloadHash ?? "", /^[0-9a-f]{32}$/);
    assert.equal(rpm?.file, undefined);
  });

  it("spells verdicts out as a result and its comment", () => {
    assert.deepEqual(steps[0]?.expected, {
      results: [
        {
          testcase: "dist.depcheck",
          outcome: "FAILED",
          item: "U-1",
          type: "bodhi_update",
          arch: "i386",
          ref_url: "http://autoqa:8080/results/7-autoqa/client1/depcheck/results/output.log",
          log: [],
        },
      ],
      comments: [
        {
          update: "U-1",
          text: "AutoQA: depcheck test FAILED on i386. Result log: http://autoqa:8080/results/7-autoqa/client1/depcheck/results/output.log (results are informative only)",
          author: "autoqa",
          karma: 0,
          email: true,
        },
      ],
    });
  });

  it("follows the updates' edits", () => {
    const { results, comments } = steps[1]?.expected ?? { results: [], comments: [] };
    assert.equal(results[0]?.type, "koji_build");
    assert.deepEqual(results[0]?.log, ["ok"]);
    assert.match(results[0]?.ref_url ?? "", /\/8-autoqa\/client2\//);
    assert.deepEqual(
      comments.map(({ update }) => update),
      ["U-1", "U-2"],
    );
  });

  it("spells out several items and architectures, a job for each architecture", () => {
    const verdicts = "[{ job: 4, test: depcheck, arch: [i386, x86_64], item: [U-1, U-2], outcome: PASSED }]";
    const text = SCENARIO.replace(/steps:[\s\S]*/, `steps: [{ name: x, expect: { verdicts: ${verdicts} } }]`);
    const [step] = resolveScenario(parseScenario(text, "s.yaml").scenario, new Map()).steps;
    assert.deepEqual(
      step?.expected.results.map(({ arch, item, ref_url }) => [arch, item, ref_url.split("/")[4]]),
      [
        ["i386", "U-1", "4-autoqa"],
        ["i386", "U-2", "4-autoqa"],
        ["x86_64", "U-1", "5-autoqa"],
        ["x86_64", "U-2", "5-autoqa"],
      ],
    );
    assert.equal(step?.expected.comments.length, 4);
  });

  it("expects no comment of what is AutoQA's own trouble, or has been said before", () => {
    const verdicts = `[
      { job: 1, test: rpmlint, item: one-1-1.fc15, outcome: CRASHED },
      { job: 2, test: depcheck, item: U-1, outcome: ABORTED, comment: true },
      { job: 3, test: depcheck, item: U-1, outcome: PASSED, comment: false }]`;
    const text = SCENARIO.replace(/steps:[\s\S]*/, `steps: [{ name: x, expect: { verdicts: ${verdicts} } }]`);
    const [step] = resolveScenario(parseScenario(text, "s.yaml").scenario, new Map()).steps;
    assert.deepEqual(
      step?.expected.results.map(({ outcome, log }) => [outcome, ...log]),
      [["NEEDS_INSPECTION", "CRASHED"], ["NEEDS_INSPECTION", "ABORTED"], ["PASSED"]],
    );
    assert.deepEqual(
      step?.expected.comments.map(({ text }) => text.split(".")[0]),
      ["AutoQA: depcheck test ABORTED on noarch"],
    );
  });

  it("expects only the comment of what ResultsDB can't take", () => {
    const verdict = "{ job: 1, test: depcheck, item: U-1, outcome: PASSED, result: false }";
    const text = SCENARIO.replace(/steps:[\s\S]*/, `steps: [{ name: x, expect: { verdicts: [${verdict}] } }]`);
    const [step] = resolveScenario(parseScenario(text, "s.yaml").scenario, new Map()).steps;
    assert.deepEqual(step?.expected.results, []);
    assert.deepEqual(
      step?.expected.comments.map(({ update }) => update),
      ["U-1"],
    );
  });
});
