/** From a build's name to its RPMs on disk. */
import { checkRpmFiles } from "../rpm/check-file";
import { DownloadError, downloadRpms } from "./files";
import type { KojiHub } from "./hub";
import { rpmFileName } from "./paths";
import { BUILD_STATE_COMPLETE, type Rpm } from "./types";

export interface FetchedRpm {
  rpm: Rpm;
  path: string;
}

/**
 * Downloads the RPMs of a build that `wanted` accepts and checks that they are whole, in the order of their names.
 * @throws DownloadError if koji has no such build any more, and what downloadRpms and checkRpmFiles throw
 */
export async function fetchBuildRpms(
  hub: KojiHub,
  filesUrl: string,
  nvr: string,
  directory: string,
  wanted: (rpm: Rpm) => boolean = () => true,
): Promise<FetchedRpm[]> {
  const build = await hub.getBuild(nvr);
  if (build === undefined) throw new DownloadError(`koji knows no build ${nvr}`);
  if (build.state !== BUILD_STATE_COMPLETE) throw new DownloadError(`koji's build ${nvr} is not complete any more`);
  const rpms = (await hub.listRpms(build.build_id)).filter(wanted);
  // Names are sorted by code unit, so that the order is the same in every locale.
  const named = rpms.map((rpm) => ({ rpm, file: rpmFileName(rpm) }));
  named.sort((a, b) => (a.file < b.file ? -1 : Number(a.file > b.file)));
  const sorted = named.map(({ rpm }) => rpm);
  const paths = await downloadRpms(filesUrl, build, sorted, directory);
  await checkRpmFiles(
    directory,
    named.map(({ file }) => file),
  );
  return sorted.map((rpm, i) => ({ rpm, path: paths[i] as string }));
}
