/** Whether files are whole RPMs: RPM's own digests, not signatures, for koji's unsigned copies are what is tested. */
import { exec } from "../tools/exec";

/** The file is no RPM, or a damaged one, though it has the size that koji states. */
export class DamagedRpmError extends Error {
  override name = "DamagedRpmError";
}

/**
 * @param names of files in the directory
 * @throws DamagedRpmError naming every bad file; nothing in a package is executed
 */
export async function checkRpmFiles(directory: string, names: readonly string[]): Promise<void> {
  if (names.length === 0) return;
  const { stdout } = await exec("rpm", ["-K", "--nosignature", ...names], { cwd: directory });
  const good = stdout.split("\n");
  const bad = names.filter((name) => !good.includes(`${name}: digests OK`));
  if (bad.length > 0) throw new DamagedRpmError(`not a whole RPM: ${bad.join(", ")}`);
}
