/** Building the base image where it cannot be built (needs root, for a small file system of its own). */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { imageDirectory } from "../../images/base-image";
import { buildBaseImage } from "../../setup/base-image";
import { SetupError } from "../../setup/progress";

const projectDirectory = join(__dirname, "../..");

describe("buildBaseImage", () => {
  let scratch: string;
  beforeEach(() => {
    scratch = mkdtempSync(join(tmpdir(), "setup-"));
    process.env.AUTOQA_STAGING_CACHE = join(scratch, "cache");
    mkdirSync(join(scratch, "cache"));
  });
  afterEach(() => {
    delete process.env.AUTOQA_STAGING_CACHE;
    rmSync(scratch, { recursive: true });
  });

  it("says how much room it needs where there is too little, and leaves nothing", async () => {
    const cache = join(scratch, "cache");
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=200m", "tmpfs", cache]);
    // Of a build that was killed.
    for (const left of ["mmdebstrap.Ab3dEfGh_2", "images/0123456789abcdef.Ab3dEf"]) {
      mkdirSync(join(cache, left), { recursive: true });
    }
    try {
      await assert.rejects(buildBaseImage(projectDirectory), (error) => {
        assert.ok(error instanceof SetupError);
        assert.match(
          error.message,
          /needs 4\.0 GiB free in .*cache\/images, and there are 0\.2 GiB\. Free some, or name/,
        );
        return true;
      });
      assert.deepEqual(readdirSync(join(cache, "images")), []);
      assert.deepEqual(readdirSync(cache), ["images"]);
    } finally {
      execFileSync("umount", [cache]);
    }
  });

  /** A copy of the recipe with another build. */
  function projectWith(build: string): string {
    const copy = join(scratch, "project");
    cpSync(join(projectDirectory, "images"), join(copy, "images"), { recursive: true });
    cpSync(join(projectDirectory, "package.json"), join(copy, "package.json"));
    writeFileSync(join(copy, "images/build.sh"), build);
    return copy;
  }

  it("shows the last lines of a build that fails, and leaves nothing of it", async () => {
    const copy = projectWith('mktemp -d "$1.XXXXXX"; echo E: no such package >&2; exit 100\n');
    await assert.rejects(
      buildBaseImage(copy),
      /could not be built\. The last lines of images\/build\.sh:\nE: no such package/,
    );
    assert.deepEqual(readdirSync(join(imageDirectory(copy), "..")), []);
  });

  it("builds again what lacks a file", async () => {
    const files = ["SHA256SUMS", "initrd.img", "root.qcow2", "vmlinuz"];
    const copy = projectWith(`mkdir "$1" && cd "$1" && touch ${files.join(" ")}\n`);
    await buildBaseImage(copy);
    rmSync(join(imageDirectory(copy), "root.qcow2"));
    await buildBaseImage(copy);
    assert.deepEqual(readdirSync(imageDirectory(copy)).sort(), files);
  });
});
