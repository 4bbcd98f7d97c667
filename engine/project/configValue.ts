/** Configuration values: text or structured data, with secrets `{secure: <ciphertext>}` at any depth. */
import type { Crypter } from "../secrets/crypter";

export type ConfigValue = null | boolean | number | string | ConfigValue[] | { [key: string]: ConfigValue };

/** A value that nothing has to be decrypted in any more. */
export interface ResolvedConfig {
  /** What the program gets: text as it is, structured data as JSON. */
  readonly text: string;
  /** The structured value, when it is one. */
  readonly object: ConfigValue | undefined;
  /** Whether any part of it is secret. */
  readonly secret: boolean;
  /** The decrypted secrets in it, for masking. */
  readonly secrets: readonly string[];
}

export function isSecure(value: ConfigValue | undefined): value is { secure: string } {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    typeof value.secure === "string" &&
    Object.keys(value).length === 1
  );
}

export function containsSecure(value: ConfigValue): boolean {
  if (isSecure(value)) return true;
  return typeof value === "object" && value !== null && Object.values(value).some(containsSecure);
}

/** Decrypts what is secret in a value. `crypter` is only asked for when something is. */
export function resolveConfig(value: ConfigValue, crypter: () => Crypter): ResolvedConfig {
  const secrets: string[] = [];
  const reveal = (part: ConfigValue): ConfigValue => {
    if (isSecure(part)) {
      const plain = crypter().decrypt(part.secure);
      secrets.push(plain);
      return plain;
    }
    if (Array.isArray(part)) return part.map(reveal);
    if (typeof part !== "object" || part === null) return part;
    return Object.fromEntries(Object.entries(part).map(([key, item]) => [key, reveal(item)]));
  };
  const plain = reveal(value);
  const structured = typeof plain === "object" && plain !== null;
  return {
    text: structured ? JSON.stringify(plain) : plain === null ? "" : String(plain),
    object: structured ? plain : undefined,
    secret: containsSecure(value),
    secrets,
  };
}
