/** An ed25519 ssh key pair from 32 random bytes, in OpenSSH's formats. */
import { createPrivateKey, createPublicKey } from "node:crypto";

export interface SshKeyPair {
  /** PEM text as `ssh-keygen` writes it. */
  privateKey: string;
  /** One line as in `authorized_keys`. */
  publicKey: string;
}

/** RFC 8410: the PKCS #8 wrapping of an ed25519 seed. */
const pkcs8Prefix = Buffer.from("302e020100300506032b657004220420", "hex");
const keyType = "ssh-ed25519";

/** The key pair of a seed; the format is that of OpenSSH's PROTOCOL.key. @throws RangeError unless the seed has 32 bytes */
export function sshKeyPair(seed: Buffer, comment: string): SshKeyPair {
  if (seed.length !== 32) throw new RangeError(`an ed25519 seed has 32 bytes, not ${seed.length}`);
  const key = createPrivateKey({ key: Buffer.concat([pkcs8Prefix, seed]), format: "der", type: "pkcs8" });
  const publicBytes = createPublicKey(key).export({ format: "der", type: "spki" }).subarray(-32);
  const publicBlob = Buffer.concat([field(keyType), field(publicBytes)]);
  // The check number only serves to notice a wrong passphrase, and there is none: it need not be random.
  const check = Buffer.alloc(8);
  const secret = Buffer.concat([
    check,
    field(keyType),
    field(publicBytes),
    field(Buffer.concat([seed, publicBytes])),
    field(comment),
  ]);
  const padding = Buffer.from(Array.from({ length: (8 - (secret.length % 8)) % 8 }, (_, index) => index + 1));
  const body = Buffer.concat([
    Buffer.from("openssh-key-v1\0"),
    field("none"),
    field("none"),
    field(""),
    Buffer.from([0, 0, 0, 1]),
    field(publicBlob),
    field(Buffer.concat([secret, padding])),
  ]);
  const lines = body.toString("base64").match(/.{1,70}/g) ?? [];
  return {
    privateKey: `-----BEGIN OPENSSH PRIVATE KEY-----\n${lines.join("\n")}\n-----END OPENSSH PRIVATE KEY-----\n`,
    publicKey: `${keyType} ${publicBlob.toString("base64")} ${comment}`,
  };
}

/** RFC 4251 §5: a string with its length before it. */
function field(value: string | Buffer): Buffer {
  const bytes = Buffer.from(value as string);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}
