import assert from "node:assert/strict";
import { checkScenario } from "../../../scenarios/format/check";
import { parseScenario } from "../../../scenarios/format/parse";

const SCENARIO = `name: a-scenario
clock: 2011-05-21T17:00:00Z
releases: [F15]
builds:
  - nvr: hello-1.0-1.fc15
    tags: [f15-updates-testing-pending]
    recipe: { summary: Say hello }
updates:
  - { alias: FEDORA-2011-1, release: F15, builds: [hello-1.0-1.fc15] }
steps:
  - name: first
    do: [{ action: tagBuild, build: hello-1.0-1.fc15, tag: f15-updates }]
    expect:
      verdicts: [{ job: 1, test: rpmlint, item: hello-1.0-1.fc15, outcome: PASSED }]
`;

function check(from: string | RegExp, to: string): () => void {
  const text = SCENARIO.replace(from, to);
  assert.notEqual(text, SCENARIO);
  return () => checkScenario(parseScenario(text, "s.yaml"));
}

function refuses(from: string | RegExp, to: string, message: RegExp): void {
  assert.throws(check(from, to), (error: Error) => {
    assert.match(error.message, message);
    return true;
  });
}

describe("checkScenario", () => {
  it("accepts a scenario whose names are all known", () => {
    assert.doesNotThrow(() => checkScenario(parseScenario(SCENARIO, "s.yaml")));
  });

  it("finds names that nothing has, with line and nearest", () => {
    refuses(
      "tags: [f15-updates-testing-pending]",
      "tags: [f15-updates-testing-pendin]",
      /^s\.yaml:6:12: builds\[0\]\.tags\[0\]: there is no tag "f15-updates-testing-pendin" in this scenario\n {2}Did you mean "f15-updates-testing-pending"\?$/,
    );
    refuses("release: F15", "release: F16", /updates\[0\]\.release: there is no release "F16"/);
    refuses("builds: [hello-1.0-1.fc15]", "builds: [hello-1.0-2.fc15]", /updates\[0\]\.builds\[0\]: there is no build/);
    refuses("tag: f15-updates }", "tag: f15-update }", /steps\[0\]\.do\[0\]\.tag: there is no tag/);
    refuses(
      "item: hello-1.0-1.fc15",
      "item: FEDORA-2011-2",
      /verdicts\[0\]\.item: there is no build or update .*\n {2}Did you mean "FEDORA-2011-1"\?/,
    );
  });

  it("finds names that are there twice", () => {
    refuses("steps:\n", "steps:\n  - { name: first }\n", /steps\[1\]\.name: "first" is there twice/);
    refuses("releases: [F15]", "releases: [F15, { name: F15 }]", /releases\[1\]\.name/);
  });

  it("finds fields that need one another", () => {
    refuses(
      "recipe: { summary: Say hello }",
      "rpms: [{ path: x.rpm }]",
      /builds\[0\]\.rpms\[0\]: .* without its sha256\n {2}.*sha256sum x\.rpm/,
    );
    refuses("recipe: { summary: Say hello }", "rpms: [{}]", /neither a file nor an architecture/);
    refuses("Say hello }", "Say hello, arches: [noarch, i686] }", /arches: noarch stands alone/);
    refuses(
      "Say hello }",
      "Say hello, onlyOn: { i686: { requires: [x] } } }",
      /onlyOn\.i686: the recipe isn't built for i686\n {2}Add i686/,
    );
  });
});
