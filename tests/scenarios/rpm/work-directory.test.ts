import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { withWorkDirectory } from "../../../scenarios/rpm/work-directory";

describe("withWorkDirectory", () => {
  let parent: string;
  beforeEach(() => {
    parent = mkdtempSync(join(tmpdir(), "work-directory-"));
  });
  afterEach(() => rmSync(parent, { recursive: true }));

  it("is there for the work, and no longer, even if that fails", async () => {
    await withWorkDirectory(parent, "label", async (directory) => assert.ok(existsSync(directory)));
    await assert.rejects(
      withWorkDirectory(parent, "label", () => Promise.reject(new Error("no"))),
      /no/,
    );
    assert.deepEqual(readdirSync(parent), []);
  });

  it("removes what killed processes left, and nothing of living ones or of others", async () => {
    // The kernel's highest process id is 2^22.
    for (const name of [
      `label-${2 ** 23}-abcdef`,
      `label-${process.pid}-abcdef`,
      `other-${2 ** 23}-abcdef`,
      "label-x",
    ]) {
      mkdirSync(join(parent, name));
    }
    await withWorkDirectory(parent, "label", async () => undefined);
    assert.deepEqual(readdirSync(parent).sort(), [`label-${process.pid}-abcdef`, "label-x", `other-${2 ** 23}-abcdef`]);
  });
});
