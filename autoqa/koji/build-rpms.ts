/** From a build's name to its RPMs on disk. */
import { checkRpmFiles } from "../rpm/check-file";
import { DownloadError, downloadRpms } from "./files";
import type { KojiHub } from "./hub";
import { rpmFileName } from "./paths";
import { BUILD_STATE_COMPLETE, type Build, type Rpm } from "./types";

/** koji has nothing of a build that an RPM test could examine: it is a container, a flatpak or an image. */
export class NoRpmsError extends Error {
  override name = "NoRpmsError";
}

export interface FetchedRpm {
  rpm: Rpm;
  path: string;
}

/** Whether it holds what debuggers read, and is of no concern to a repository's users. */
export function isDebug({ name }: Pick<Rpm, "name">): boolean {
  return /-debug(info|source)(-|$)/.test(name);
}

/**
 * What koji has of a build.
 * @throws DownloadError if koji has no such build any more, NoRpmsError if there is nothing in it to install
 */
export async function listBuildRpms(hub: KojiHub, nvr: string): Promise<{ build: Build; rpms: Rpm[] }> {
  const build = await hub.getBuild(nvr);
  if (build === undefined) throw new DownloadError(`koji knows no build ${nvr}`);
  if (build.state !== BUILD_STATE_COMPLETE) throw new DownloadError(`koji's build ${nvr} is not complete any more`);
  const rpms = await hub.listRpms(build.build_id);
  if (rpms.every((rpm) => ["src", "nosrc"].includes(rpm.arch) || isDebug(rpm))) {
    throw new NoRpmsError(`koji lists no RPM of ${nvr} that could be installed`);
  }
  return { build, rpms };
}

/**
 * Downloads the RPMs of a build that `wanted` accepts and checks that they are whole, in the order of their names.
 * @throws what listBuildRpms, downloadRpms and checkRpmFiles throw
 */
export async function fetchBuildRpms(
  hub: KojiHub,
  filesUrl: string,
  nvr: string,
  directory: string,
  wanted: (rpm: Rpm) => boolean = () => true,
): Promise<FetchedRpm[]> {
  const { build, rpms } = await listBuildRpms(hub, nvr);
  // Names are sorted by code unit, so that the order is the same in every locale.
  const named = rpms.filter(wanted).map((rpm) => ({ rpm, file: rpmFileName(rpm) }));
  named.sort((a, b) => (a.file < b.file ? -1 : Number(a.file > b.file)));
  const sorted = named.map(({ rpm }) => rpm);
  const paths = await downloadRpms(filesUrl, build, sorted, directory);
  await checkRpmFiles(
    directory,
    named.map(({ file }) => file),
  );
  return sorted.map((rpm, i) => ({ rpm, path: paths[i] as string }));
}
