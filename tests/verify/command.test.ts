import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runCommand } from "../../verify/command";
import { type FakeEnvironment, fakeEnvironment } from "./fake-environment";

const SCENARIO = `name: quiet
clock: 2011-05-21T17:00:00Z
steps: [{ name: nothing happens }]
`;

interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

describe("npm run verify", () => {
  let directory: string;
  let outputs: string;
  let scenario: string;
  let environment: FakeEnvironment;
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), "verify-main-"));
    outputs = join(directory, "outputs.json");
    scenario = join(directory, "quiet.yaml");
    environment = await fakeEnvironment();
    await writeFile(outputs, JSON.stringify(environment.outputs));
    await writeFile(scenario, SCENARIO);
  });
  after(async () => {
    await environment.close();
    await rm(directory, { recursive: true, force: true });
  });

  async function run(args: readonly string[], interruption?: AbortSignal): Promise<Ended> {
    const out: string[] = [];
    const err: string[] = [];
    const terminal = { out: (line: string) => void out.push(line), err: (line: string) => void err.push(line) };
    const code = await runCommand(args, terminal, interruption);
    return { code, stdout: out.join("\n"), stderr: err.join("\n") };
  }

  it("exits with 0 and writes three reports when AutoQA behaves", async () => {
    const report = join(directory, "good", "report");
    const ended = await run(["--scenario", scenario, "--outputs", outputs, "--report", report]);
    assert.equal(ended.code, 0, ended.stderr);
    assert.match(ended.stdout, /all 1 use cases passed in [\d.]+ s; report: .*index\.html$/);
    assert.deepEqual((await readdir(report)).sort(), ["index.html", "junit.xml", "report.json"]);
    assert.equal(JSON.parse(await readFile(join(report, "report.json"), "utf8")).scenarios[0].status, "passed");
  });

  it("exits with 1 when a use case fails", async () => {
    environment.onSettle = () => {
      const comment = { update: "U", author: "autoqa", text: "hello", karma: 0, email: false };
      environment.posts.comments.push(comment);
    };
    const ended = await run(["--scenario", scenario, "--outputs", outputs, "--report", join(directory, "bad")]);
    environment.onSettle = () => undefined;
    assert.equal(ended.code, 1);
    assert.match(ended.stdout, /posted though not expected: comment on U: hello/);
  });

  it("exits with 2 and one clear line when it can't run", async () => {
    const wrong = join(directory, "wrong.json");
    await writeFile(wrong, JSON.stringify({ ...environment.outputs, controlToken: "stale" }));
    const broken = join(directory, "broken.json");
    await writeFile(broken, "{");
    const partial = join(directory, "partial.json");
    await writeFile(partial, '{"stage": 3}');
    const stranger = join(directory, "stranger.json");
    await writeFile(stranger, JSON.stringify({ ...environment.outputs, control: environment.outputs.autoqa }));
    const future = join(directory, "future.json");
    await writeFile(future, JSON.stringify({ ...environment.outputs, stage: 4 }));
    const damaged = join(directory, "damaged.json");
    await writeFile(damaged, JSON.stringify({ ...environment.outputs, controlToken: "the\ntoken" }));
    const cases: [string[], RegExp][] = [
      [["--outputs", join(directory, "none.json")], /^verify: there is no outputs file .*none\.json/],
      [["--outputs", broken], /^verify: the outputs of .*broken\.json are no JSON/],
      [["--outputs", partial], /lack what the verification needs:\n[\s\S]*generation/],
      [["--outputs", wrong, "--scenario", scenario], /refused the token/],
      [
        ["--outputs", outputs, "--scenario", "rpmlint-dist-tag"],
        /^verify: there is no scenario "rpmlint-dist-tag" .* Did you mean "rpmlint-dist-tags"\?/,
      ],
      [["--outputs", outputs, "--scenario", scenario, "--report", join(outputs, "x")], /report can't be written/],
      [["--outputs", outputs, "--scenario", scenario, "--report", ""], /can't be written to "": .*--report/],
      [["--outputs", directory], /^verify: the outputs file .* can't be read: EISDIR/],
      [["--outputs", future], /lack what the verification needs:\n[\s\S]*"1"\|"2"\|"3"[\s\S]*stage/],
      [["--outputs", damaged], /is no token\n[\s\S]*controlToken/],
      [
        ["--outputs", stranger, "--scenario", scenario],
        /answers unlike a control API.*\nPUT \/situation with HTTP 404/,
      ],
      [
        ["--outputs", outputs, "--scenario", "tests/"],
        /^verify: tests\/scenario\.yaml: can't be read\n {2}Is the path/,
      ],
      [["--timeout", "0"], /at least 1/],
      [["--timeout", "-1"], /at least 1/],
      [["--outptus", outputs], /unknown option '--outptus'[\s\S]*--outputs/],
      [["--timeout", "soon"], /whole number of seconds, at least 1/],
    ];
    const ended = await Promise.all(cases.map(([args]) => run(args)));
    for (const [index, { code, stderr }] of ended.entries()) {
      const [args, message] = cases[index] ?? [[], /never/];
      assert.equal(code, 2, args.join(" "));
      assert.match(stderr, message);
      assert.doesNotMatch(stderr, /\n {4}at /);
      assert.doesNotMatch(stderr, /the\ntoken/);
    }
  });

  it("says that there can be no report before anything is run", async () => {
    environment.calls.length = 0;
    const ended = await run(["--scenario", scenario, "--outputs", outputs, "--report", join(outputs, "x")]);
    assert.equal(ended.code, 2);
    assert.deepEqual(environment.calls, []);
  });

  it("takes the path of a scenario's folder, too", async () => {
    await writeFile(join(directory, "scenario.yaml"), SCENARIO);
    const ended = await run([
      "--scenario",
      `${directory}/`,
      "--outputs",
      outputs,
      "--report",
      join(directory, "folder"),
    ]);
    assert.equal(ended.code, 0, ended.stderr);
  });

  describe("ended early", () => {
    let second: string;
    before(async () => {
      second = join(directory, "second.yaml");
      await writeFile(second, SCENARIO.replace("quiet", "second"));
    });
    afterEach(() => {
      environment.beforeSettle = () => undefined;
    });

    async function statuses(report: string): Promise<unknown> {
      const { scenarios, run } = JSON.parse(await readFile(join(report, "report.json"), "utf8"));
      return [scenarios.map(({ name, status }: { name: string; status: string }) => [name, status]), run.brokenOff];
    }

    it("by a signal, exits with 2 and reports what was verified until then", async () => {
      const interruption = new AbortController();
      let settlings = 0;
      environment.beforeSettle = () => {
        settlings += 1;
        if (settlings === 2) interruption.abort();
      };
      const report = join(directory, "interrupted");
      const ended = await run(
        ["--scenario", scenario, "--scenario", second, "--outputs", outputs, "--report", report],
        interruption.signal,
      );
      assert.equal(ended.code, 2);
      assert.match(ended.stdout, /ended early: 1 of 2 use cases were run, and 0 of these failed/);
      assert.match(ended.stderr, /^verify: interrupted$/);
      const cases = [
        ["quiet", "passed"],
        ["second", "error"],
      ];
      assert.deepEqual(await statuses(report), [cases, "interrupted"]);
    });

    it("by the end of the environment, says so in the report, too", async () => {
      const dying = await fakeEnvironment();
      let settlings = 0;
      dying.beforeSettle = () => {
        settlings += 1;
        if (settlings === 2) void dying.close();
      };
      const file = join(directory, "dying.json");
      await writeFile(file, JSON.stringify(dying.outputs));
      const report = join(directory, "died");
      const ended = await run(["--scenario", scenario, "--scenario", second, "--outputs", file, "--report", report]);
      assert.equal(ended.code, 2);
      assert.match(ended.stderr, /^verify: the control API at .* can't be reached/);
      assert.match(await readFile(join(report, "index.html"), "utf8"), /can&#39;t be reached/);
      assert.match(await readFile(join(report, "junit.xml"), "utf8"), /<error message="the verification ended before/);
    });

    it("before the first use case, leaves the reports of another time", async () => {
      const report = join(directory, "kept");
      await run(["--scenario", scenario, "--outputs", outputs, "--report", report]);
      const ended = await run(["--scenario", scenario, "--outputs", outputs, "--report", report], AbortSignal.abort());
      assert.equal(ended.code, 2);
      assert.match(ended.stderr, /^verify: interrupted$/);
      assert.deepEqual(await statuses(report), [[["quiet", "passed"]], undefined]);
    });
  });

  it("prints its help, and exits with 0", async () => {
    const { code, stdout } = await run(["--help"]);
    assert.equal(code, 0);
    assert.match(stdout, /--scenario <name>[\s\S]*--stack <name>[\s\S]*"staging"/);
  });

  it("says all that is wrong with a scenario, before anything is loaded", async () => {
    const typo = join(directory, "typo.yaml");
    await writeFile(typo, SCENARIO.replace("clock:", "clok:"));
    environment.calls.length = 0;
    const ended = await run(["--scenario", typo, "--outputs", outputs]);
    assert.equal(ended.code, 2);
    assert.match(ended.stderr, /typo\.yaml:2:\d+: clok: unknown field "clok"\n {2}Did you mean "clock"\?/);
    assert.deepEqual(environment.calls, []);
  });
});
