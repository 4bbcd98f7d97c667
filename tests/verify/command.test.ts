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

  async function run(...args: string[]): Promise<Ended> {
    const out: string[] = [];
    const err: string[] = [];
    const code = await runCommand(args, { out: (line) => out.push(line), err: (line) => err.push(line) });
    return { code, stdout: out.join("\n"), stderr: err.join("\n") };
  }

  it("exits with 0 and writes three reports when AutoQA behaves", async () => {
    const report = join(directory, "good", "report");
    const ended = await run("--scenario", scenario, "--outputs", outputs, "--report", report);
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
    const ended = await run("--scenario", scenario, "--outputs", outputs, "--report", join(directory, "bad"));
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
      [["--outptus", outputs], /unknown option '--outptus'[\s\S]*--outputs/],
      [["--timeout", "soon"], /whole number of seconds/],
    ];
    const ended = await Promise.all(cases.map(([args]) => run(...args)));
    for (const [index, { code, stderr }] of ended.entries()) {
      const [args, message] = cases[index] ?? [[], /never/];
      assert.equal(code, 2, args.join(" "));
      assert.match(stderr, message);
      assert.doesNotMatch(stderr, /\n {4}at /);
    }
  });

  it("prints its help, and exits with 0", async () => {
    const { code, stdout } = await run("--help");
    assert.equal(code, 0);
    assert.match(stdout, /--scenario <name>[\s\S]*--stack <name>[\s\S]*"staging"/);
  });

  it("says all that is wrong with a scenario, before anything is loaded", async () => {
    const typo = join(directory, "typo.yaml");
    await writeFile(typo, SCENARIO.replace("clock:", "clok:"));
    environment.calls.length = 0;
    const ended = await run("--scenario", typo, "--outputs", outputs);
    assert.equal(ended.code, 2);
    assert.match(ended.stderr, /typo\.yaml:2:\d+: clok: unknown field "clok"\n {2}Did you mean "clock"\?/);
    assert.deepEqual(environment.calls, []);
  });
});
