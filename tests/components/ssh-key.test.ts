import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { sshKeyPair } from "../../components/ssh-key";

describe("sshKeyPair", () => {
  let directory: string;
  before(() => {
    directory = mkdtempSync(join(tmpdir(), "ssh-key-"));
  });
  after(() => rmSync(directory, { recursive: true }));

  it("makes private keys from which ssh-keygen derives the same public key", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (seed) => {
        const { privateKey, publicKey } = sshKeyPair(Buffer.from(seed), "someone");
        const file = join(directory, "key");
        writeFileSync(file, privateKey, { mode: 0o600 });
        assert.equal(execFileSync("ssh-keygen", ["-y", "-f", file], { encoding: "utf8" }).trim(), publicKey);
      }),
      { numRuns: 20 },
    );
  });

  it("refuses a seed of another length", () => {
    assert.throws(() => sshKeyPair(Buffer.alloc(31), ""), /32 bytes, not 31/);
  });
});
