/** An AutoQA in another language, from a git repository, on real machines: one that dies at once, and one that works. */
import assert from "node:assert/strict";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Repository } from "../autoqa/contract/repository";
import { stage3Config, TestStack } from "./stack";

const tiny = join(__dirname, "../autoqa/fixtures-tiny");

describe("any AutoQA on real machines", () => {
  const stack = new TestStack("any", "");
  const path = join(stack.scratch, "autoqa");
  let commit: string;

  before(() => {
    cpSync(tiny, path, { recursive: true });
    const repository = new Repository(path);
    commit = repository.commit({});
    repository.git("checkout", "--quiet", "-b", "dying");
    repository.commit({ "tiny.py": "import nowhere\n" });
    repository.git("checkout", "--quiet", "main");
  });

  after(async () => {
    await stack.remove();
    assert.deepEqual(stack.traces(), []);
  });

  const deploy = (ref: string) => {
    stack.configure(`${stage3Config}  autoqa:repository: ${path}\n  autoqa:ref: ${ref}\n`);
    return stack.run("up");
  };

  it("fails with the last lines of a service that dies at once", async () => {
    const { exitCode, output, seconds } = await deploy("dying");
    assert.notEqual(exitCode, 0);
    assert.match(output, /the program ended 4 times, at last with exit code 1, and is given up/);
    assert.match(output, /ModuleNotFoundError: No module named 'nowhere'/);
    assert.match(output, /`npm run up` makes it anew; `npm run destroy`/);
    assert.ok(seconds < 200, `it took ${seconds} s: the end of the waiting time, not that of the program`);
  });

  it("comes up with another ref, without machines for clients that it does not have", async () => {
    const { exitCode, output } = await deploy("main");
    assert.equal(exitCode, 0, output);
    const { output: json } = await stack.run("outputs", ["--json", "--show-secrets"]);
    const outputs = JSON.parse(json) as { autoqa: { source: object }; machines: { name: string }[] };
    assert.deepEqual(outputs.autoqa.source, { repository: path, ref: "main", commit });
    assert.deepEqual(
      outputs.machines.map(({ name }) => name),
      ["infra", "autoqa"],
    );
    assert.equal(stack.domains().length, 2);
    writeFileSync(join(stack.scratch, "outputs.json"), json, { mode: 0o600 });
  });

  it("passes verification, and every report has its commit", async () => {
    const report = join(stack.scratch, "report");
    const options = ["--outputs", join(stack.scratch, "outputs.json"), "--report", report];
    const scenario = ["--scenario", join(tiny, "scenario.yaml")];
    const { exitCode, output } = await stack.program(["verify/main.ts", ...options, ...scenario]);
    assert.equal(exitCode, 0, output);
    for (const name of ["report.json", "junit.xml", "index.html"]) {
      assert.match(readFileSync(join(report, name), "utf8"), new RegExp(commit), name);
    }
  });

  it("says which ref does not exist, and touches nothing", async () => {
    const before = stack.traces();
    const { exitCode, output } = await deploy("nowhere");
    assert.notEqual(exitCode, 0);
    assert.match(output, /autoqa:ref: .* has no branch, tag or commit nowhere\./);
    assert.deepEqual(stack.traces(), before);
  });
});
