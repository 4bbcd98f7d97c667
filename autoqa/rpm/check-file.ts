/** Whether files are whole RPMs: RPM's own digests, not signatures, for koji's unsigned copies are what is tested. */
import { basename, dirname } from "node:path";
import { exec } from "../tools/exec";

/** The file is no RPM, or a damaged one, though it has the size that koji states. */
export class DamagedRpmError extends Error {
  override name = "DamagedRpmError";
}

/** @throws DamagedRpmError naming every bad file; nothing in a package is executed */
export async function checkRpmFiles(paths: readonly string[]): Promise<void> {
  const bad: string[] = [];
  for (const path of paths) {
    const checked = await exec("rpm", ["-K", "--nosignature", basename(path)], { cwd: dirname(path) });
    if (checked.exitCode !== 0 || !checked.stdout.includes("digests OK")) bad.push(basename(path));
  }
  if (bad.length > 0) throw new DamagedRpmError(`not a whole RPM: ${bad.join(", ")}`);
}
