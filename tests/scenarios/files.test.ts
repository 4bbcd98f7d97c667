import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { checkScenario } from "../../scenarios/format/check";
import { parseScenario } from "../../scenarios/format/parse";

const PROJECT = resolve(__dirname, "../..");
const names = readdirSync(join(PROJECT, "scenarios"), { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !["format", "rpm"].includes(entry.name))
  .map(({ name }) => name);

describe("the scenarios of this project", () => {
  for (const name of names) {
    it(`${name} is valid and called so`, () => {
      const file = join(PROJECT, "scenarios", name, "scenario.yaml");
      const parsed = parseScenario(readFileSync(file, "utf8"), file);
      checkScenario(parsed);
      assert.equal(parsed.scenario.name, name);
    });
  }

  it("number more than one, so that AutoQA can know none", () => {
    assert.ok(names.length >= 2);
  });

  it("are like the example in the documentation, which is valid too", () => {
    const text = readFileSync(join(PROJECT, "docs/scenarios.md"), "utf8");
    const example = /```yaml\n([\s\S]*?)```/.exec(text)?.[1] ?? "";
    checkScenario(parseScenario(example, "docs/scenarios.md"));
    assert.match(example, /steps:/);
  });
});
