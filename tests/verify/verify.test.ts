import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CannotRun } from "../../verify/errors";
import { Progress } from "../../verify/progress";
import type { Report } from "../../verify/report";
import { jsonReport } from "../../verify/report/json";
import { junitReport } from "../../verify/report/junit";
import { verify } from "../../verify/verify";
import { type FakeEnvironment, fakeEnvironment } from "./fake-environment";

/** Metadata only: nothing is built. */
const SCENARIO = `name: a-scenario
clock: 2011-05-21T17:00:00Z
releases: [F15]
builds:
  - { nvr: one-1-1.f15, rpms: [{ arch: noarch }] }
  - { nvr: two-1-1.f15, rpms: [{ arch: noarch }] }
updates:
  - { alias: U-1, release: F15, builds: [one-1-1.f15], request: testing }
  - { alias: U-2, release: F15, builds: [two-1-1.f15] }
steps:
  - name: the first is examined
    expect:
      verdicts: [{ job: 1, test: rpmlint, item: one-1-1.f15, outcome: PASSED, log: content }]
  - name: the second is submitted
    do: [{ action: requestUpdate, update: U-2, request: testing }, { action: advanceClock, seconds: 5 }]
    expect:
      verdicts: [{ job: 2, test: rpmlint, item: two-1-1.f15, outcome: FAILED }]
`;

function result(job: number, item: string, outcome: string): object {
  const ref_url = `http://autoqa:8080/results/${job}-autoqa/client1/rpmlint/results/output.log`;
  return {
    id: job,
    testcase: { name: "dist.rpmlint" },
    outcome,
    ref_url,
    data: { item: [item], type: ["koji_build"], arch: ["noarch"] },
  };
}

function comment(job: number, update: string, outcome: string): object {
  const text = `AutoQA: rpmlint test ${outcome} on noarch. Result log:\nhttp://autoqa:8080/results/${job}-autoqa/client1/rpmlint/results/output.log\n(results are informative only)`;
  return { update, author: "autoqa", text, karma: 0, email: false, at: "2011-05-21T17:00:01Z" };
}

