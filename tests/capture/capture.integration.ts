/** Captures our own mock infrastructure as if it were production, and replays what was captured. */
import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runCommand } from "../../capture/command";
import { loadScenario } from "../../scenarios/load";
import { TestInfra } from "../services/support/infra";

const PRODUCTION = join(__dirname, "../services/conformance/scenario.yaml");

describe("capture of a production", function () {
  this.timeout(300_000);
  let production: TestInfra;
  let directory: string;

  before(async () => {
    production = await TestInfra.start();
    assert.equal((await production.loadScenario(PRODUCTION)).status, 200);
    directory = mkdtempSync(join(tmpdir(), "capture-"));
  });
  after(async () => {
    await production.close();
    rmSync(directory, { recursive: true, force: true });
  });

  async function run(...args: string[]): Promise<{ code: number; out: string; err: string }> {
    const out: string[] = [];
    const err: string[] = [];
    const code = await runCommand(args, { out: (text) => out.push(text), err: (text) => err.push(text) });
    return { code, out: out.join("\n"), err: err.join("\n") };
  }

  async function record(name: string, ...args: string[]): Promise<string> {
    const target = join(directory, name);
    const servers = ["--koji", production.url("koji", "/kojihub"), "--bodhi", production.url("bodhi")];
    const { code, err } = await run(...servers, ...args, "--clock", "2026-03-02T12:00:00Z", "--out", target);
    assert.equal(code, 0, err);
    return target;
  }

  it("gives the same answers to the same questions in a replay", async () => {
    const tags = ["f42-build", "f42", "f42-updates", "f42-updates-candidate", "f42-updates-testing"];
    const target = await record("all", ...tags.flatMap((tag) => ["--tag", tag]), "--update", "FEDORA-2011-7001");
    const { code, out, err } = await run("replay", target);
    assert.equal(code, 0, `${out}\n${err}`);
    assert.match(out, /^2\d\d questions asked again: the same answers$/);
    const { situation } = await loadScenario(join(target, "scenario.yaml"));
    const aliases = situation.updates.map(({ alias }) => alias).sort();
    const year = "FEDORA-2026-";
    assert.deepEqual(aliases, ["FEDORA-2011-7001", `${year}0123456789`, `${year}aaaaaaaaaa`, `${year}bbbbbbbbbb`]);
  });

  it("cuts down to what the chosen update needs", async () => {
    const target = await record("cut", "--update", "FEDORA-2026-0123456789");
    const { situation } = await loadScenario(join(target, "scenario.yaml"));
    assert.deepEqual(
      situation.builds.map(({ name, version }) => `${name}-${version}`),
      ["mint-1.0", "mint-1.1", "mint-2.0"],
    );
    assert.deepEqual(
      situation.releases.map(({ name }) => name),
      ["F42"],
    );
    assert.ok(situation.tags.every(({ name }) => name.startsWith("f42")));
    const [update] = situation.updates;
    assert.equal(update?.comments[0]?.text, "Tastes good");
    assert.equal(update?.bugs[0]?.id, 2000001);
    const groups = situation.users.find(({ name }) => name === "alice")?.groups;
    assert.deepEqual(groups, ["packager"]);
    const { code, out } = await run("replay", target);
    assert.equal(code, 0, out);
  });

  it("captures all packages of the lineage when told to", async () => {
    const target = await record("packages", "--tag", "f42-updates-candidate", "--all-packages");
    const { situation } = await loadScenario(join(target, "scenario.yaml"));
    const packages = [...new Set(situation.builds.map(({ name }) => name))].sort();
    assert.deepEqual(packages, ["blocked-tool", "julep", "mint", "soda", "tonic"]);
    const { code, out } = await run("replay", target);
    assert.equal(code, 0, out);
  });

  it("captures koji alone", async () => {
    const target = join(directory, "koji alone");
    const { code, err } = await run("--koji", production.url("koji", "/kojihub"), "--tag", "f42", "--out", target);
    assert.equal(code, 0, err);
    const { situation } = await loadScenario(join(target, "scenario.yaml"));
    assert.equal(situation.name, "koji-alone");
    assert.ok(Math.abs(Date.parse(situation.clock) - Date.now()) < 60_000);
    assert.deepEqual([situation.updates, situation.releases], [[], []]);
    assert.equal((await run("replay", target)).code, 0);
  });

  it("fetches RPMs only on request, and checks that they are koji's", async () => {
    const target = await record("fetched", "--update", "FEDORA-2026-0123456789");
    assert.equal(readdirSync(target).includes("rpms"), false);
    const metadata = await loadScenario(join(target, "scenario.yaml"));
    const { code, out, err } = await run("fetch", target, "mint-2.0-1.fc42");
    assert.equal(code, 0, err);
    assert.equal(out, "5 RPM files fetched");
    const fetched = await loadScenario(join(target, "scenario.yaml"));
    assert.equal(fetched.files.size, 5);
    const rpms = ({ situation }: typeof metadata, of: string) =>
      situation.builds.filter(({ version }) => version === of).flatMap((build) => build.rpms);
    const withoutFiles = rpms(fetched, "2.0").map(({ file: _, ...rpm }) => rpm);
    assert.deepEqual(withoutFiles, rpms(metadata, "2.0"));
    assert.deepEqual(rpms(fetched, "1.0"), rpms(metadata, "1.0"));
    assert.equal((await run("replay", target)).code, 0);
    assert.equal((await run("fetch", target, "mint-2.0-1.fc42")).out, "0 RPM files fetched");
  });

  it("keeps what it has when a file cannot be fetched, or is another one", async () => {
    const target = await record("refused", "--tag", "f42");
    const missing = await run("fetch", target);
    assert.equal(missing.code, 2);
    assert.match(missing.err, /there is no http:.*blocked-tool-1\.0-1\.fc42\.noarch\.rpm, nor a signed copy/);
    assert.ok((await loadScenario(join(target, "scenario.yaml"))).files.size > 0);
    const file = join(target, "scenario.yaml");
    const again = await record("wrong", "--update", "FEDORA-2026-0123456789");
    const text = readFileSync(join(again, "scenario.yaml"), "utf8");
    writeFileSync(file, text.replaceAll(/payloadHash: \w+/g, `payloadHash: ${"f".repeat(32)}`));
    const wrong = await run("fetch", target, "mint-2.0-1.fc42");
    assert.equal(wrong.code, 2);
    assert.match(wrong.err, /not the file that koji told of: its payload hash is [0-9a-f]{32}, not f{32}/);
    const unknown = await run("fetch", target, "mint-9-9");
    assert.match(unknown.err, /has no build mint-9-9/);
  });

  it("shows every answer that differs", async () => {
    const target = await record("differs", "--update", "FEDORA-2026-0123456789");
    const file = join(target, "scenario.yaml");
    writeFileSync(file, readFileSync(file, "utf8").replaceAll("More mint than before.", "Less mint."));
    const { code, out } = await run("replay", target);
    assert.equal(code, 1);
    assert.match(
      out,
      /GET \/updates\/FEDORA-2026-0123456789\?, update\.notes\n {2}recorded: "More mint than before\."/,
    );
    assert.match(out, /[1-9]\d* differences$/);
  });

  it("tells in a sentence what is wrong", async () => {
    const hub = ["--koji", production.url("koji", "/kojihub")];
    const out = ["--out", join(directory, "nothing")];
    const full = join(directory, "full");
    const file = join(full, "scenario.yaml");
    mkdirSync(full);
    writeFileSync(file, "mine");
    const cases: [string[], RegExp][] = [
      [[...hub, "--tag", "f99", ...out], /koji has no tag f99/],
      [[...hub, ...out], /say what to capture: --tag or --update/],
      [[...hub, "--update", "FEDORA-2026-0123456789", ...out], /only with --bodhi/],
      [[...hub, "--bodhi", production.url("bodhi"), "--update", "FEDORA-1", ...out], /bodhi has no update FEDORA-1/],
      [["--koji", "http://127.0.0.1:9/kojihub", "--tag", "f42", ...out], /did not answer/],
      [["--koji", production.url("bodhi"), "--tag", "f42", ...out], /is that the hub's address/],
      [["--koji", "ftp://x", "--tag", "f42", ...out], /must be an http or https URL/],
      [[...hub, "--tag", "f42", "--clock", "noon", ...out], /must be a time/],
      [[...hub, "--bodhi", production.url("resultsdb"), "--tag", "f42", ...out], /is that the address of a bodhi/],
      [[...hub, "--tag", "f42", "--out", full], /is not empty; name a new directory, or remove it/],
      [[...hub, "--tag", "f42", "--out", file], /cannot be used: ENOTDIR/],
      [["replay", join(directory, "absent")], /is no captured scenario: .*no such file/],
      [["fetch", join(directory, "absent")], /is no captured scenario: .*no such file/],
    ];
    for (const [args, expected] of cases) {
      const { code, err } = await run(...args);
      assert.equal(code, 2, err);
      assert.match(err, expected);
    }
    assert.equal(readFileSync(file, "utf8"), "mine");
    assert.ok(!existsSync(join(directory, "nothing")), "nothing half-made");
  });

  it("has sent nothing but reads", async () => {
    const journal = await production.journal();
    const asked = (of: string): string[] => [
      ...new Set(journal.filter(({ service }) => service === of).map((call) => call.method)),
    ];
    const reads =
      /^(getAPIVersion|getTag|getInheritanceData|getBuildTargets|getBuild|list(Tagged|Packages|BuildRPMs)|query(History|RPMSigs)|GET .*|multiCall)$/;
    assert.deepEqual(
      asked("koji").filter((method) => !reads.test(method)),
      [],
    );
    // The one time that bodhi's address was given as koji's.
    assert.deepEqual(
      asked("bodhi").filter((method) => !method.startsWith("GET ")),
      ["POST /"],
    );
    assert.ok(asked("koji").length > 9 && asked("bodhi").length > 3);
  });
});
