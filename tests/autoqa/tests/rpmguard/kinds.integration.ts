/** rpmguard's kinds of findings (kparal.wordpress.com/2009/10/21) between real RPMs. Needs rpmbuild. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { queryRpms } from "../../../../autoqa/rpm/query";
import { compareRpms } from "../../../../autoqa/tests/rpmguard/compare";
import { buildHostile } from "../../rpm/hostile";

interface Parts {
  /** Lines of the preamble. */
  preamble?: string[];
  /** Lines of %files: attributes and a path, by which the file is made with its content. */
  files?: Record<string, string>;
}

describe("rpmguard's kinds of findings", function () {
  this.timeout(30_000);

  async function findings(older: Parts, newer: Parts): Promise<string[]> {
    const directory = mkdtempSync(join(tmpdir(), "autoqa-rpmguard-"));
    try {
      writeFileSync(join(directory, "older.rpm"), build(older));
      writeFileSync(join(directory, "newer.rpm"), build(newer));
      const [before, after] = await queryRpms(directory, ["older.rpm", "newer.rpm"]);
      assert.ok(before !== undefined && after !== undefined);
      return compareRpms(before, after).map(({ severity, text }) => `${severity}: ${text}`);
    } finally {
      rmSync(directory, { recursive: true });
    }
  }

  for (const relation of ["Requires", "Provides", "Obsoletes", "Conflicts"]) {
    const word = relation.toUpperCase();
    it(`are ${word} that are added, removed and lowered, and not ones that are raised`, async () => {
      const older = {
        preamble: [`${relation}: gone = 3`, `${relation}: lower = 1:1.0-2`, `${relation}: higher = 1.0~rc1`],
      };
      const newer = { preamble: [`${relation}: new`, `${relation}: lower = 9.0-2`, `${relation}: higher = 1.0`] };
      assert.deepEqual(await findings(older, newer), [
        `W: removed ${word} gone = 3`,
        `W: lowered ${word} lower (= 1:1.0-2 -> = 9.0-2)`,
        `I: added ${word} new`,
      ]);
    });

    it(`are ${word} that lose their version`, async () => {
      const older = { preamble: [`${relation}: thing >= 1`] };
      assert.deepEqual(await findings(older, { preamble: [`${relation}: thing`] }), [
        `W: lowered ${word} thing (>= 1 -> any)`,
      ]);
      assert.deepEqual(await findings({ preamble: [`${relation}: thing`] }, older), []);
    });
  }

  it("are CONFIG files that are added, removed and changed", async () => {
    const older = {
      files: { "%config /etc/gone": "1", "%config /etc/changed": "1", "%config(noreplace) /etc/kept": "1" },
    };
    const newer = {
      files: { "%config /etc/changed": "2", "%config(noreplace) /etc/kept": "1", "%config /etc/new": "1" },
    };
    assert.deepEqual(await findings(older, newer), [
      "I: changed CONFIG /etc/changed",
      "W: removed CONFIG /etc/gone",
      "I: added CONFIG /etc/new",
    ]);
  });

  it("are CONFIG files that are none any more", async () => {
    const found = await findings({ files: { "%config /etc/x": "" } }, { files: { "/etc/x": "" } });
    assert.deepEqual(found.slice(-1), ["W: removed CONFIG /etc/x"]);
  });

  it("are EXECUTABLE files that are added and removed, and ones that lose that mode", async () => {
    const older = {
      files: { "%attr(755,root,root) /bin/gone": "", "%attr(755,root,root) /bin/lost": "", "/bin/got": "" },
    };
    const newer = {
      files: { "%attr(755,root,root) /bin/new": "", "/bin/lost": "", "%attr(755,root,root) /bin/got": "" },
    };
    assert.deepEqual(await findings(older, newer), [
      "I: added EXECUTABLE /bin/got",
      "I: added EXECUTABLE /bin/new",
      "W: removed EXECUTABLE /bin/gone",
      "W: removed EXECUTABLE /bin/lost",
      "W: changed MODE (0644 -> 0755) /bin/got",
      "W: changed MODE (0755 -> 0644) /bin/lost",
    ]);
  });

  it("are DOCS that become fewer, and not ones that become more", async () => {
    const [one, two] = [{ files: { "%doc /doc/a": "" } }, { files: { "%doc /doc/a": "", "%doc /doc/b": "" } }];
    assert.deepEqual(await findings(two, one), ["W: reduced DOCS (2 -> 1)"]);
    assert.deepEqual(await findings(one, two), []);
  });

  it("are changes of OWNER and MODE, of files, directories and set-user-id bits", async () => {
    const older = {
      files: {
        "%attr(644,root,root) /d/user": "",
        "%attr(644,root,root) /d/group": "",
        "%attr(755,root,root) /d/suid": "",
        "%attr(755,root,root) %dir /d": "directory",
      },
    };
    const newer = {
      files: {
        "%attr(644,games,root) /d/user": "",
        "%attr(644,root,games) /d/group": "",
        "%attr(4755,root,root) /d/suid": "",
        "%attr(1777,root,root) %dir /d": "directory",
      },
    };
    assert.deepEqual(await findings(older, newer), [
      "W: changed MODE (0755 -> 01777) /d",
      "W: changed OWNER (root:root -> root:games) /d/group",
      "W: changed MODE (0755 -> 04755) /d/suid",
      "W: changed OWNER (root:root -> games:root) /d/user",
    ]);
  });

  it("are none between builds that are the same", async () => {
    const same = {
      preamble: ["Requires: a >= 1"],
      files: { "%config /etc/x": "1", "%attr(755,root,root) /bin/x": "" },
    };
    assert.deepEqual(await findings(same, same), []);
  });
});

function build({ preamble = [], files = {} }: Parts): Buffer {
  const make = Object.entries(files).map(([line, content]) => {
    const path = `%{buildroot}${line.split(" ").at(-1)}`;
    return content === "directory" ? `mkdir -p ${path}` : `mkdir -p $(dirname ${path}); printf '${content}' > ${path}`;
  });
  return buildHostile(
    "mint",
    [...preamble, "%description", "x", "%install", ...make, "%files", ...Object.keys(files), ""].join("\n"),
  );
}
