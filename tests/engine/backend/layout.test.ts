import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { backendDirectory, parseStackReference } from "../../../engine/backend/layout";

describe("references to stacks", () => {
  it("are a name, or organization, project and name", () => {
    assert.deepEqual(parseStackReference("dev", "proj"), { project: "proj", stack: "dev" });
    assert.deepEqual(parseStackReference("organization/other/dev", "proj"), { project: "other", stack: "dev" });
  });

  for (const bad of ["", "a/b", "elsewhere/proj/dev", "a b", "../x", "organization/proj/.."]) {
    it(`are not ${JSON.stringify(bad)}`, () => assert.throws(() => parseStackReference(bad, "proj"), /stack name/));
  }
});

describe("the directory of a backend", () => {
  it("has ~ for the home directory of the password database, whatever HOME says", () => {
    const { homedir } = os.userInfo();
    const before = process.env.HOME;
    process.env.HOME = "/nonexistent";
    try {
      assert.equal(backendDirectory("file://~"), homedir);
    } finally {
      process.env.HOME = before;
    }
  });

  it("may have parameters, which do not matter", () => {
    const directory = mkdtempSync(path.join(os.tmpdir(), "backend "));
    assert.equal(backendDirectory(`file://${directory.replaceAll(" ", "%20")}?no_tmp_dir=true`), directory);
    rmSync(directory, { recursive: true });
  });

  it("is a URL, of files", () => {
    assert.throws(() => backendDirectory("file:///100%"), /the backend file:\/\/\/100% is not a URL: .*%25/);
    assert.throws(() => backendDirectory("s3://bucket"), /the backend s3:\/\/bucket is not supported/);
  });
});
