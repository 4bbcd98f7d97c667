import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { makePayload } from "../../../components/payload/payload";

describe("a payload", () => {
  let cache: string;

  beforeEach(() => {
    cache = mkdtempSync(join(tmpdir(), "payload-"));
    process.env.AUTOQA_STAGING_CACHE = cache;
  });
  afterEach(() => {
    delete process.env.AUTOQA_STAGING_CACHE;
    rmSync(cache, { recursive: true });
  });

  it("is kept by its digest, and what killed processes left beside it goes", async () => {
    const payloads = join(cache, "payloads");
    mkdirSync(payloads);
    const { pid } = spawnSync("true");
    const alive = `b.tar.${process.pid}`;
    for (const name of [`a.tar.${pid}`, alive]) writeFileSync(join(payloads, name), "half");
    const { path, sha256 } = await makePayload("true", {});
    assert.equal(path, join(payloads, `${sha256}.tar`));
    assert.match(readFileSync(path, "latin1"), /^start/);
    assert.deepEqual(readdirSync(payloads).sort(), [basename(path), alive].sort());
  });

  it("that cannot be written is an error with file and remedy", async () => {
    writeFileSync(join(cache, "payloads"), "no directory");
    await assert.rejects(makePayload("true", {}), (error: Error) => {
      assert.ok(pulumi.RunError.isInstance(error));
      assert.match(error.message, /payloads\/[0-9a-f]{64}\.tar cannot be written \(E.*AUTOQA_STAGING_CACHE/);
      return true;
    });
  });
});
