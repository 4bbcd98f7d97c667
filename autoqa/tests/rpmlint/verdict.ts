/** rpmlint's output and exit code to an outcome: no E: lines is a pass (QA:Rpmlint_Test_Case). */
import type { Outcome } from "../../outcomes";

/** rpmlint 2's exit codes: errors found, or only such as strict mode made of warnings (rpmlint/lint.py). */
const exitWithErrors = [64, 65];

export interface Report {
  outcome: Outcome;
  note: string;
  /** The messages, without what differs from run to run. */
  lines: string[];
}

/**
 * @param stdout with rpmlint's header (which names its configuration's path) and last line (which has a time)
 * @param packages how many it was given
 */
export function readReport(stdout: string, exitCode: number | undefined, packages: number): Report {
  const all = stdout.split("\n");
  const begin = all.indexOf("") + 1;
  const end = all.findLastIndex((line) => / packages? and \d+ specfiles? checked; /.test(line));
  const counts = / (\d+) packages? and \d+ specfiles? checked; (\d+) errors, (\d+) warnings/.exec(all[end] ?? "");
  if (begin === 0 || end < begin || counts === null || exitCode === undefined) {
    return { outcome: "CRASHED", note: "rpmlint gave no result", lines: all };
  }
  const lines = all.slice(begin, end);
  const [checked, errors, warnings] = counts.slice(1).map(Number);
  if (checked !== packages) {
    return { outcome: "CRASHED", note: `rpmlint checked ${checked} of ${packages} packages`, lines };
  }
  const note = `${errors} errors, ${warnings} warnings`;
  if (exitWithErrors.includes(exitCode) && errors !== 0) return { outcome: "FAILED", note, lines };
  if (exitCode === 0 && errors === 0) return { outcome: "PASSED", note, lines };
  return { outcome: "CRASHED", note: `rpmlint ended with code ${exitCode}`, lines };
}
