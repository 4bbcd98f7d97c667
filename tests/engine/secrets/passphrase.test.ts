import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { UserError } from "../../../engine/errors";
import { PassphraseCrypter, passphraseFromEnvironment, WrongPassphrase } from "../../../engine/secrets/passphrase";

/** From pulumi/pulumi pkg/secrets/passphrase/manager_test.go: the phrase is `password`. */
const SALT = "v1:fozI5u6B030=:v1:F+6ZduKKd8G0/V7L:PGMFeIzwobWRKmEAzUdaQHqC5mMRIQ==";

describe("the passphrase secrets provider", () => {
  it("opens a salt of the official CLI with the right phrase, and refuses any other", async () => {
    await PassphraseCrypter.open("password", SALT);
    await assert.rejects(PassphraseCrypter.open("brahms", SALT), WrongPassphrase);
  });

  it("reads its own salt and ciphertexts back", async () => {
    const made = await PassphraseCrypter.create("");
    const ciphertext = made.encrypt("hidden ß");
    assert.match(ciphertext, /^v1:[^:]+:[^:]+$/);
    const opened = await PassphraseCrypter.open("", made.saltString);
    assert.equal(opened.decrypt(ciphertext), "hidden ß");
  });

  it("never encrypts the same twice alike, save at the place where it was read", async () => {
    const crypter = await PassphraseCrypter.create("p");
    const first = crypter.encrypt("secret");
    assert.notEqual(crypter.encrypt("secret"), first);
    crypter.decrypt(first, "here");
    assert.equal(crypter.encrypt("secret", "here"), first);
    assert.notEqual(crypter.encrypt("secret", "elsewhere"), first);
    assert.notEqual(crypter.encrypt("other", "here"), first);
  });

  it("says what is wrong with a salt or a ciphertext that is none", async () => {
    await assert.rejects(PassphraseCrypter.open("p", "nonsense"), /encryption salt is malformed/);
    const crypter = await PassphraseCrypter.create("p");
    assert.throws(() => crypter.decrypt("v2:x"), UserError);
    assert.throws(() => crypter.decrypt("v1:AAAAAAAAAAAAAAAA:AAAAAAAAAAAAAAAAAAAAAAAA"), WrongPassphrase);
  });
});

describe("the passphrase", () => {
  it("comes from the environment, and may be empty", () => {
    assert.equal(passphraseFromEnvironment({ PULUMI_CONFIG_PASSPHRASE: "" }), "");
    assert.equal(passphraseFromEnvironment({ PULUMI_CONFIG_PASSPHRASE: "p" }), "p");
  });

  it("comes from a file, trimmed", () => {
    const directory = mkdtempSync(path.join(os.tmpdir(), "passphrase-"));
    const file = path.join(directory, "phrase");
    writeFileSync(file, "p\n");
    assert.equal(passphraseFromEnvironment({ PULUMI_CONFIG_PASSPHRASE_FILE: file }), "p");
    rmSync(directory, { recursive: true });
    assert.throws(
      () => passphraseFromEnvironment({ PULUMI_CONFIG_PASSPHRASE_FILE: file }),
      /unable to read PULUMI_CONFIG_PASSPHRASE_FILE/,
    );
  });

  it("is asked for by name when there is none", () => {
    assert.throws(() => passphraseFromEnvironment({}), /PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE/);
  });
});
