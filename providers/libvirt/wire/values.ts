import { type Value as ProtoValue, Struct } from "google-protobuf/google/protobuf/struct_pb";

/**
 * Property values as they travel between engine and provider, decoded from protobuf structs.
 *
 * Source of the constants: pulumi/pulumi sdk/go/common/resource/sig and sdk/nodejs/runtime/rpc.js.
 */
const SIGNATURE_KEY = "4dabf18193072939515e22adb298388d";
const SECRET_SIGNATURE = "1b47061264138c4ac30d75fd1eb44270";
const ASSET_SIGNATURE = "c44067f5952c0a294b673a41bacd8c17";
const OUTPUT_SIGNATURE = "d0e6a833031e9bbcd3f4e8bde6ca49a4";
const UNKNOWN_STRING = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const UNKNOWN_SENTINELS = new Set([
  UNKNOWN_STRING,
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
  "030794c1-ac77-496b-92df-f27374a8bd58",
  "e48ece36-62e2-4504-bad9-02848725956a",
]);

/** A value that is not known before the deployment has made it (previews only). */
export class Unknown {
  readonly kind = "unknown";
}

export const UNKNOWN = new Unknown();

/** A value that must never be shown or stored in the clear. */
export class Secret {
  readonly kind = "secret";
  constructor(readonly value: Value) {}
}

/** A Pulumi asset: a file's content by path, or the content itself. */
export class Asset {
  readonly kind = "asset";
  constructor(
    readonly path: string | undefined,
    readonly text: string | undefined,
    readonly uri: string | undefined,
    /** Hex sha256 of the content, where the engine computed it. */
    readonly hash: string | undefined,
  ) {}
}

export type Value = null | boolean | number | string | Unknown | Secret | Asset | Value[] | ValueMap;
export interface ValueMap {
  [name: string]: Value;
}

/** A value without secret wrappers. */
export type Plain = null | boolean | number | string | Unknown | Asset | Plain[] | PlainMap;
export interface PlainMap {
  [name: string]: Plain;
}

export function isMap(value: unknown): value is ValueMap {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Unknown) &&
    !(value instanceof Secret) &&
    !(value instanceof Asset)
  );
}

/** Decodes a protobuf struct; an absent one is an empty map. */
export function decodeStruct(struct: Struct | undefined): ValueMap {
  return struct === undefined ? {} : decodeMap(struct.toJavaScript() as JsonMap);
}

/** Encodes a map for the wire; `undefined` is not a value and must not be in it. */
export function encodeStruct(map: ValueMap): Struct {
  return Struct.fromJavaScript(encodeMap(map) as { [key: string]: ProtoValue.AsObject & never });
}

type Json = null | boolean | number | string | Json[] | JsonMap;
interface JsonMap {
  [name: string]: Json;
}

function decodeMap(map: JsonMap): ValueMap {
  return Object.fromEntries(Object.entries(map).map(([name, value]) => [name, decode(value)]));
}

function decode(value: Json): Value {
  if (typeof value === "string") return UNKNOWN_SENTINELS.has(value) ? UNKNOWN : value;
  if (Array.isArray(value)) return value.map(decode);
  if (typeof value !== "object" || value === null) return value;
  switch (value[SIGNATURE_KEY]) {
    case SECRET_SIGNATURE:
      return new Secret(decode(value.value ?? null));
    case OUTPUT_SIGNATURE: {
      const inner = "value" in value ? decode(value.value ?? null) : UNKNOWN;
      return value.secret === true ? new Secret(inner) : inner;
    }
    case ASSET_SIGNATURE:
      return new Asset(text(value.path), text(value.text), text(value.uri), text(value.hash));
    default:
      return decodeMap(value);
  }
}

function text(value: Json | undefined): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function encodeMap(map: ValueMap): JsonMap {
  return Object.fromEntries(Object.entries(map).map(([name, value]) => [name, encode(value)]));
}

function encode(value: Value): Json {
  if (value instanceof Unknown) return UNKNOWN_STRING;
  if (value instanceof Secret) return { [SIGNATURE_KEY]: SECRET_SIGNATURE, value: encode(value.value) };
  if (value instanceof Asset) {
    const asset: JsonMap = { [SIGNATURE_KEY]: ASSET_SIGNATURE };
    for (const key of ["path", "text", "uri", "hash"] as const) {
      const part = value[key];
      if (part !== undefined) asset[key] = part;
    }
    return asset;
  }
  if (Array.isArray(value)) return value.map(encode);
  return isMap(value) ? encodeMap(value) : value;
}

/** The map without its secret wrappers, for computing with. Never to be returned to an engine. */
export function withoutSecrets(map: ValueMap): PlainMap {
  return Object.fromEntries(Object.entries(map).map(([name, value]) => [name, unwrap(value)]));
}

function unwrap(value: Value): Plain {
  if (value instanceof Secret) return unwrap(value.value);
  if (Array.isArray(value)) return value.map(unwrap);
  return isMap(value) ? withoutSecrets(value) : value;
}

export function containsUnknown(value: Value): boolean {
  if (value instanceof Unknown) return true;
  if (value instanceof Secret) return containsUnknown(value.value);
  if (Array.isArray(value)) return value.some(containsUnknown);
  return isMap(value) && Object.values(value).some(containsUnknown);
}

export function containsSecret(value: Value): boolean {
  if (value instanceof Secret) return true;
  if (Array.isArray(value)) return value.some(containsSecret);
  return isMap(value) && Object.values(value).some(containsSecret);
}

/** Every string inside a secret, so that messages can be cleaned of them. */
export function secretStrings(value: Value, inSecret = false): string[] {
  if (value instanceof Secret) return secretStrings(value.value, true);
  if (value instanceof Asset) return inSecret && value.text !== undefined ? [value.text] : [];
  if (Array.isArray(value)) return value.flatMap((item) => secretStrings(item, inSecret));
  if (isMap(value)) return Object.values(value).flatMap((item) => secretStrings(item, inSecret));
  return inSecret && typeof value === "string" ? [value] : [];
}
