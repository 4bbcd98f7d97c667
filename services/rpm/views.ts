/** What koji tells of an RPM's header: dependencies, files, fields by name. */
import { genericError } from "../world/errors";
import type { Struct, Value } from "../xmlrpc/values";
import { numbersTag, type RpmHeader, textsTag } from "./header";
import { SINGLE, TAGS } from "./tags";

function tag(name: string): number {
  return TAGS[name] as number;
}

/** koji's DEP_* numbers (koji/__init__.py) in the order in which it lists them. */
const DEPENDENCY_KINDS = [
  ["REQUIRE", 0],
  ["PROVIDE", 1],
  ["CONFLICT", 3],
  ["OBSOLETE", 2],
  ["SUGGEST", 4],
  ["ENHANCE", 5],
  ["SUPPLEMENT", 6],
  ["RECOMMEND", 7],
] as const;

export function dependencies(header: RpmHeader): Struct[] {
  return DEPENDENCY_KINDS.flatMap(([kind, type]) => {
    const versions = textsTag(header, tag(`${kind}VERSION`));
    const flags = numbersTag(header, tag(`${kind}FLAGS`));
    return textsTag(header, tag(`${kind}NAME`)).map((name, index) => ({
      name,
      version: versions[index] ?? "",
      flags: flags[index] ?? 0,
      type,
    }));
  });
}

export function fileNames(header: RpmHeader): string[] {
  const directories = textsTag(header, tag("DIRNAMES"));
  const indexes = numbersTag(header, tag("DIRINDEXES"));
  return textsTag(header, tag("BASENAMES")).map((base, index) => `${directories[indexes[index] ?? 0] ?? ""}${base}`);
}

const DIGEST_ALGORITHMS: Readonly<Record<number, string>> = {
  1: "md5",
  2: "sha1",
  8: "sha256",
  9: "sha384",
  10: "sha512",
};

export function files(header: RpmHeader): Struct[] {
  const column = (name: string): number[] => numbersTag(header, tag(name));
  const digests = textsTag(header, tag("FILEDIGESTS"));
  const sizes = column("FILESIZES");
  const flags = column("FILEFLAGS");
  const users = textsTag(header, tag("FILEUSERNAME"));
  const groups = textsTag(header, tag("FILEGROUPNAME"));
  const times = column("FILEMTIMES");
  const modes = column("FILEMODES");
  const algorithm = DIGEST_ALGORITHMS[column("FILEDIGESTALGO")[0] ?? 1] ?? "md5";
  return fileNames(header).map((name, index) => ({
    name,
    digest: digests[index] ?? "",
    digest_algo: algorithm,
    md5: digests[index] ?? "",
    size: sizes[index] ?? 0,
    flags: flags[index] ?? 0,
    user: users[index] ?? "",
    group: groups[index] ?? "",
    mtime: times[index] ?? 0,
    mode: modes[index] ?? 0,
  }));
}

/** Fields by rpm's names in any case, as the caller spelt them. @throws KojiError for a name that rpm does not have. */
export function headerFields(header: RpmHeader, names: readonly string[]): Struct {
  const fields: Struct = {};
  const wanted = names.length > 0 ? names : Object.keys(TAGS).filter((name) => header.has(tag(name)));
  for (const name of wanted) {
    const upper = name.toUpperCase().replace(/^RPMTAG_/, "");
    if (upper === "FILENAMES") fields[name] = fileNames(header);
    else if (Object.hasOwn(TAGS, upper)) fields[name] = fieldValue(header, tag(upper));
    else throw genericError(`No such rpm header field: ${name}`);
  }
  return fields;
}

function fieldValue(header: RpmHeader, number: number): Value {
  const value = header.get(number);
  if (value === undefined) return null;
  if (value instanceof Uint8Array) return Buffer.from(value).toString("hex");
  if (Array.isArray(value) && SINGLE.has(number)) return (value[0] ?? null) as Value;
  return value as Value;
}

/** The changelog, newest first, with dates as koji's hub in UTC writes them. */
export function changelogEntries(header: RpmHeader): Struct[] {
  const authors = textsTag(header, tag("CHANGELOGNAME"));
  const texts = textsTag(header, tag("CHANGELOGTEXT"));
  return numbersTag(header, tag("CHANGELOGTIME")).map((seconds, index) => ({
    date: new Date(seconds * 1000).toISOString().slice(0, 19).replace("T", " "),
    date_ts: seconds,
    author: authors[index] ?? "",
    text: texts[index] ?? "",
  }));
}
