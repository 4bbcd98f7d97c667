/**
 * The passphrase secrets provider (pulumi/pulumi pkg/secrets/passphrase/manager.go, sdk/go/common/resource/config/
 * crypt.go): AES-256-GCM under a key that PBKDF2 derives from the phrase and an 8 byte salt.
 */
import { createCipheriv, createDecipheriv, pbkdf2, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";
import { UserError } from "../errors";
import type { Crypter } from "./crypter";

const ITERATIONS = 1_000_000;
const KEY_BYTES = 32;
const SALT_BYTES = 8;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** What a salt string carries as proof of the right phrase. */
const PROOF = "pulumi";

export class WrongPassphrase extends UserError {
  constructor() {
    super(
      "incorrect passphrase: the stack's secrets were encrypted with another one. " +
        "Set PULUMI_CONFIG_PASSPHRASE (or PULUMI_CONFIG_PASSPHRASE_FILE) to the one the stack was made with",
    );
  }
}

/** The phrase from the environment. Throws a UserError when there is none; the empty phrase is a valid one. */
export function passphraseFromEnvironment(environment: NodeJS.ProcessEnv): string {
  const phrase = environment.PULUMI_CONFIG_PASSPHRASE;
  if (phrase !== undefined) return phrase;
  const file = environment.PULUMI_CONFIG_PASSPHRASE_FILE;
  if (file) {
    try {
      return readFileSync(file, "utf8").trim();
    } catch (error) {
      throw new UserError(`unable to read PULUMI_CONFIG_PASSPHRASE_FILE: ${(error as Error).message}`);
    }
  }
  throw new UserError(
    "passphrase must be set with PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE environment variables",
  );
}

/** Secrets of one stack under one key; remembers ciphertexts so that unchanged secrets do not change in the file. */
export class PassphraseCrypter implements Crypter {
  private readonly known = new Map<string, string>();

  private constructor(
    private readonly key: Buffer,
    /** The salt string as it stands in settings and state. */
    readonly saltString: string,
  ) {}

  /** Derives the key of a stack's salt string and proves the phrase. Throws WrongPassphrase. */
  static async open(phrase: string, saltString: string): Promise<PassphraseCrypter> {
    const match = /^v1:([^:]+):(v1:.+)$/.exec(saltString);
    if (!match?.[1] || !match[2]) {
      throw new UserError(`the encryption salt is malformed (it must have the form v1:…:v1:…:…): ${saltString}`);
    }
    const crypter = new PassphraseCrypter(await deriveKey(phrase, Buffer.from(match[1], "base64")), saltString);
    if (crypter.decrypt(match[2]) !== PROOF) throw new WrongPassphrase();
    return crypter;
  }

  /** A new salt, for a stack that has none. */
  static async create(phrase: string): Promise<PassphraseCrypter> {
    const salt = randomBytes(SALT_BYTES);
    const key = await deriveKey(phrase, salt);
    return new PassphraseCrypter(key, `v1:${salt.toString("base64")}:${seal(key, PROOF)}`);
  }

  encrypt(plaintext: string, where = ""): string {
    return this.known.get(`${where}\n${plaintext}`) ?? seal(this.key, plaintext);
  }

  decrypt(ciphertext: string, where = ""): string {
    const plaintext = unseal(this.key, ciphertext);
    this.known.set(`${where}\n${plaintext}`, ciphertext);
    return plaintext;
  }
}

const deriveKey = (phrase: string, salt: Buffer): Promise<Buffer> =>
  promisify(pbkdf2)(phrase, salt, ITERATIONS, KEY_BYTES, "sha256");

function seal(key: Buffer, plaintext: string): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv("aes-256-gcm", key, nonce);
  const sealed = Buffer.concat([cipher.update(plaintext, "utf8"), cipher.final(), cipher.getAuthTag()]);
  return `v1:${nonce.toString("base64")}:${sealed.toString("base64")}`;
}

function unseal(key: Buffer, ciphertext: string): string {
  const [version, nonce, sealed] = ciphertext.split(":");
  if (version !== "v1" || !nonce || sealed === undefined) {
    throw new UserError(`a secret is not in the form v1:<nonce>:<ciphertext>: ${ciphertext.slice(0, 40)}`);
  }
  const bytes = Buffer.from(sealed, "base64");
  try {
    const decipher = createDecipheriv("aes-256-gcm", key, Buffer.from(nonce, "base64"));
    decipher.setAuthTag(bytes.subarray(bytes.length - TAG_BYTES));
    return Buffer.concat([decipher.update(bytes.subarray(0, bytes.length - TAG_BYTES)), decipher.final()]).toString();
  } catch {
    throw new WrongPassphrase();
  }
}
