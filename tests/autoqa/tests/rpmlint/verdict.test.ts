import assert from "node:assert/strict";
import { readReport } from "../../../../autoqa/tests/rpmlint/verdict";

const header =
  "===== rpmlint session starts =====\nrpmlint: 2.4.0\nconfiguration:\n    /tmp/run-x/rpmlint.toml\nchecks: 26, packages: 2\n\n";
const footer = (errors: number, warnings: number) =>
  `\n===== 2 packages and 0 specfiles checked; ${errors} errors, ${warnings} warnings, ${errors} badness; has taken 0.3 s =====\n`;

describe("rpmlint's report", () => {
  it("is a pass without errors, and leaves out times and paths", () => {
    const report = readReport(`${header}mint.noarch: W: no-documentation${footer(0, 1)}`, 0, 2);
    assert.deepEqual(report, {
      outcome: "PASSED",
      note: "0 errors, 1 warnings",
      lines: ["mint.noarch: W: no-documentation"],
    });
  });

  it("is a failure with an error", () => {
    const report = readReport(`${header}mint.noarch: E: zero-length /usr/x${footer(1, 0)}`, 64, 2);
    assert.deepEqual([report.outcome, report.note], ["FAILED", "1 errors, 0 warnings"]);
  });

  it("is no verdict when it did not check all packages", () => {
    const report = readReport(`${header}${footer(0, 0)}`, 0, 3);
    assert.deepEqual([report.outcome, report.note], ["CRASHED", "rpmlint checked 2 of 3 packages"]);
    assert.equal(readReport(`${header}${footer(1, 0)}`, 64, 3).outcome, "CRASHED");
  });

  for (const [what, stdout, exitCode] of [
    ["it printed nothing", "", 0],
    ["it was killed", `${header}${footer(0, 0)}`, undefined],
    ["it could not read a file", "(none): E: fatal error while reading x.rpm: not an rpm\n", 3],
    ["it ended in the middle", `${header}mint.noarch: W: no-documentation\n`, 0],
    ["exit code and count disagree", `${header}${footer(0, 0)}`, 64],
    ["its exit code is that of a crash", `${header}${footer(0, 0)}`, 1],
  ] as const) {
    it(`is no verdict when ${what}`, () => {
      assert.equal(readReport(stdout, exitCode, 2).outcome, "CRASHED");
    });
  }
});
