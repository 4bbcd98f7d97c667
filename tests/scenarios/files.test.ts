import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { checkScenario } from "../../scenarios/format/check";
import { type ParsedScenario, parseScenario } from "../../scenarios/format/parse";

const PROJECT = resolve(__dirname, "../..");
const names = readdirSync(join(PROJECT, "scenarios"), { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !["format", "rpm"].includes(entry.name))
  .map(({ name }) => name);

function read(name: string): ParsedScenario {
  const file = join(PROJECT, "scenarios", name, "scenario.yaml");
  return parseScenario(readFileSync(file, "utf8"), file);
}

describe("the scenarios of this project", () => {
  for (const name of names) {
    it(`${name} is valid and called so`, () => {
      const parsed = read(name);
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

  it("are in the documentation's table of use cases, step by step", () => {
    const text = readFileSync(join(PROJECT, "docs/scenarios.md"), "utf8");
    const cells = [...text.matchAll(/^\|.*\| ([a-z]+-[^|]*) \|$/gm)].map(([, cell = ""]) => cell);
    const named = cells.flatMap((cell) => {
      let scenario = "";
      return cell.split(", ").map((part) => {
        const [, name = scenario, step] = /^(?:([a-z-]+) )?(\d+)$/.exec(part) ?? [];
        scenario = name;
        return `${name} ${step}`;
      });
    });
    const there = names.flatMap((name) => {
      const { scenario } = read(name);
      return scenario.steps.map((_, index) => `${name} ${index + 1}`);
    });
    assert.deepEqual([...new Set(named)].sort(), there.sort());
  });
});
