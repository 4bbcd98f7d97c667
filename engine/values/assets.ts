/** Content hashes of assets and archives, which are what their changes are recognised by. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import path from "node:path";
import { Archive, Asset, isMap, type PropertyMap, type PropertyValue, Secret } from "./property";

/** A file that an asset names but that cannot be read. */
export class AssetError extends Error {}

/** The same map with the hashes of its assets and archives filled in. Relative paths start at `directory`. */
export async function hashAssets(map: PropertyMap, directory: string): Promise<PropertyMap> {
  const entries = Object.entries(map).map(async ([key, value]) => [key, await hashIn(value, directory)] as const);
  return Object.fromEntries(await Promise.all(entries));
}

async function hashIn(value: PropertyValue, directory: string): Promise<PropertyValue> {
  if (value instanceof Asset) return new Asset({ ...value.source, hash: await hashAsset(value, directory) });
  if (value instanceof Archive) return hashArchive(value, directory);
  if (value instanceof Secret) return new Secret(await hashIn(value.element, directory));
  if (Array.isArray(value)) return Promise.all(value.map((item) => hashIn(item, directory)));
  return isMap(value) ? hashAssets(value, directory) : value;
}

async function hashAsset(asset: Asset, directory: string): Promise<string> {
  const { hash, text, path: file, uri } = asset.source;
  if (hash !== undefined) return hash;
  if (text !== undefined) return createHash("sha256").update(text).digest("hex");
  if (file !== undefined) return hashFile(path.resolve(directory, file));
  throw new AssetError(`assets from a URI are not supported by the local engine: ${uri}`);
}

async function hashArchive(archive: Archive, directory: string): Promise<Archive> {
  const { hash, path: place, assets } = archive.source;
  if (hash !== undefined) return archive;
  if (assets !== undefined) {
    const hashed = await Promise.all(
      Object.keys(assets)
        .sort()
        .map(async (name) => [name, (await hashIn(assets[name] as Asset, directory)) as Asset | Archive] as const),
    );
    const digest = createHash("sha256");
    for (const [name, asset] of hashed) digest.update(`${name}\0${asset.source.hash}\0`);
    return new Archive({ assets: Object.fromEntries(hashed), hash: digest.digest("hex") });
  }
  if (place === undefined) throw new AssetError("archives from a URI are not supported by the local engine");
  return new Archive({ path: place, hash: await hashPlace(path.resolve(directory, place)) });
}

async function hashPlace(place: string): Promise<string> {
  if (!(await statOf(place)).isDirectory()) return hashFile(place);
  const digest = createHash("sha256");
  for (const file of await filesBelow(place)) digest.update(`${file}\0${await hashFile(path.join(place, file))}\0`);
  return digest.digest("hex");
}

/** Relative paths of all files below a directory, sorted. */
export async function filesBelow(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => path.relative(directory, path.join(entry.parentPath, entry.name)))
    .sort();
}

async function statOf(file: string) {
  try {
    return await stat(file);
  } catch {
    throw new AssetError(`the file of an asset does not exist or cannot be read: ${file}`);
  }
}

async function hashFile(file: string): Promise<string> {
  if ((await statOf(file)).isDirectory()) {
    throw new AssetError(`an asset must be a file, but ${file} is a directory (a FileArchive takes directories)`);
  }
  const digest = createHash("sha256");
  for await (const chunk of createReadStream(file)) digest.update(chunk as Buffer);
  return digest.digest("hex");
}
