import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { AssetError, hashAssets } from "../../../engine/values/assets";
import { Archive, Asset, Secret } from "../../../engine/values/property";

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

describe("hashes of assets", () => {
  let directory: string;

  beforeEach(() => {
    directory = mkdtempSync(path.join(os.tmpdir(), "assets-"));
    writeFileSync(path.join(directory, "a.txt"), "contents");
    mkdirSync(path.join(directory, "tree", "inner"), { recursive: true });
    writeFileSync(path.join(directory, "tree", "inner", "b.txt"), "b");
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it("are sha256 of the contents, as the official engine's", async () => {
    const hashed = await hashAssets(
      { file: new Asset({ path: "a.txt" }), text: new Secret(new Asset({ text: "contents" })) },
      directory,
    );
    assert.deepEqual(hashed.file, new Asset({ path: "a.txt", hash: sha256("contents") }));
    assert.deepEqual(hashed.text, new Secret(new Asset({ text: "contents", hash: sha256("contents") })));
  });

  it("of directories change with any file in them", async () => {
    const hash = async () => {
      const { tree } = await hashAssets({ tree: new Archive({ path: "tree" }) }, directory);
      return (tree as Archive).source.hash;
    };
    const before = await hash();
    assert.equal(await hash(), before);
    writeFileSync(path.join(directory, "tree", "inner", "b.txt"), "c");
    const changed = await hash();
    assert.notEqual(changed, before);
    writeFileSync(path.join(directory, "tree", "new.txt"), "");
    assert.notEqual(await hash(), changed);
  });

  it("are not possible for files that are not there, which is said by name", async () => {
    await assert.rejects(hashAssets({ list: [new Asset({ path: "missing" })] }, directory), (error: Error) => {
      assert.ok(error instanceof AssetError);
      assert.match(error.message, /does not exist or cannot be read: .*missing/);
      return true;
    });
    await assert.rejects(hashAssets({ a: new Asset({ path: "tree" }) }, directory), /is a directory/);
  });
});
