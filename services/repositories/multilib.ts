/**
 * Multilib as mash made it for Fedora: a 64-bit repository also holds the 32-bit development packages and libraries that
 * have a 64-bit twin, and whatever else those need (mash's `devel` method; its dependency closure is why depcheck must
 * not use createrepo alone, autoqa-devel thread CWXBQJXGZ6C34LTFSZHSHJJH2YQGCJNL).
 */

/** What the choice looks at; read from the package's header. */
export interface MultilibPackage {
  name: string;
  arch: string;
  provides: readonly string[];
  requires: readonly string[];
  files: readonly string[];
}

const LIBRARY_DIRECTORIES = ["/lib/", "/usr/lib/", "/lib64/", "/usr/lib64/"];
const LIBRARY = /\.so(?:\.[^/]*)?$/;

/** Whether the 32-bit package is one that users of a 64-bit system want beside the 64-bit one. */
export function isMultilibCandidate({ name, files }: MultilibPackage): boolean {
  if (name.endsWith("-debuginfo") || name.endsWith("-debugsource")) return false;
  if (name.endsWith("-devel") || name.endsWith("-static")) return true;
  return files.some((file) => {
    const directory = file.slice(0, file.lastIndexOf("/") + 1);
    return LIBRARY_DIRECTORIES.includes(directory) && LIBRARY.test(file);
  });
}

/** What rpm itself answers for. */
function isInternal(capability: string): boolean {
  return capability.startsWith("rpmlib(") || capability.startsWith("config(");
}

/**
 * @param native packages of the repository's own architecture
 * @param foreign the 32-bit packages that there are
 * @returns those of `foreign` to add, in their order
 */
export function selectMultilib<P extends MultilibPackage>(
  native: readonly MultilibPackage[],
  foreign: readonly P[],
): P[] {
  const nativeNames = new Set(native.map(({ name }) => name));
  const chosen = new Set(foreign.filter((each) => nativeNames.has(each.name) && isMultilibCandidate(each)));
  const provided = new Set<string>();
  const provide = ({ provides, files }: MultilibPackage): void => {
    for (const capability of [...provides, ...files]) provided.add(capability);
  };
  for (const each of native) provide(each);
  for (const each of chosen) provide(each);
  const queue = [...chosen];
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    for (const capability of next.requires) {
      if (provided.has(capability) || isInternal(capability)) continue;
      const provider = foreign.find((each) => each.provides.includes(capability) || each.files.includes(capability));
      if (provider === undefined) continue;
      chosen.add(provider);
      provide(provider);
      queue.push(provider);
    }
  }
  return foreign.filter((each) => chosen.has(each));
}
