/** Where koji keeps a build's files (koji.PathInfo, koji-project/koji koji/__init__.py). */
import type { Rpm } from "./types";

/** What RPM and koji allow in a name, version, release or architecture; above all no slash and no leading dot. */
const safePart = /^[A-Za-z0-9_+~^][A-Za-z0-9._+~^{}-]*$/;

/** koji described a file by a name that cannot be a path of koji's. */
export class HostileNameError extends Error {
  override name = "HostileNameError";
}

/** `<name>-<version>-<release>.<arch>.rpm`, the RPM's own. @throws HostileNameError */
export function rpmFileName(rpm: Pick<Rpm, "name" | "version" | "release" | "arch">): string {
  check(rpm.name, rpm.version, rpm.release, rpm.arch);
  return `${rpm.name}-${rpm.version}-${rpm.release}.${rpm.arch}.rpm`;
}

/** Relative to koji's top: the first three parts are the build's, the file name is the RPM's. @throws HostileNameError */
export function rpmPath(
  build: { name: string; version: string; release: string },
  rpm: Pick<Rpm, "name" | "version" | "release" | "arch">,
): string {
  check(build.name, build.version, build.release);
  const parts = [build.name, build.version, build.release, rpm.arch, rpmFileName(rpm)];
  return `packages/${parts.map(encodeURIComponent).join("/")}`;
}

function check(...parts: string[]): void {
  for (const part of parts) {
    if (!safePart.test(part))
      throw new HostileNameError(`koji names a file by ${JSON.stringify(part)}, which is no RPM's name`);
  }
}
