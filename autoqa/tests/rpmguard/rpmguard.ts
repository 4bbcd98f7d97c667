/** rpmguard: a new build's RPMs against those of the last stable build (QA:Rpmguard_Test_Case). */
import { mkdirSync } from "node:fs";
import { basename, join } from "node:path";
import { fetchBuildRpms, isDebug, listBuildRpms } from "../../koji/build-rpms";
import { KojiHub, packageOf } from "../../koji/hub";
import type { Rpm } from "../../koji/types";
import type { Outcome } from "../../outcomes";
import { queryRpms, type RpmContent } from "../../rpm/query";
import type { TestFunction, TestResult } from "../run";
import { compareRpms, type Finding } from "./compare";

export const rpmguard: TestFunction = async ({ event, endpoints, directory, log }) => {
  if (event.event !== "post-koji-build") throw new Error(`rpmguard is not meant for ${event.event}`);
  const { build, release } = event;
  const hub = new KojiHub(endpoints.kojiHubUrl);
  const result = (outcome: Outcome, note: string): TestResult[] => {
    return [{ item: build, type: "koji_build", outcome, note, builds: [build] }];
  };

  const options = { package: packageOf(build), latest: true, inherit: true };
  const [stable] = await hub.listTagged(release.stableTag, options);
  if (stable === undefined || stable.nvr === build) {
    await listBuildRpms(hub, build);
    log(`${release.stableTag} has no other build of ${packageOf(build)}: nothing to compare with.`);
    return result("PASSED", "no stable build to compare with");
  }
  log(`rpmguard of ${build}, compared with ${stable.nvr} in ${stable.tag_name}`);
  const contents = async (nvr: string, folder: string) => {
    const path = join(directory, folder);
    mkdirSync(path);
    const wanted = (rpm: Rpm) => rpm.arch !== "src" && !isDebug(rpm);
    const rpms = await fetchBuildRpms(hub, endpoints.kojiFilesUrl, nvr, path, wanted);
    const queried = await queryRpms(
      path,
      rpms.map((rpm) => basename(rpm.path)),
    );
    return new Map(queried.map((content) => [`${content.name}.${content.arch}`, content]));
  };
  const older = await contents(stable.nvr, "older");
  const newer = await contents(build, "newer");

  const findings = [...new Set([...older.keys(), ...newer.keys()])].sort().flatMap((name) => {
    const found = compareSubpackage(older.get(name), newer.get(name));
    for (const { severity, text } of found) log(`${name}: ${severity}: ${text}`);
    return found;
  });
  const warnings = findings.filter(({ severity }) => severity === "W").length;
  const outcome = warnings > 0 ? "FAILED" : findings.length > 0 ? "INFO" : "PASSED";
  return result(outcome, `${warnings} warnings, ${findings.length - warnings} remarks against ${stable.nvr}`);
};

function compareSubpackage(older: RpmContent | undefined, newer: RpmContent | undefined): Finding[] {
  if (newer === undefined) return [{ severity: "W", text: "removed PACKAGE" }];
  if (older === undefined) return [{ severity: "I", text: "added PACKAGE" }];
  return compareRpms(older, newer);
}
