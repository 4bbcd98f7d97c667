import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { backendUrlOf, loadProject } from "../../../engine/project/project";

describe("Pulumi.yaml", () => {
  let directory: string;
  const write = (text: string) => writeFileSync(path.join(directory, "Pulumi.yaml"), text);

  beforeEach(() => {
    directory = mkdtempSync(path.join(os.tmpdir(), "project-"));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it("is found from below, and names program, plugins and backend", () => {
    write(
      [
        "name: p",
        "runtime: { name: nodejs, options: { typescript: false, nodeargs: --require=./setup/typescript.cjs --trace } }",
        "main: src/index.ts",
        "backend: { url: file://~/x }",
        "plugins: { providers: [{ name: fake, path: ./provider }] }",
        "config: { plain: 1, aws:region: r, declared: { type: string, default: d }, given: { value: v } }",
      ].join("\n"),
    );
    mkdirSync(path.join(directory, "deep", "down"), { recursive: true });
    const project = loadProject(path.join(directory, "deep", "down"));
    assert.equal(project.root, directory);
    assert.equal(project.programDirectory, path.join(directory, "src"));
    assert.equal(project.entryPoint, "index.ts");
    assert.equal(project.typescript, false);
    assert.deepEqual(project.nodeArguments, ["--require=./setup/typescript.cjs", "--trace"]);
    assert.deepEqual(project.plugins, [{ name: "fake", directory: path.join(directory, "provider") }]);
    assert.deepEqual(project.config, { "p:plain": 1, "aws:region": "r", "p:declared": "d", "p:given": "v" });
    assert.equal(backendUrlOf(project, {}), "file://~/x");
    assert.equal(backendUrlOf(project, { PULUMI_BACKEND_URL: "file:///y" }), "file:///y");
  });

  const nonsense: [text: string, message: RegExp][] = [
    ["name: [", /Pulumi\.yaml is not valid YAML/],
    ["- a", /the document must be a mapping/],
    ["name: a b\nruntime: nodejs", /'name' must be a project name/],
    ["name: p\nruntime: python", /runs 'runtime: nodejs' programs only, not "python"/],
    ["name: p\nruntime: nodejs\nplugins: { providers: 3 }", /plugins\.providers must be a list/],
    [
      "name: p\nruntime: nodejs\nplugins: { providers: [{ name: x }] }",
      /plugins\.providers\[0\] must have a name and a path/,
    ],
  ];
  for (const [text, message] of nonsense) {
    it(`is refused when it is ${JSON.stringify(text)}`, () => {
      write(text);
      assert.throws(() => loadProject(directory), message);
    });
  }

  it("is asked for when there is none", () => {
    assert.throws(() => loadProject(directory), /no Pulumi\.yaml project file found/);
  });

  it("or the environment must name a backend", () => {
    write("name: p\nruntime: nodejs");
    assert.throws(() => backendUrlOf(loadProject(directory), {}), /no state backend is configured/);
  });
});
