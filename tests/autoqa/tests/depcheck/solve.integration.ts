/** depcheck's solving on real RPMs, and on thousands of generated situations. Needs python3-solv and rpmbuild. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import fc from "fast-check";
import { solve } from "../../../../autoqa/tests/depcheck/solve";
import { buildPackages, createRepository, type Package } from "./rpms";
import { sample } from "./samples";

const temporary: string[] = [];

function build(packages: Package[], version: string, arch = "x86_64"): string[] {
  const directory = buildPackages(packages, version, arch);
  temporary.push(directory);
  return packages.map(({ name }) => join(directory, `${name}-${version}-1.${arch}.rpm`));
}

function repository(files: string[], name = "f15") {
  const made = createRepository(files, name);
  temporary.push(made.directory);
  return made;
}

interface Given {
  live: string[];
  accepted?: string[][];
  updates: string[][];
  arch?: string;
}

/** @returns "+" or "-" for each update, and all reasons */
async function judge({ live, accepted = [], updates, arch = "x86_64" }: Given) {
  const named = (rpms: string[][], prefix: string) => rpms.map((each, i) => ({ name: `${prefix}${i}`, rpms: each }));
  const directory = mkdtempSync(join(tmpdir(), "autoqa-solve-"));
  temporary.push(directory);
  const answer = await solve(
    { arch, repositories: [repository(live)], accepted: named(accepted, "A"), updates: named(updates, "U") },
    directory,
  );
  return {
    verdicts: answer.updates.map((update) => (update.accepted ? "+" : "-")).join(""),
    reasons: answer.updates.flatMap(({ reasons }) => reasons),
  };
}

