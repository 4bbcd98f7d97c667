/**
 * Property values as they travel over gRPC inside google.protobuf.Struct. The markers are those of
 * pulumi/pulumi sdk/go/common/resource/sig and sdk/nodejs/runtime/rpc.ts.
 */
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import {
  Archive,
  Asset,
  type BlobSource,
  isMap,
  type Json,
  type PropertyMap,
  type PropertyValue,
  ResourceReference,
  Secret,
  UNKNOWN,
  Unknown,
} from "./property";

export const SIGNATURE = "4dabf18193072939515e22adb298388d";
export const SECRET_SIGNATURE = "1b47061264138c4ac30d75fd1eb44270";
export const ASSET_SIGNATURE = "c44067f5952c0a294b673a41bacd8c17";
export const ARCHIVE_SIGNATURE = "0def7320c3a5731c473e5ecbe6d01bc7";
export const RESOURCE_SIGNATURE = "5cf8f73096256a8f31e491e813e4eb8e";
const OUTPUT_SIGNATURE = "d0e6a833031e9bbcd3f4e8bde6ca49a4";

/** Stands for an unknown string; the only one of the unknowns that SDK and providers send in practice. */
export const UNKNOWN_STRING = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const UNKNOWNS = new Set([
  UNKNOWN_STRING,
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7", // bool
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421", // number
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2", // array
  "030794c1-ac77-496b-92df-f27374a8bd58", // asset
  "e48ece36-62e2-4504-bad9-02848725956a", // archive
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff", // object
]);

/** What the other side understands. Secrets it does not are unwrapped, unknowns it does not are left out. */
export interface WireOptions {
  readonly secrets: boolean;
  readonly unknowns: boolean;
  /** Without this, a resource is sent as its id (or URN, for components). */
  readonly resources: boolean;
}

export const EVERYTHING: WireOptions = { secrets: true, unknowns: true, resources: true };

export function decodeValue(json: Json): PropertyValue {
  if (typeof json === "string") return UNKNOWNS.has(json) ? UNKNOWN : json;
  if (Array.isArray(json)) return json.map(decodeValue);
  if (typeof json !== "object" || json === null) return json;
  switch (json[SIGNATURE]) {
    case SECRET_SIGNATURE:
      return asSecret(decodeValue(json.value ?? null));
    case OUTPUT_SIGNATURE: {
      const value = json.value === undefined ? UNKNOWN : decodeValue(json.value);
      return json.secret === true ? asSecret(value) : value;
    }
    case ASSET_SIGNATURE:
      return new Asset(decodeBlob(json));
    case ARCHIVE_SIGNATURE:
      return new Archive(decodeBlob(json));
    case RESOURCE_SIGNATURE:
      return decodeReference(json);
    default:
      return Object.fromEntries(Object.entries(json).map(([key, value]) => [key, decodeValue(value)]));
  }
}

const asSecret = (value: PropertyValue): Secret => (value instanceof Secret ? value : new Secret(value));

export function decodeBlob(json: { [key: string]: Json }): BlobSource {
  const text = (key: string) => (typeof json[key] === "string" && json[key] !== "" ? { [key]: json[key] } : {});
  const assets = json.assets;
  if (typeof assets === "object" && assets !== null && !Array.isArray(assets)) {
    const entries = Object.entries(assets).map(([name, value]) => [name, decodeValue(value)]);
    return { ...text("hash"), assets: Object.fromEntries(entries) };
  }
  // An empty text is a valid asset, so it is what remains when neither path nor uri is given.
  const place = { ...text("path"), ...text("uri") };
  const content = Object.keys(place).length === 0 ? { text: typeof json.text === "string" ? json.text : "" } : {};
  return { ...text("hash"), ...place, ...content };
}

function decodeReference(json: { [key: string]: Json }): ResourceReference {
  const raw = json.id;
  const id = raw === undefined ? undefined : raw === "" || decodeValue(raw) === UNKNOWN ? UNKNOWN : String(raw);
  return new ResourceReference(String(json.urn), id, String(json.packageVersion ?? ""));
}

/** The value on the wire, or undefined when it has to be left out. */
export function encodeValue(value: PropertyValue, options: WireOptions): Json | undefined {
  if (value instanceof Unknown) return options.unknowns ? UNKNOWN_STRING : undefined;
  if (value instanceof Secret) {
    const element = encodeValue(value.element, options);
    if (!options.secrets || element === undefined) return element;
    return { [SIGNATURE]: SECRET_SIGNATURE, value: element };
  }
  if (value instanceof Asset || value instanceof Archive) return encodeBlob(value);
  if (value instanceof ResourceReference) return encodeReference(value, options);
  if (Array.isArray(value)) return value.map((item) => encodeValue(item, options) ?? null);
  if (isMap(value)) {
    return encodeMap(value, options);
  }
  return value;
}

export function encodeMap(map: PropertyMap, options: WireOptions): { [key: string]: Json } {
  const encoded: { [key: string]: Json } = {};
  for (const key of Object.keys(map).sort()) {
    const item = map[key];
    const json = item === undefined ? undefined : encodeValue(item, options);
    if (json !== undefined) encoded[key] = json;
  }
  return encoded;
}

export function encodeBlob(value: Asset | Archive): { [key: string]: Json } {
  const { assets, ...rest } = value.source;
  return {
    [SIGNATURE]: value instanceof Asset ? ASSET_SIGNATURE : ARCHIVE_SIGNATURE,
    ...rest,
    ...(assets && {
      assets: Object.fromEntries(Object.entries(assets).map(([name, asset]) => [name, encodeBlob(asset)])),
    }),
  };
}

function encodeReference(value: ResourceReference, options: WireOptions): Json | undefined {
  if (!options.resources) {
    return value.id === undefined ? value.urn : encodeValue(value.id, options);
  }
  return {
    [SIGNATURE]: RESOURCE_SIGNATURE,
    urn: value.urn,
    ...(value.id !== undefined && { id: value.id instanceof Unknown ? UNKNOWN_STRING : value.id }),
    ...(value.packageVersion && { packageVersion: value.packageVersion }),
  };
}

/** A message's properties; an absent Struct is an empty map. */
export function fromStruct(struct: Struct | undefined): PropertyMap {
  return struct ? (decodeValue(struct.toJavaScript() as Json) as PropertyMap) : {};
}

export function toStruct(map: PropertyMap, options: WireOptions): Struct {
  return Struct.fromJavaScript(encodeMap(map, options));
}
