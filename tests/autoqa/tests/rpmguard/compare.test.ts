import assert from "node:assert/strict";
import type { PackagedFile, RpmContent } from "../../../../autoqa/rpm/query";
import { compareRpms } from "../../../../autoqa/tests/rpmguard/compare";

function rpm(content: Partial<RpmContent> = {}): RpmContent {
  return {
    name: "mint",
    arch: "noarch",
    requires: [],
    provides: [],
    obsoletes: [],
    conflicts: [],
    files: [],
    ...content,
  };
}

function file(path: string, more: Partial<PackagedFile> = {}): PackagedFile {
  return { path, mode: 0o100644, owner: "root", group: "root", digest: "d", isConfig: false, isDoc: false, ...more };
}

const relation = (name: string, operator = "", version = "") => ({ name, operator, version });

function findings(older: RpmContent, newer: RpmContent): string[] {
  return compareRpms(older, newer).map(({ severity, text }) => `${severity}: ${text}`);
}

describe("rpmguard", () => {
  it("says nothing of equal packages", () => {
    const content = rpm({ requires: [relation("a", ">=", "1")], files: [file("/x", { isConfig: true })] });
    assert.deepEqual(findings(content, content), []);
  });

  it("warns of what is lost or lowered, and remarks what is new", () => {
    const older = rpm({
      requires: [relation("gone"), relation("lower", ">=", "2:1.0-1"), relation("unbound", "=", "1"), relation("kept")],
      provides: [relation("mint", "=", "1.0-1")],
      obsoletes: [relation("old", "<", "2")],
    });
    const newer = rpm({
      requires: [
        relation("new", ">=", "3"),
        relation("lower", ">=", "1:9-1"),
        relation("unbound"),
        relation("kept", ">=", "1"),
      ],
      provides: [relation("mint", "=", "1.1-1")],
      conflicts: [relation("rival")],
    });
    assert.deepEqual(findings(older, newer), [
      "W: removed REQUIRES gone",
      "W: lowered REQUIRES lower (>= 2:1.0-1 -> >= 1:9-1)",
      "I: added REQUIRES new >= 3",
      "W: lowered REQUIRES unbound (= 1 -> any)",
      "W: removed OBSOLETES old < 2",
      "I: added CONFLICTS rival",
    ]);
  });

  it("looks at configuration, executables, documentation, owners and modes", () => {
    const older = rpm({
      files: [
        file("/etc/gone", { isConfig: true }),
        file("/etc/changed", { isConfig: true, digest: "1" }),
        file("/usr/bin/gone", { mode: 0o100755 }),
        file("/usr/bin/suid", { mode: 0o100755 }),
        file("/usr/share/doc/a", { isDoc: true }),
        file("/usr/share/doc/b", { isDoc: true }),
        file("/var/data"),
      ],
    });
    const newer = rpm({
      files: [
        file("/etc/changed", { isConfig: true, digest: "2" }),
        file("/etc/new", { isConfig: true }),
        file("/usr/bin/new", { mode: 0o100755 }),
        file("/usr/bin/suid", { mode: 0o104755 }),
        file("/usr/share/doc/a", { isDoc: true }),
        file("/usr/share/dir", { mode: 0o040755 }),
        file("/var/data", { owner: "mint" }),
      ],
    });
    assert.deepEqual(findings(older, newer), [
      "I: changed CONFIG /etc/changed",
      "W: removed CONFIG /etc/gone",
      "I: added CONFIG /etc/new",
      "I: added EXECUTABLE /usr/bin/new",
      "W: removed EXECUTABLE /usr/bin/gone",
      "W: reduced DOCS (2 -> 1)",
      "W: changed MODE (0755 -> 04755) /usr/bin/suid",
      "W: changed OWNER (root:root -> mint:root) /var/data",
    ]);
  });
});
