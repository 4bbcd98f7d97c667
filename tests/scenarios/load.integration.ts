import assert from "node:assert/strict";
import { cp, mkdtemp, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { ScenarioError } from "../../scenarios/format/problem";
import { loadScenario } from "../../scenarios/load";

const SCENARIOS = resolve(__dirname, "../../scenarios");
const SHA256 = "5096ec3c850cd1566d39bb3736ffa0930e81cf4a431aec272f7e5057a714c5b1";

describe("loadScenario", function () {
  this.timeout(60_000);
  let directory: string;
  let file: string;
  let cacheDirectory: string;
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), "scenario-"));
    cacheDirectory = join(directory, "cache");
    await cp(join(SCENARIOS, "rpmlint-dist-tags"), directory, { recursive: true });
    file = join(directory, "scenario.yaml");
  });
  after(() => rm(directory, { recursive: true, force: true }));

  async function refusal(from: string, to: string): Promise<string> {
    const text = await readFile(join(SCENARIOS, "rpmlint-dist-tags/scenario.yaml"), "utf8");
    assert.ok(text.includes(from));
    await writeFile(file, text.replace(from, to));
    try {
      await loadScenario(file, { cacheDirectory });
    } catch (error) {
      assert.ok(error instanceof ScenarioError, String(error));
      return error.message;
    }
    return assert.fail("the scenario was accepted");
  }

  for (const name of ["rpmlint-dist-tags", "rpmlint-plain-tags"]) {
    it(`loads ${name}, every RPM file by its sha256`, async () => {
      const scenario = await loadScenario(join(SCENARIOS, name, "scenario.yaml"), { cacheDirectory });
      assert.equal(scenario.name, name);
      const rpms = scenario.situation.builds.flatMap((build) => build.rpms);
      assert.deepEqual(rpms.flatMap(({ file }) => file?.sha256 ?? []).sort(), [...scenario.files.keys()].sort());
      assert.ok(rpms.some(({ arch }) => arch === "src"));
      assert.ok(scenario.situation.builds.every((build) => build.rpms.length > 0));
    });
  }

  it("says which sha256 a changed file has", async () => {
    const message = await refusal(SHA256, SHA256.replace("5", "6"));
    assert.match(
      message,
      /scenario\.yaml:\d+:\d+: builds\[2\]\.rpms\[0\]\.sha256: is not the sha256 of .*almanac.*\.rpm\n {2}The file has 5096ec3c/,
    );
  });

  it("says where a missing file was looked for", async () => {
    const message = await refusal("path: rpms/almanac", "path: rpms/almanach");
    assert.match(message, /builds\[2\]\.rpms\[0\]\.path: there is no file \/.*\/rpms\/almanach-2011/);
  });

  it("refuses what is no RPM", async () => {
    await writeFile(join(directory, "empty"), "");
    const message = await refusal(
      `path: rpms/almanac-2011.1-1.fc15.noarch.rpm\n        sha256: ${SHA256}`,
      "path: empty\n        sha256: e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    );
    assert.match(message, /builds\[2\]\.rpms\[0\]\.path: rpm can't read it\n {2}rpm: /);
  });

  it("refuses an RPM of another build", async () => {
    await cp(join(SCENARIOS, "rpmlint-plain-tags/rpms/tidings-4.0-2.fc40.noarch.rpm"), join(directory, "tidings.rpm"));
    const message = await refusal(
      `path: rpms/almanac-2011.1-1.fc15.noarch.rpm\n        sha256: ${SHA256}`,
      "path: tidings.rpm\n        sha256: d09aad92386a6ed697540074581c793cedf2159fa2df0f3153dd923a76ba4078",
    );
    assert.match(
      message,
      /path: belongs to another build, its source RPM is tidings-4\.0-2\.fc40\.src\.rpm\n {2}.*not almanac/,
    );
  });

  it("passes on rpmbuild's words with the recipe's place", async () => {
    const message = await refusal("requires: [greeting-devel]", 'requires: ["greeting-devel >="]');
    assert.match(
      message,
      /scenario\.yaml:\d+:\d+: builds\[1\]\.recipe: can't be built\n {2}rpmbuild: error: .*greeting-devel >=/,
    );
  });

  it("says that a file is not there, or is no scenario at all", async () => {
    const large = join(directory, "large.yaml");
    await writeFile(large, "");
    await truncate(large, 100 << 20);
    for (const [path, message] of [
      [join(directory, "absent.yaml"), /absent\.yaml: can't be read\n {2}Is the path right\?/],
      [directory, /: can't be read\n {2}It is a directory/],
      [large, /large\.yaml: has 100 MiB, a scenario has 32 at most/],
    ] as const) {
      await assert.rejects(loadScenario(path, { cacheDirectory }), message);
    }
  });
});