describe("verify", () => {
  let directory: string;
  let file: string;
  let environment: FakeEnvironment;
  let lines: string[];

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "verify-"));
    file = join(directory, "scenario.yaml");
    await writeFile(file, SCENARIO);
    lines = [];
    environment = await fakeEnvironment();
    environment.logs.set("/results/1-autoqa/client1/rpmlint/results/output.log", "some content");
    environment.logs.set("/results/2-autoqa/client1/rpmlint/results/output.log", "more");
    environment.onSettle = (nth) => {
      const { results, comments } = environment.posts;
      if (nth === 1) {
        results.push(result(1, "one-1-1.f15", "PASSED"));
        comments.push(comment(1, "U-1", "PASSED"));
      } else {
        results.push(result(2, "two-1-1.f15", "FAILED"));
        comments.push(comment(2, "U-2", "FAILED"));
      }
    };
  });
  afterEach(async () => {
    await environment.close();
    await rm(directory, { recursive: true, force: true });
  });

  function run(timeoutSeconds = 1): Promise<Report> {
    const progress = new Progress((line) => lines.push(line));
    return verify({ outputs: environment.outputs, scenarioFiles: [file], timeoutSeconds, progress });
  }

  it("loads, acts, lets AutoQA settle and is content with what is expected", async () => {
    const report = await run();
    assert.equal(report.status, "passed", lines.join("\n"));
    assert.deepEqual(environment.calls, ["load", "settle", "requestUpdate", "advanceClock", "settle"]);
    assert.equal(environment.loaded[0]?.situation.builds.length, 2);
  });

  it("lets AutoQA settle before the first step's actions", async () => {
    await writeFile(file, SCENARIO.replace(/steps:[\s\S]*/, "steps: [{ name: a, do: [{ action: clearFaults }] }]"));
    environment.onSettle = () => undefined;
    assert.equal((await run()).status, "passed");
    assert.deepEqual(environment.calls, ["load", "settle", "clearFaults", "settle"]);
  });

  it("gives the same JSON twice, save the run", async () => {
    const reports = [await run(), await run()];
    const texts = reports.map((report) =>
      jsonReport({ ...report, run: { ...report.run, generation: "", startedAt: "", seconds: 0, scenarios: {} } }),
    );
    assert.equal(texts[0], texts[1]);
    assert.deepEqual(Object.keys(reports[0] ?? {}).at(-1), "run");
  });

  const sabotages: [string, (posts: FakeEnvironment["posts"]) => void, RegExp][] = [
    [
      "a wrong verdict",
      (posts) => posts.results.splice(0, 1, result(1, "one-1-1.f15", "FAILED")),
      /posted differently: result of dist\.rpmlint for one-1-1\.f15 on noarch\n\s+outcome: expected PASSED\n\s+got {6}FAILED/,
    ],
    [
      "a missing result",
      (posts) => posts.results.splice(0, 1),
      /not posted: result of dist\.rpmlint for one-1-1\.f15 on noarch: PASSED/,
    ],
    [
      "a missing comment",
      (posts) => posts.comments.splice(0, 1),
      /not posted: comment on U-1: AutoQA: rpmlint test PASSED/,
    ],
    [
      "a post too many",
      (posts) => posts.results.push(result(1, "two-1-1.f15", "PASSED")),
      /posted though not expected: result of dist\.rpmlint for two-1-1\.f15 on noarch: PASSED/,
    ],
    ["the same twice", (posts) => posts.comments.push(comment(1, "U-1", "PASSED")), /posted twice: comment on U-1/],
    [
      "another job's log",
      (posts) => posts.results.splice(0, 1, result(2, "one-1-1.f15", "PASSED")),
      /ref_url: expected .*\/1-autoqa\/.*\n\s+got .*\/2-autoqa\//,
    ],
    [
      "karma",
      (posts) => posts.comments.splice(0, 1, { ...comment(1, "U-1", "PASSED"), karma: 1 }),
      /karma: expected 0\n\s+got {6}1/,
    ],
    [
      "another author",
      (posts) => posts.comments.splice(0, 1, { ...comment(1, "U-1", "PASSED"), author: "autoqb" }),
      /author: expected autoqa\n\s+got {6}autoqb/,
    ],
    [
      "an e-mail",
      (posts) => posts.comments.splice(0, 1, { ...comment(1, "U-1", "PASSED"), email: true }),
      /email: expected false\n\s+got {6}true/,
    ],
  ];
  for (const [what, sabotage, message] of sabotages) {
    it(`fails on ${what}`, async () => {
      const { onSettle } = environment;
      environment.onSettle = (nth) => {
        onSettle(nth);
        if (nth === 1) sabotage(environment.posts);
      };
      const report = await run();
      assert.equal(report.status, "failed");
      assert.equal(report.scenarios[0]?.steps[0]?.status, "failed");
      assert.match(lines.join("\n"), message);
      assert.match(junitReport(report), /<failure message="/);
    });
  }

  it("charges a late post to the step in which it came", async () => {
    const { onSettle } = environment;
    environment.onSettle = (nth) => {
      onSettle(nth);
      if (nth === 2) environment.posts.comments.push(comment(1, "U-1", "FAILED"));
    };
    const report = await run();
    assert.deepEqual(
      report.scenarios[0]?.steps.map(({ status }) => status),
      ["passed", "failed"],
    );
  });

  it("fails on a log that is not there, is empty, or does not say why", async () => {
    const log = "/results/1-autoqa/client1/rpmlint/results/output.log";
    for (const [content, message] of [
      [undefined, /the log answers HTTP 404: http:\/\/autoqa:8080\/results\/1-autoqa/],
      ["\n", /the log is empty/],
      ["other", /the log does not contain "content"/],
    ] as const) {
      if (content === undefined) environment.logs.delete(log);
      else environment.logs.set(log, content);
      lines = [];
      assert.equal((await run()).status, "failed");
      assert.match(lines.join("\n"), message);
    }
  });

  it("fails on calls that are not modelled, by method and arguments, each once", async () => {
    const call = { service: "koji", method: "getBuildLogs", arguments: [7], status: 1000, unmodelled: true };
    environment.journal = [
      { ...call, seq: 1 },
      { ...call, seq: 2 },
      { ...call, seq: 3, method: "getBuild", unmodelled: false },
    ];
    const report = await run();
    assert.equal(report.status, "failed");
    assert.equal(report.scenarios[0]?.unmodelled.length, 1);
    assert.match(lines.join("\n"), /call that the mock does not model: koji: getBuildLogs \[7\] \(answered 1000\)/);
  });

  it("says what is pending when AutoQA does not settle", async () => {
    environment.unsettled = "watcher koji has not completed a look since 17:00:00";
    const report = await run();
    assert.equal(report.status, "error");
    assert.equal(
      report.scenarios[0]?.steps[0]?.error,
      "AutoQA has not settled within 1 s: watcher koji has not completed a look since 17:00:00",
    );
    assert.match(junitReport(report), /<error message="AutoQA has not settled/);
  });

  it("reports a situation that the control API refuses, with its words", async () => {
    environment.refusal = { status: 422, body: { error: { message: "no such tag", path: "builds[0].tags[0]" } } };
    const report = await run();
    assert.equal(report.status, "error");
    assert.match(report.scenarios[0]?.error ?? "", /HTTP 422: no such tag \(at builds\[0\]\.tags\[0\]\)/);
  });

  it("can't run with a wrong token, or where nothing listens", async () => {
    const { outputs } = environment;
    environment.outputs = { ...outputs, controlToken: "wrong" };
    await assert.rejects(
      run(),
      (error: Error) => error instanceof CannotRun && /refused the token/.test(error.message),
    );
    const gone = await fakeEnvironment();
    await gone.close();
    environment.outputs = gone.outputs;
    await assert.rejects(
      run(),
      (error: Error) => error instanceof CannotRun && /can't be reached \(ECONNREFUSED\)/.test(error.message),
    );
    const stranger = await fakeEnvironment();
    stranger.onSettle = () => {
      stranger.posts = { hello: "world" } as never;
    };
    environment.outputs = stranger.outputs;
    await assert.rejects(run(), /answers unlike a control API/);
    await stranger.close();
    environment.outputs = { ...outputs, control: undefined };
    await assert.rejects(run(), /the outputs lack control/);
  });

  it("can't tell scenarios of one name apart", async () => {
    const progress = new Progress(() => undefined);
    const { outputs } = environment;
    await assert.rejects(
      verify({ outputs, scenarioFiles: [file, file], timeoutSeconds: 1, progress }),
      /two of the scenarios are called a-scenario/,
    );
  });

  it("loads nothing if a scenario is wrong", async () => {
    await writeFile(file, SCENARIO.replace("noarch", "[]"));
    await assert.rejects(run(), /scenario\.yaml:5:/);
    assert.deepEqual(environment.calls, []);
  });
});
