/**
 * Property values as the engine holds them. Plain JSON values stand for themselves; what JSON cannot say (a secret, a
 * value not known yet, a file) is an instance of one of the classes below.
 */

/** JSON as it appears in state files and in google.protobuf.Struct. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** A value that must be encrypted at rest and masked wherever it is shown. */
export class Secret {
  constructor(readonly element: PropertyValue) {}
}

/** A value that only becomes known when the resource it comes from exists (previews only). */
export class Unknown {
  private readonly kind = "unknown";
  toString(): string {
    return this.kind;
  }
}
export const UNKNOWN = new Unknown();

/** What an asset or an archive is made of; exactly one of `path`, `text`, `uri` and `assets` is set. */
export interface BlobSource {
  readonly hash?: string;
  readonly path?: string;
  readonly text?: string;
  readonly uri?: string;
  readonly assets?: Readonly<Record<string, Asset | Archive>>;
}

/** A file's contents. `hash` is the sha256 of them, in hex. */
export class Asset {
  constructor(readonly source: BlobSource) {}
}

/** A directory tree, an archive file or a collection of named assets. */
export class Archive {
  constructor(readonly source: BlobSource) {}
}

/** A resource passed as a value. `id` is undefined for components, UNKNOWN before it exists. */
export class ResourceReference {
  constructor(
    readonly urn: string,
    readonly id: string | Unknown | undefined,
    readonly packageVersion: string,
  ) {}
}

export type PropertyValue =
  | null
  | boolean
  | number
  | string
  | PropertyValue[]
  | PropertyMap
  | Secret
  | Unknown
  | Asset
  | Archive
  | ResourceReference;

export interface PropertyMap {
  [key: string]: PropertyValue;
}

/** True for maps only: neither arrays nor instances of the classes above. */
export function isMap(value: PropertyValue | undefined): value is PropertyMap {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    !(
      value instanceof Secret ||
      value instanceof Unknown ||
      value instanceof Asset ||
      value instanceof Archive ||
      value instanceof ResourceReference
    )
  );
}

/** Applies `change` to every value, innermost first. */
export function mapDeep(value: PropertyValue, change: (value: PropertyValue) => PropertyValue): PropertyValue {
  if (Array.isArray(value)) return change(value.map((item) => mapDeep(item, change)));
  if (value instanceof Secret) return change(new Secret(mapDeep(value.element, change)));
  if (isMap(value)) return change(mapValues(value, (item) => mapDeep(item, change)));
  return change(value);
}

/** A copy of a map with every top-level value replaced. */
function mapValues(map: PropertyMap, change: (value: PropertyValue, key: string) => PropertyValue): PropertyMap {
  return Object.fromEntries(Object.entries(map).map(([key, value]) => [key, change(value, key)]));
}

/** Whether `test` holds for the value or for anything inside it. */
export function someDeep(value: PropertyValue, test: (value: PropertyValue) => boolean): boolean {
  if (test(value)) return true;
  if (Array.isArray(value)) return value.some((item) => someDeep(item, test));
  if (value instanceof Secret) return someDeep(value.element, test);
  return isMap(value) && Object.values(value).some((item) => someDeep(item, test));
}

export const containsSecrets = (value: PropertyValue): boolean => someDeep(value, (item) => item instanceof Secret);
export const containsUnknowns = (value: PropertyValue): boolean => someDeep(value, (item) => item instanceof Unknown);

/** The value without any secret wrapper. */
export function withoutSecrets(value: PropertyValue): PropertyValue {
  return mapDeep(value, (item) => (item instanceof Secret ? item.element : item));
}

export function mapWithoutSecrets(map: PropertyMap): PropertyMap {
  return mapValues(map, withoutSecrets);
}

/** Structural equality; a secret equals only a secret, assets with hashes compare by hash. */
export function deepEquals(a: PropertyValue | undefined, b: PropertyValue | undefined): boolean {
  if (a === b) return true;
  if (a === undefined || b === undefined || a === null || b === null) return false;
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((item, index) => deepEquals(item, b[index]));
  }
  if (a instanceof Secret) return b instanceof Secret && deepEquals(a.element, b.element);
  if (a instanceof Unknown) return b instanceof Unknown;
  if (a instanceof Asset) return b instanceof Asset && sameBlob(a.source, b.source);
  if (a instanceof Archive) return b instanceof Archive && sameBlob(a.source, b.source);
  if (a instanceof ResourceReference) {
    return b instanceof ResourceReference && a.urn === b.urn && (a.id ?? "") === (b.id ?? "");
  }
  if (isMap(a) && isMap(b)) {
    const keys = Object.keys(a);
    return keys.length === Object.keys(b).length && keys.every((key) => key in b && deepEquals(a[key], b[key]));
  }
  return false;
}

function sameBlob(a: BlobSource, b: BlobSource): boolean {
  if (a.hash !== undefined && b.hash !== undefined) return a.hash === b.hash;
  return JSON.stringify(a) === JSON.stringify(b);
}
