import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { findPlugin } from "../../../engine/plugins/find";
import type { Project } from "../../../engine/project/project";

describe("where a plugin is found", () => {
  let directory: string;
  const place = (...parts: string[]) => path.join(directory, ...parts);
  const executable = (...parts: string[]) => {
    mkdirSync(path.dirname(place(...parts)), { recursive: true });
    writeFileSync(place(...parts), "#!/bin/sh\n");
    chmodSync(place(...parts), 0o755);
    return place(...parts);
  };
  const project = (plugins: Project["plugins"] = []) => ({ plugins }) as Project;
  const find = (environment: NodeJS.ProcessEnv, plugins?: Project["plugins"], version?: string) => {
    const found = findPlugin("fake", version, project(plugins), { HOME: directory, ...environment });
    return found?.kind === "executable" ? found.file : found?.port;
  };

  beforeEach(() => {
    directory = mkdtempSync(path.join(os.tmpdir(), "plugins-"));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it("is first of all where it runs already", () => {
    executable("bin", "pulumi-resource-fake");
    const running = { PULUMI_DEBUG_PROVIDERS: "other:1,fake:4711", PATH: place("bin") };
    assert.equal(find(running), 4711);
  });

  it("is the project's own before the one on PATH, before the installed one", () => {
    const own = executable("own", "pulumi-resource-fake");
    const onPath = executable("bin", "pulumi-resource-fake");
    const installed = executable(".pulumi", "plugins", "resource-fake-v1.9.0", "pulumi-resource-fake");
    const newer = executable(".pulumi", "plugins", "resource-fake-v1.10.0", "pulumi-resource-fake");
    const plugins = [{ name: "fake", directory: place("own") }];
    assert.equal(find({ PATH: `/nonexistent:${place("bin")}` }, plugins), own);
    assert.equal(find({ PATH: `/nonexistent:${place("bin")}` }), onPath);
    assert.equal(find({}), newer);
    assert.equal(find({}, [], "1.9.0"), installed);
    assert.equal(find({}, [], "3.0.0"), undefined);
    assert.equal(find({ PULUMI_HOME: place("elsewhere") }), undefined);
  });

  it("is not a file that cannot be run; of the project's own that is said", () => {
    writeFileSync(executable("own", "pulumi-resource-fake"), "");
    chmodSync(place("own", "pulumi-resource-fake"), 0o644);
    assert.equal(find({ PATH: place("own") }), undefined);
    const plugins = [{ name: "fake", directory: place("own") }];
    assert.throws(() => find({}, plugins), /own\/pulumi-resource-fake.*cannot be run: it is not executable/);
  });
});