describe("depcheck's solver", function () {
  this.timeout(120_000);

  afterEach(() => {
    for (const directory of temporary.splice(0)) rmSync(directory, { recursive: true });
  });

  const live = () =>
    build([{ name: "mint" }, { name: "bourbon" }, { name: "julep", requires: ["mint", "bourbon = 1.0"] }], "1.0");

  it("rejects what breaks a live package, and says which", async () => {
    const [mint = "", bourbon = ""] = build([{ name: "mint" }, { name: "bourbon" }], "2.0");
    const { verdicts, reasons } = await judge({ live: live(), updates: [[mint], [bourbon]] });
    assert.equal(verdicts, "+-");
    assert.deepEqual(reasons, ["--> Package: julep-1.0-1.x86_64 (f15)  Requires: bourbon = 1.0"]);
  });

  it("accepts together what breaks alone", async () => {
    const pending = build([{ name: "bourbon" }, { name: "julep", requires: ["bourbon = 2.0"] }], "2.0");
    assert.equal((await judge({ live: live(), updates: pending.map((each) => [each]) })).verdicts, "++");
  });

  it("rejects an update for one of its builds, and what needs another of them", async () => {
    const [good = "", bad = "", needs = ""] = build(
      [
        { name: "good", provides: ["goodness"] },
        { name: "bad", requires: ["nothing"] },
        { name: "needs", requires: ["goodness"] },
      ],
      "1.0",
    );
    assert.equal((await judge({ live: live(), updates: [[good, bad], [needs]] })).verdicts, "--");
    assert.equal((await judge({ live: live(), updates: [[good], [bad], [needs]] })).verdicts, "+-+");
  });

  it("takes what was accepted for live: a newcomer that breaks it is at fault", async () => {
    const [bourbon = "", julep = ""] = build(
      [{ name: "bourbon" }, { name: "julep", requires: ["bourbon = 2.0"] }],
      "2.0",
    );
    const [bourbon3 = ""] = build([{ name: "bourbon" }], "3.0");
    const accepted = [[bourbon, julep]];
    assert.equal((await judge({ live: live(), accepted, updates: [[bourbon3]] })).verdicts, "-");
    assert.equal((await judge({ live: live(), updates: [[bourbon3]] })).verdicts, "-");
  });

  it("blames the newer of two that exclude each other", async () => {
    const [a = "", b = ""] = build([{ name: "a" }, { name: "b", conflicts: ["a"] }], "1.0");
    assert.equal((await judge({ live: live(), updates: [[a], [b]] })).verdicts, "+-");
    assert.equal((await judge({ live: live(), updates: [[b], [a]] })).verdicts, "+-");
  });

  it("judges an update beside a newer one of the same package by itself", async () => {
    const [older = ""] = build([{ name: "mint" }], "2.0");
    const [newer = ""] = build([{ name: "mint" }], "3.0");
    const [broken = ""] = build([{ name: "mint", requires: ["nothing"] }], "4.0");
    assert.equal((await judge({ live: live(), updates: [[older], [newer]] })).verdicts, "++");
    assert.equal((await judge({ live: live(), updates: [[older], [broken]] })).verdicts, "+-");
    assert.equal((await judge({ live: live(), updates: [[broken], [newer]] })).verdicts, "-+");
  });

  it("forgives conflicts that live packages have, and no new ones", async () => {
    const mtas = build([{ name: "sendmail", conflicts: ["postfix"] }, { name: "postfix" }, { name: "exim" }], "1.0");
    const [sendmail = "", exim = ""] = build(
      [
        { name: "sendmail", conflicts: ["postfix"] },
        { name: "exim", conflicts: ["postfix"] },
      ],
      "2.0",
    );
    const [postfix = ""] = build([{ name: "postfix" }], "2.0");
    assert.equal((await judge({ live: mtas, updates: [[sendmail], [exim], [postfix]] })).verdicts, "+-+");
  });

  it("follows Obsoletes and Provides", async () => {
    const [renamed = "", vanishing = ""] = build(
      [
        { name: "whiskey", obsoletes: ["bourbon"], provides: ["bourbon = 1.0"] },
        { name: "water", obsoletes: ["mint"] },
      ],
      "1.0",
    );
    assert.equal((await judge({ live: live(), updates: [[renamed], [vanishing]] })).verdicts, "+-");
  });

  it("does not hold a dependency that was broken before against anybody", async () => {
    const broken = build([{ name: "broken", requires: ["nothing"] }, { name: "fine" }], "1.0");
    const [fine = "", stillBroken = ""] = build([{ name: "fine" }, { name: "broken", requires: ["nothing"] }], "2.0");
    assert.equal((await judge({ live: broken, updates: [[fine], [stillBroken]] })).verdicts, "+-");
  });

  it("compares epochs and tildes as RPM does", async () => {
    const old = build(
      [
        { name: "lib", provides: ["api = 1:1.0~rc1"] },
        { name: "user", requires: ["api < 1:1.0"] },
      ],
      "1.0",
    );
    const [lib = ""] = build([{ name: "lib", provides: ["api = 1:1.0"] }], "2.0");
    const [rc2 = ""] = build([{ name: "lib", provides: ["api = 1:1.0~rc2"] }], "2.0");
    assert.equal((await judge({ live: old, updates: [[lib]] })).verdicts, "-");
    assert.equal((await judge({ live: old, updates: [[rc2]] })).verdicts, "+");
  });

  it("finds files that only the file lists name", async () => {
    const files = build(
      [
        { name: "data", files: ["/usr/share/data/x"] },
        { name: "user", requires: ["/usr/share/data/x"] },
      ],
      "1.0",
    );
    const [without = "", other = ""] = build(
      [{ name: "data" }, { name: "other", requires: ["/usr/share/data/x"] }],
      "2.0",
    );
    assert.equal((await judge({ live: files, updates: [[without], [other]] })).verdicts, "-+");
  });

  it("judges each architecture for itself", async () => {
    const live64 = build([{ name: "lib" }, { name: "user", requires: ["lib = 1.0"] }], "1.0");
    const live32 = build([{ name: "lib" }, { name: "user" }], "1.0", "i686");
    const [lib64 = ""] = build([{ name: "lib" }], "2.0");
    const [lib32 = ""] = build([{ name: "lib" }], "2.0", "i686");
    assert.equal((await judge({ live: live64, updates: [[lib64]] })).verdicts, "-");
    assert.equal((await judge({ live: live32, updates: [[lib32]], arch: "i386" })).verdicts, "+");
  });

  it("takes 32-bit libraries into the 64-bit repository as mash did, and nothing else of 32 bit", async () => {
    const live64 = build([{ name: "nss-softokn" }], "1.0");
    const live32 = build([{ name: "nss-softokn", requires: ["softokn-data = 1.0"] }], "1.0", "i686");
    const data = build([{ name: "softokn-data" }], "1.0");
    const [new64 = "", newData = ""] = build([{ name: "nss-softokn" }, { name: "softokn-data" }], "2.0");
    const [new32 = "", app32 = ""] = build(
      [
        { name: "nss-softokn", requires: ["softokn-data = 2.0"] },
        { name: "app", requires: ["nothing"] },
      ],
      "2.0",
      "i686",
    );
    const everything = [...live64, ...live32, ...data];
    assert.equal(
      (await judge({ live: everything, updates: [[new64, newData]] })).verdicts,
      "-",
      "the old 32-bit library breaks",
    );
    assert.equal((await judge({ live: everything, updates: [[new64, newData, new32, app32]] })).verdicts, "+");
    const [lib32 = ""] = build(
      [{ name: "softokn-data", files: ["/usr/lib/libdata.so.1"], requires: ["nothing"] }],
      "2.0",
      "i686",
    );
    assert.equal(
      (
        await judge({
          live: everything,
          updates: [
            [newData, lib32],
            [new64, new32],
          ],
        })
      ).verdicts,
      "--",
      "a new library",
    );
  });

  it("has a package that is no longer of any architecture replace both that were", async () => {
    const live64 = build([{ name: "lib" }, { name: "data" }], "1.0");
    const live32 = build([{ name: "lib", requires: ["data = 1.0"] }], "1.0", "i686");
    const [lib = ""] = build([{ name: "lib" }], "2.0", "noarch");
    const [data = ""] = build([{ name: "data" }], "2.0");
    const everything = [...live64, ...live32];
    assert.equal((await judge({ live: everything, updates: [[data]] })).verdicts, "-");
    assert.equal((await judge({ live: everything, updates: [[data], [lib]] })).verdicts, "++");
    assert.equal((await judge({ live: everything, accepted: [[lib]], updates: [[data]] })).verdicts, "+");
    const before = [...build([{ name: "lib" }], "1.5"), ...build([{ name: "lib" }], "1.5", "i686")];
    const [user = ""] = build([{ name: "user", requires: ["lib = 2.0"] }], "1.0");
    assert.equal((await judge({ live: everything, updates: [before, [lib], [user]] })).verdicts, "+++");
  });

  it("lets a dependency be satisfied by no 32-bit package that does not come into the repository", async () => {
    const live64 = build([{ name: "lib" }], "1.0");
    const [user = ""] = build([{ name: "user", requires: ["gadget"] }], "2.0");
    const [app32 = ""] = build([{ name: "app", provides: ["gadget"] }], "2.0", "i686");
    assert.equal((await judge({ live: live64, updates: [[user], [app32]] })).verdicts, "-+");
    assert.equal((await judge({ live: live64, accepted: [[app32]], updates: [[user]] })).verdicts, "-");
  });

  describe("of two pending versions of a package", () => {
    const foo = (version: string, requires: string[] = []) => build([{ name: "libfoo", requires }], version)[0] ?? "";
    const needs = (bound: string) =>
      build([{ name: `user${bound.length}`, requires: [`libfoo ${bound}`] }], "1.0")[0] ?? "";

    it("does not let a broken newer one stand in the way of the older and its users", async () => {
      const updates = [[foo("2.0")], [foo("3.0", ["nothing"])], [needs("= 2.0")]];
      assert.equal((await judge({ live: live(), updates })).verdicts, "+-+");
    });

    it("accepts the older beside the users of the newer", async () => {
      const updates = [[foo("2.0")], [foo("3.0")], [needs(">= 3.0")]];
      assert.equal((await judge({ live: live(), updates })).verdicts, "+++");
    });

    it("rejects the newer if it breaks another build of the older's update", async () => {
      const older = [foo("2.0"), needs("= 2.0")];
      assert.equal((await judge({ live: live(), updates: [older, [foo("3.0")]] })).verdicts, "+-");
      assert.equal((await judge({ live: live(), updates: [[foo("3.0")], older] })).verdicts, "+-");
    });

    it("rejects a broken older one, though the newer would take its place", async () => {
      assert.equal((await judge({ live: live(), updates: [[foo("2.0", ["nothing"])], [foo("3.0")]] })).verdicts, "-+");
    });
  });

  it("agrees with a search through all sets of updates by libsolv's installability", () => {
    const samples = fc.sample(sample, { numRuns: 2000, seed: 15 });
    const { stdout, stderr } = spawnSync("/usr/bin/python3", [join(__dirname, "exhaustive.py")], {
      input: JSON.stringify({ program: resolve("autoqa/tests/depcheck/solver"), samples }),
      encoding: "utf8",
    });
    assert.equal(stderr, "");
    const { disagreements, ...counts } = JSON.parse(stdout) as Record<string, number> & { disagreements: unknown[] };
    const smallest = disagreements.map((each) => JSON.stringify(each)).sort((a, b) => a.length - b.length)[0];
    assert.equal(smallest, undefined);
    for (const [what, least] of Object.entries({ judged: 1200, accepted: 2500, rejected: 2500, replaced: 300 })) {
      assert.ok((counts[what] ?? 0) > least, `the samples are not what they were: ${JSON.stringify(counts)}`);
    }
  });
});
