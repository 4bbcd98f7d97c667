/** A capture from recorded answers: those of a production in form, with what a capture must leave out. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Captured, capture } from "../../capture/capture";
import { runCommand } from "../../capture/command";
import { playBodhi, playKoji, type Recording } from "../../capture/recording";
import { scenarioYaml } from "../../capture/scenario";

const FILE = join(__dirname, "recorded/recording.json");
const EXPECTED = readFileSync(join(__dirname, "recorded/scenario.yaml"), "utf8");
const recording = (): Recording => JSON.parse(readFileSync(FILE, "utf8"));
const REQUEST = { tags: [], updates: ["FEDORA-2025-0123456789"], allPackages: false };

function play(from: Recording): Promise<Captured> {
  return capture(playKoji(from), playBodhi(from), REQUEST);
}

function yaml(captured: Captured, { clock }: Recording): string {
  const options = {
    name: "recorded",
    description: "As it was recorded.",
    clock,
    files: "https://kojipkgs.example.org",
  };
  return scenarioYaml(captured, options);
}

describe("capture from recorded answers", () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "recorded-"));
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  async function replay(scenario: string, of: Recording): Promise<{ code: number; out: string }> {
    writeFileSync(join(directory, "scenario.yaml"), scenario);
    writeFileSync(join(directory, "recording.json"), JSON.stringify(of));
    const out: string[] = [];
    const code = await runCommand(["replay", directory], {
      out: (text) => out.push(text),
      err: (text) => out.push(text),
    });
    return { code, out: out.join("\n") };
  }

  it("writes the scenario, without what is of other tags and releases", async () => {
    const from = recording();
    assert.equal(yaml(await play(from), from), EXPECTED);
  });

  it("gives the recorded answers in a replay, whatever numbers and offsets the recorded servers use", async () => {
    const { code, out } = await replay(EXPECTED, recording());
    assert.equal(out, "48 questions asked again: the same answers");
    assert.equal(code, 0);
  });

  it("shows what a replay cannot give", async () => {
    const from = recording();
    const [build] = from.koji.filter(({ call }) => call.method === "getBuild");
    assert.ok(build && "value" in build.answer);
    Object.assign(build.answer.value as object, { volume_name: "stage", start_ts: 1737000000 });
    const { code, out } = await replay(EXPECTED, from);
    assert.equal(code, 1);
    assert.match(out, /getBuild\("mint-1\.0-1\.fc42"\), volume_name\n {2}recorded: "stage"\n {2}replayed: "DEFAULT"/);
    assert.match(out, /start_ts\n {2}recorded: 1737000000\n {2}replayed: 1737018000/);
  });

  it("names a question that was not recorded", async () => {
    const from = recording();
    from.koji = from.koji.filter(({ call }) => call.method !== "listBuildRPMs");
    await assert.rejects(play(from), /the recording has no answer of koji to listBuildRPMs\("mint-1\.0-1\.fc42"\)/);
    const without = { ...recording(), bodhi: [] };
    await assert.rejects(
      play(without),
      /the recording has no answer of bodhi to \/updates\/FEDORA-2025-0123456789 \{\}/,
    );
  });

  it("tells koji's own words when koji refuses", async () => {
    const from = recording();
    const [tag] = from.koji.filter(({ call }) => call.method === "getTag");
    assert.ok(tag);
    tag.answer = { fault: "No such tagInfo: 'f42'" };
    await assert.rejects(play(from), /koji refused getTag\("f42"\): No such tagInfo: 'f42'/);
  });
});
