import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { loadProject, type Project } from "../../../engine/project/project";
import { StackSettings } from "../../../engine/project/settings";

describe("Pulumi.<stack>.yaml", () => {
  let directory: string;
  let project: Project;
  const file = () => path.join(directory, "Pulumi.dev.yaml");

  beforeEach(() => {
    directory = mkdtempSync(path.join(os.tmpdir(), "settings-"));
    writeFileSync(path.join(directory, "Pulumi.yaml"), "name: p\nruntime: nodejs\n");
    project = loadProject(directory);
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it("need not exist", () => {
    const settings = StackSettings.load(project, "dev");
    assert.deepEqual(settings.config, {});
    assert.equal(settings.encryptionSalt, undefined);
  });

  it("keeps comments, order and spelling when it is changed", async () => {
    writeFileSync(file(), "# why\nconfig:\n  # what for\n  p:config:old: 1 # here\n  p:list:\n    - a\n");
    const settings = StackSettings.load(project, "dev");
    settings.set("p:old", [], "2");
    settings.set("p:list", [1], { secure: "v1:x" });
    settings.encryptionSalt = "v1:salt";
    await settings.save();
    assert.equal(
      readFileSync(file(), "utf8"),
      '# why\nconfig:\n  # what for\n  p:config:old: "2" # here\n  p:list:\n    - a\n    - secure: v1:x\nencryptionsalt: v1:salt\n',
    );
    assert.deepEqual(StackSettings.load(project, "dev").config, { "p:old": "2", "p:list": ["a", { secure: "v1:x" }] });
  });

  it("makes the maps and lists of a path", async () => {
    const settings = StackSettings.load(project, "dev");
    settings.set("p:db", ["users", 0, "key"], "k");
    await settings.save();
    assert.equal(readFileSync(file(), "utf8"), "config:\n  p:db:\n    users:\n      - key: k\n");
    assert.throws(() => settings.set("p:db", ["users", 5], "x"), /it has 1 elements/);
  });

  it("forgets values", async () => {
    writeFileSync(file(), "config:\n  p:a: 1\n  p:b: { c: 1, d: 2 }\n");
    const settings = StackSettings.load(project, "dev");
    assert.ok(settings.remove("p:a", []));
    assert.ok(settings.remove("p:b", ["c"]));
    assert.ok(!settings.remove("p:none", []));
    assert.deepEqual(settings.config, { "p:b": { d: 2 } });
  });

  const nonsense: [text: string, message: RegExp][] = [
    ["config: [1", /is not valid YAML/],
    ["text", /must be a mapping/],
    ["config: 3", /'config' must be a mapping of keys to values/],
    ["config:\n  plain: 1", /could not parse plain as a configuration key/],
  ];
  for (const [text, message] of nonsense) {
    it(`is refused when it is ${JSON.stringify(text)}, by name`, () => {
      writeFileSync(file(), text);
      assert.throws(
        () => StackSettings.load(project, "dev"),
        (error: Error) => {
          assert.ok(error.message.includes(file()), error.message);
          assert.match(error.message, message);
          return true;
        },
      );
    });
  }
});
