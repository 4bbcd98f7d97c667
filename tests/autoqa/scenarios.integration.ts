/** AutoQA's tests in whole situations: real mock infrastructure, real RPMs, real tools, the real verification. */
import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { type LocalEnvironment, startLocalEnvironment } from "../../cli/local-environment";
import { bundle, type Program } from "../../components/payload/bundle";
import { Outputs } from "../../verify/outputs";
import { Progress } from "../../verify/progress";
import { verify } from "../../verify/verify";

const project = resolve(__dirname, "../..");
const folder = join(__dirname, "scenarios");

describe("AutoQA in whole situations", function () {
  this.timeout(120_000);
  let directory: string;
  let environment: LocalEnvironment;

  before(async () => {
    directory = mkdtempSync(join(tmpdir(), "autoqa-scenarios-"));
    const write = async (program: Program) => {
      const path = join(directory, `${program}.js`);
      await writeFile(path, await bundle(project, program));
      return path;
    };
    const programs = {
      infra: await write("infra"),
      supervisor: await write("supervisor"),
      autoqa: await write("autoqa"),
    };
    environment = await startLocalEnvironment(programs, { repository: "bundled", ref: "", commit: "" }, directory);
    environment.failure.catch(() => undefined);
  });

  after(async () => {
    await environment?.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  for (const file of readdirSync(folder)) {
    it(`posts what ${file} calls for`, async () => {
      const lines: string[] = [];
      const report = await verify({
        outputs: Outputs.parse(environment.outputs),
        scenarioFiles: [join(folder, file)],
        timeoutSeconds: 60,
        progress: new Progress((text) => void lines.push(text)),
      });
      assert.equal(report.status, "passed", lines.join("\n"));
    });
  }
});
