/**
 * Virtual environments with the real clients, made once and kept outside the sources under a digest of what goes in:
 * `AUTOQA_TEST_VENVS`, else below node_modules/.cache. The system's Python is used, for its rpm and solv modules are
 * Debian's packages (python3-rpm, python3-solv) and on no registry.
 */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const PYTHON = "/usr/bin/python3";
const INSTALL_TIMEOUT_MS = 900_000;

/** Makes every environment, side by side, so that no test's time is that of a download. */
export async function installClients(): Promise<void> {
  const all = readdirSync(__dirname).filter((name) => /^requirements.*\.txt$/.test(name));
  await Promise.all(all.map(virtualEnvironment));
}

/** @param requirements a file beside this one. @returns the environment's directory */
export async function virtualEnvironment(requirements: string): Promise<string> {
  const source = join(__dirname, requirements);
  const { stdout: version } = await run(PYTHON, ["--version"]);
  const digest = createHash("sha256").update(version).update(readFileSync(source)).digest("hex").slice(0, 16);
  const root = process.env.AUTOQA_TEST_VENVS ?? join(process.cwd(), "node_modules/.cache/venvs");
  const directory = join(root, `${requirements.replace(/\.txt$/, "")}-${digest}`);
  if (existsSync(join(directory, "complete"))) return directory;
  mkdirSync(root, { recursive: true });
  rmSync(directory, { recursive: true, force: true });
  // A virtual environment knows its own path, so it is made in its place and marked complete at the end.
  await run(PYTHON, ["-m", "venv", "--system-site-packages", directory]).catch((error: Error) => {
    throw new Error(`Python cannot make virtual environments; install python3-venv (${error.message})`);
  });
  const pip = join(directory, "bin/pip");
  const options = ["install", "--quiet", "--disable-pip-version-check", "--no-input", "-r", source];
  await run(pip, options, { timeout: INSTALL_TIMEOUT_MS, maxBuffer: 64 << 20 }).catch((error: Error) => {
    throw new Error(
      `the clients cannot be installed; koji needs the packages libkrb5-dev, python3-dev and gcc (${error.message})`,
    );
  });
  writeFileSync(join(directory, "complete.new"), "");
  renameSync(join(directory, "complete.new"), join(directory, "complete"));
  return directory;
}
