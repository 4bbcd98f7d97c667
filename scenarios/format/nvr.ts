/** Package names as koji and RPM write them: `name-version-release`. */

export interface Nvr {
  name: string;
  version: string;
  release: string;
}

/** Splits `name-version-release` at its last two dashes; undefined when a part is missing. */
export function parseNvr(nvr: string): Nvr | undefined {
  const match = /^(?<name>[^\s/]+)-(?<version>[^\s/-]+)-(?<release>[^\s/-]+)$/.exec(nvr)?.groups;
  return match as Nvr | undefined;
}

export function formatNvr({ name, version, release }: Nvr): string {
  return `${name}-${version}-${release}`;
}
