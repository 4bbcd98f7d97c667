/**
 * Property values as they lie in a state file (pulumi/pulumi pkg/resource/stack/deployment.go): as on the wire, but
 * secrets are ciphertexts of their JSON text.
 */
import type { Crypter } from "../secrets/crypter";
import {
  Archive,
  Asset,
  isMap,
  type Json,
  type PropertyMap,
  type PropertyValue,
  ResourceReference,
  Secret,
  UNKNOWN,
  Unknown,
} from "./property";
import {
  ARCHIVE_SIGNATURE,
  ASSET_SIGNATURE,
  decodeBlob,
  encodeBlob,
  RESOURCE_SIGNATURE,
  SECRET_SIGNATURE,
  SIGNATURE,
  UNKNOWN_STRING,
} from "./wire";

/** How secrets are written: encrypted, or in the clear where the user asked for that (`stack export --show-secrets`). */
export type SecretWriter = (plaintext: string, where: string) => { ciphertext: string } | { plaintext: string };

export const encrypting =
  (crypter: Crypter): SecretWriter =>
  (plaintext, where) => ({ ciphertext: crypter.encrypt(plaintext, where) });
export const revealing: SecretWriter = (plaintext) => ({ plaintext });

/**
 * The JSON of a value. `where` names its place (URN and key), so that an unchanged secret keeps its old ciphertext.
 */
export function serializeValue(value: PropertyValue, secrets: SecretWriter, where: string): Json {
  if (value instanceof Unknown) return UNKNOWN_STRING;
  if (value instanceof Secret) {
    const plaintext = JSON.stringify(serializeValue(value.element, revealing, where));
    return { [SIGNATURE]: SECRET_SIGNATURE, ...secrets(plaintext, where) };
  }
  if (value instanceof Asset || value instanceof Archive) return encodeBlob(value);
  if (value instanceof ResourceReference) {
    return {
      [SIGNATURE]: RESOURCE_SIGNATURE,
      urn: value.urn,
      ...(value.id !== undefined && { id: value.id instanceof Unknown ? UNKNOWN_STRING : value.id }),
      packageVersion: value.packageVersion,
    };
  }
  if (Array.isArray(value)) return value.map((item, index) => serializeValue(item, secrets, `${where}[${index}]`));
  if (isMap(value)) return serializeMap(value, secrets, where);
  return value;
}

export function serializeMap(map: PropertyMap, secrets: SecretWriter, where: string): { [key: string]: Json } {
  const entries = Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, value]) => [key, serializeValue(value, secrets, `${where}.${key}`)]));
}

export function deserializeValue(json: Json, crypter: Crypter, where: string): PropertyValue {
  if (json === UNKNOWN_STRING) return UNKNOWN;
  if (Array.isArray(json)) return json.map((item, index) => deserializeValue(item, crypter, `${where}[${index}]`));
  if (typeof json !== "object" || json === null) return json;
  switch (json[SIGNATURE]) {
    case SECRET_SIGNATURE: {
      const plaintext =
        typeof json.ciphertext === "string" ? crypter.decrypt(json.ciphertext, where) : String(json.plaintext);
      return new Secret(deserializeValue(JSON.parse(plaintext) as Json, crypter, where));
    }
    case ASSET_SIGNATURE:
      return new Asset(decodeBlob(json));
    case ARCHIVE_SIGNATURE:
      return new Archive(decodeBlob(json));
    case RESOURCE_SIGNATURE: {
      const id = json.id === UNKNOWN_STRING ? UNKNOWN : (json.id as string | undefined);
      return new ResourceReference(String(json.urn), id, String(json.packageVersion ?? ""));
    }
    default:
      return deserializeMap(json, crypter, where);
  }
}

export function deserializeMap(
  json: { [key: string]: Json } | undefined,
  crypter: Crypter,
  where: string,
): PropertyMap {
  const entries = Object.entries(json ?? {});
  return Object.fromEntries(entries.map(([key, value]) => [key, deserializeValue(value, crypter, `${where}.${key}`)]));
}
