/** Loading a situation: all of it or nothing, with the system under test stopped meanwhile. */
import { randomBytes } from "node:crypto";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { Infrastructure } from "../infrastructure";
import { loadSituation } from "../world/load";
import { collectGarbage } from "./memory";
import type { Supervisors } from "./supervisors";
import { readUpload } from "./upload";

/** Characters of a document that is worth a garbage collection of its own. */
const LARGE_DOCUMENT = 4 * 1024 * 1024;

export interface LoadedCounts {
  name: string;
  releases: number;
  tags: number;
  builds: number;
  rpms: number;
  files: number;
  updates: number;
}

export function counts({ world }: Infrastructure, name: string, files: number): LoadedCounts {
  return {
    name,
    releases: world.bodhi.releases.length,
    tags: world.tags.length,
    builds: world.builds.length,
    rpms: world.rpms.length,
    files,
    updates: world.bodhi.updates.length,
  };
}

/** Stops the system under test everywhere, or leaves it running everywhere. */
export async function stopAll(supervisors: Supervisors): Promise<void> {
  try {
    await supervisors.stop();
  } catch (error) {
    await supervisors.start().catch(() => undefined);
    throw error;
  }
}

/** @throws UploadError, SituationError: nothing was changed. SupervisorError: the system under test does not obey. */
export async function loadUpload(
  infrastructure: Infrastructure,
  supervisors: Supervisors,
  stream: AsyncIterable<Uint8Array>,
): Promise<LoadedCounts> {
  const directory = join(infrastructure.stateDirectory, `incoming-${randomBytes(6).toString("hex")}`);
  try {
    const upload = await readUpload(stream, directory);
    const large = upload.documentBytes > LARGE_DOCUMENT;
    if (large) collectGarbage();
    const world = loadSituation(upload.situation);
    await stopAll(supervisors);
    infrastructure.replaceWorld(world, directory);
    await supervisors.setClock(world.clock);
    await supervisors.start();
    if (large) setImmediate(collectGarbage);
    return counts(infrastructure, upload.situation.name, upload.files);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
