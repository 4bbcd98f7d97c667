import assert from "node:assert/strict";
import { parseScenario } from "../../../scenarios/format/parse";
import { ScenarioError } from "../../../scenarios/format/problem";

const GOOD = `name: a-scenario
clock: 2011-05-21T17:00:00Z
releases:
  - { name: F15, naming: dist }
builds:
  - nvr: hello-1.0-1.fc15
    recipe:
      summary: Say hello
      requires: [bash]
updates:
  - { alias: FEDORA-2011-1, release: F15, builds: [hello-1.0-1.fc15], request: testing }
steps:
  - name: first
    do:
      - { action: push, request: testing }
    expect:
      verdicts:
        - { job: 1, test: rpmlint, item: hello-1.0-1.fc15, outcome: PASSED }
`;

function messageOf(text: string): string {
  try {
    parseScenario(text, "s.yaml");
  } catch (error) {
    assert.ok(error instanceof ScenarioError, String(error));
    return error.message;
  }
  return assert.fail("the text was accepted");
}

describe("parseScenario", () => {
  it("reads a scenario and fills in defaults", () => {
    const { scenario } = parseScenario(GOOD, "s.yaml");
    assert.equal(scenario.builds[0]?.owner, "packager");
    assert.equal(scenario.steps[0]?.expect.verdicts[0]?.client, "client1");
    assert.deepEqual(scenario.builds[0]?.recipe?.arches, ["noarch"]);
  });

  it("names file, line, path and the nearest field for an unknown one", () => {
    const message = messageOf(GOOD.replace("requires:", "requirs:"));
    assert.equal(message, 's.yaml:9:16: builds[0].recipe.requirs: unknown field "requirs"\n  Did you mean "requires"?');
  });

  it("knows the fields of the alternative that a value fits", () => {
    assert.match(
      messageOf(GOOD.replace("naming: dist", "nameing: dist")),
      /^s\.yaml:4:\d+: releases\[0\]\.nameing: unknown field "nameing"\n {2}Did you mean "naming"\?$/,
    );
    assert.match(
      messageOf(GOOD.replace("action: push, request", "action: push, reqest")),
      /steps\[0\]\.do\[0\]\.reqest: unknown field "reqest"\n {2}Did you mean "request"\?/,
    );
  });

  it("knows the fields of a fault by its kind", () => {
    const fault = (text: string) => GOOD.replace("{ action: push, request: testing }", `{ action: fault, ${text} }`);
    const { scenario } = parseScenario(fault("kind: fault, times: 2"), "s.yaml");
    assert.deepEqual(scenario.steps[0]?.do[0], {
      action: "fault",
      kind: "fault",
      service: "koji",
      code: 1014,
      message: "server is offline",
      times: 2,
    });
    assert.match(
      messageOf(fault("kind: delay, service: koji, second: 3")),
      /do\[0\]\.second: unknown field "second"\n {2}Did you mean "seconds"/,
    );
    assert.match(
      messageOf(fault("kind: dealy, service: koji")),
      /do\[0\]\.kind: must be one of .*\n {2}Did you mean "delay"/,
    );
  });

  it("says which fields there are when none is near", () => {
    assert.match(messageOf(GOOD.replace("clock:", "zzzzzzzzzz: 1\nclock:")), /Known here: name, description, clock/);
  });

  it("names the choices and the nearest one", () => {
    assert.match(
      messageOf(GOOD.replace("outcome: PASSED", "outcome: PASED")),
      /^s\.yaml:18:\d+: steps\[0\]\.expect\.verdicts\[0\]\.outcome: must be one of PASSED, .*, not "PASED"\n {2}Did you mean "PASSED"\?$/,
    );
    assert.match(messageOf(GOOD.replace("action: push", "action: pusch")), /Did you mean "push"\?/);
  });

  it("says what is missing where", () => {
    assert.match(messageOf(GOOD.replace("item: hello-1.0-1.fc15, ", "")), /verdicts\[0\]\.item: is missing/);
    assert.match(
      messageOf(GOOD.replace("      summary: Say hello\n", "")),
      /^s\.yaml:8:7: builds\[0\]\.recipe\.summary: is missing/,
    );
  });

  it("asks for quotes where YAML reads a number", () => {
    const text = GOOD.replace("requires: [bash]", "files: { /bin/x: { mode: 0755, content: x } }");
    const message = messageOf(text);
    assert.match(
      message,
      /builds\[0\]\.recipe\.files\["\/bin\/x"\]\.mode: must be a string, not 755\n {2}Write it in quotes\./,
    );
  });

  it("says how a time is written", () => {
    assert.match(
      messageOf(GOOD.replace("17:00:00Z", "25:00")),
      /^s\.yaml:2:8: clock: .* is no time\n.*2011-05-21T17:00:00Z/,
    );
  });

  it("refuses a build's name that has not three parts", () => {
    assert.match(
      messageOf(GOOD.replace("nvr: hello-1.0-1.fc15", "nvr: hello")),
      /builds\[0\]\.nvr: .*name-version-release/,
    );
  });

  it("reports YAML's own errors with their place", () => {
    assert.match(messageOf("name: [a\nclock: x\n"), /^s\.yaml:\d+:\d+: /);
    assert.match(messageOf("name: a\nname: b\n"), /^s\.yaml:2:1: Map keys must be unique/);
  });

  it("speaks to the author of a scenario, and not to a programmer", () => {
    for (const text of ["", "# nothing\n"])
      assert.match(messageOf(text), /^s\.yaml: is empty\n {2}docs\/scenarios\.md/);
    assert.match(
      messageOf("name: a\n---\nname: b\n"),
      /^s\.yaml:2:1: a second document begins here\n {2}A file is one/,
    );
    assert.match(messageOf("[".repeat(2_000)), /^s\.yaml:1:\d+: is nested too deeply$/);
    assert.match(messageOf("a scenario"), /^s\.yaml:1:1: must be an object, not "a scenario"/);
  });

  it("reports everything that is wrong at once", () => {
    const message = messageOf(GOOD.replace("naming: dist", "naming: new").replace("requires:", "requirs:"));
    assert.match(message, /releases\[0\]\.naming/);
    assert.match(message, /requirs/);
  });

  it("does not fall over anything that YAML can say", () => {
    for (const text of [
      "",
      "null",
      "[]",
      "42",
      "name: null",
      "steps: {}",
      "builds: [null]",
      "releases: [[1]]",
      "*x",
      `a0: &a0 x\n${Array.from({ length: 9 }, (_, n) => `a${n + 1}: &a${n + 1} [${`*a${n},`.repeat(9)}]`).join("\n")}`,
    ]) {
      messageOf(text);
    }
  });
});
