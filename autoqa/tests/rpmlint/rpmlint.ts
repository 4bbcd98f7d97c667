/** rpmlint on all RPMs of a build, source included. */
import { writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fetchBuildRpms } from "../../koji/build-rpms";
import { KojiHub } from "../../koji/hub";
import { exec } from "../../tools/exec";
import type { TestFunction } from "../run";
import { configuration } from "./configuration";
import program from "./program.py";
import { readReport } from "./verdict";

/** Debian's own interpreter, for which its rpmlint is installed. */
const python = "/usr/bin/python3";
/** Modules come from the system alone, not from where packages are unpacked; names that are no UTF-8 can be printed. */
export const pythonOptions = ["-I", "-X", "utf8"];

export const rpmlint: TestFunction = async ({ event, endpoints, directory, log }) => {
  if (event.event !== "post-koji-build") throw new Error(`rpmlint is not meant for ${event.event}`);
  const { build: nvr } = event;
  const fetched = await fetchBuildRpms(new KojiHub(endpoints.kojiHubUrl), endpoints.kojiFilesUrl, nvr, directory);
  const files = fetched.map(({ path }) => basename(path));
  log(`rpmlint of ${nvr}: ${files.join(", ")}`);
  writeFileSync(join(directory, "rpmlint.toml"), configuration);
  const finished = await exec(python, [...pythonOptions, "-c", program, "--config", "rpmlint.toml", ...files], {
    cwd: directory,
    environment: { CONFIG_DISABLE_AUTOLOADING: "1" },
  });
  const report = readReport(finished.stdout, finished.exitCode, files.length);
  for (const line of report.lines) log(line);
  if (report.outcome === "CRASHED")
    for (const line of finished.stderr.replaceAll(directory, ".").split("\n")) log(line);
  return [{ item: nvr, type: "koji_build", outcome: report.outcome, note: report.note, builds: [nvr] }];
};
