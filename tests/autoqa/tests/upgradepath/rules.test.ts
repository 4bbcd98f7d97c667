import assert from "node:assert/strict";
import fc from "fast-check";
import { outcomeOf, reportLines } from "../../../../autoqa/tests/upgradepath/report";
import { type Candidate, compareWithReleases, type ReleasePackages } from "../../../../autoqa/tests/upgradepath/rules";
import { comparable } from "../../../../autoqa/tests/upgradepath/upgradepath";
import { fakeRelease } from "../../fake-infrastructure";

function build(version: string, release = "1", epoch: number | null = null): Candidate {
  return { nvr: `mint-${version}-${release}`, epoch, version, release };
}

function released(
  name: string,
  tags: { main?: Candidate; updates?: Candidate; pending?: Candidate; branched?: true },
): ReleasePackages {
  const mainTag = `dist-${name}`;
  return {
    name,
    mainTag,
    updatesTag: tags.branched ? mainTag : `${mainTag}-updates`,
    pendingTag: `${mainTag}-updates-pending`,
    main: tags.main,
    updates: tags.branched ? tags.main : tags.updates,
    pending: tags.pending,
  };
}

/** Outcomes by compared tags, of a push into the middle one of three releases unless another is named. */
function push(version: Candidate, releases: ReleasePackages[], into = 1): string[] {
  const target = releases[into];
  assert.ok(target !== undefined);
  return compareWithReleases(version, target, releases).map(({ outcome, tags }) => `${outcome} ${tags.join(" ")}`);
}

describe("upgradepath's rules", () => {
  it("compare a push into updates with all that the table names", () => {
    const releases = [
      released("f13", { main: build("1") }),
      released("f14", { main: build("1") }),
      released("f15", { main: build("2") }),
    ];
    assert.deepEqual(push(build("2"), releases), [
      "PASSED dist-f13",
      "PASSED dist-f13-updates",
      "PASSED dist-f14",
      "PASSED dist-f15 dist-f15-updates",
    ]);
  });

  it("fail what is older than a lower release has, in either of its tags", () => {
    const higher = released("f15", { main: build("9") });
    assert.ok(
      push(build("2"), [released("f13", { main: build("3") }), released("f14", {}), higher]).includes(
        "FAILED dist-f13",
      ),
    );
    const updates = [released("f13", { main: build("1"), updates: build("2.1") }), released("f14", {}), higher];
    assert.ok(push(build("2"), updates).includes("FAILED dist-f13-updates"));
  });

  it("fail what is newer than the newest of a higher release's tags", () => {
    const lower = released("f13", {});
    const one = [lower, released("f14", {}), released("f15", { main: build("1"), updates: build("2") })];
    assert.ok(push(build("2"), one).includes("PASSED dist-f15 dist-f15-updates"));
    assert.ok(push(build("2.0.1"), one).includes("FAILED dist-f15 dist-f15-updates"));
  });

  it("fail what is older than its own release had from the start", () => {
    assert.ok(
      push(build("1"), [released("f13", {}), released("f14", { main: build("2") }), released("f15", {})]).includes(
        "FAILED dist-f14",
      ),
    );
  });

  it("only inform where a pending build of the higher release will make it right", () => {
    const releases = (pending: Candidate) => [
      released("f13", {}),
      released("f14", {}),
      released("f15", { main: build("1"), pending }),
    ];
    assert.ok(push(build("2"), releases(build("2"))).includes("INFO dist-f15 dist-f15-updates"));
    assert.ok(push(build("2"), releases(build("1.5"))).includes("FAILED dist-f15 dist-f15-updates"));
  });

  it("are not softened by what is pending in a lower release", () => {
    const releases = [
      released("f13", { updates: build("3"), pending: build("1") }),
      released("f14", {}),
      released("f15", {}),
    ];
    assert.ok(push(build("2"), releases).includes("FAILED dist-f13-updates"));
  });

  it("compare a push into a main tag with main tags only", () => {
    const releases = [
      released("f14", { main: build("1"), updates: build("5") }),
      released("f15", { branched: true, main: build("1") }),
      released("rawhide", { branched: true, main: build("2") }),
    ];
    assert.deepEqual(push(build("2"), releases), ["PASSED dist-f14", "PASSED dist-rawhide"]);
  });

  it("have nothing to compare where a release lacks the package", () => {
    assert.ok(
      push(build("2"), [released("f13", {}), released("f14", {}), released("f15", {})]).every((line) =>
        line.startsWith("PASSED"),
      ),
    );
  });

  it("know epochs and tildes", () => {
    const releases = [
      released("f13", { main: build("9") }),
      released("f14", {}),
      released("f15", { main: build("1", "1", 1) }),
    ];
    assert.deepEqual(
      push(build("1~rc1", "1", 1), releases).filter((line) => !line.startsWith("PASSED")),
      [],
    );
    assert.ok(push(build("1.1", "1", 1), releases).includes("FAILED dist-f15 dist-f15-updates"));
  });

  it("never fail a build that is the same everywhere", () => {
    const version = fc
      .tuple(fc.nat(3), fc.nat(3), fc.option(fc.nat(1)))
      .map(([a, b, epoch]) => build(`${a}.${b}`, "1", epoch));
    fc.assert(
      fc.property(version, fc.nat(2), (same, into) => {
        const everywhere = { main: same, updates: same, pending: same };
        const releases = ["f13", "f14", "f15"].map((name) => released(name, everywhere));
        assert.ok(push(same, releases, into).every((line) => line.startsWith("PASSED")));
      }),
    );
  });
});

describe("upgradepath's log", () => {
  it("shows each compared tag, what is there and what is wrong, and the result", () => {
    const releases = [released("f14", {}), released("f15", { main: build("1") })];
    const target = releases[0];
    assert.ok(target !== undefined);
    const comparisons = compareWithReleases(build("2"), target, releases);
    assert.equal(outcomeOf(comparisons), "FAILED");
    assert.deepEqual(reportLines("mint-2-1", "dist-f14-updates", comparisons).slice(1), [
      "mint-2-1 into dist-f14-updates",
      "============================================================",
      "[ OK ] dist-f14",
      "       Latest package: none",
      "[FAIL] dist-f15, dist-f15-updates",
      "       Latest package: mint-1-1",
      "       Error: Proposed package must be less than or equal to the latest package",
      "RESULT: FAILED",
      "",
    ]);
  });

  it("is a pass for a package that no other release has", () => assert.equal(outcomeOf([]), "PASSED"));
});

describe("upgradepath's releases", () => {
  it("are those of the same distribution that are alive, in the order in which users upgrade", () => {
    const all = [
      { ...fakeRelease("rawhide", "eln"), id_prefix: "FEDORA" },
      fakeRelease("f15", "15"),
      { ...fakeRelease("f9", "9"), state: "archived" },
      fakeRelease("f14", "14"),
      { ...fakeRelease("epel7", "7"), id_prefix: "FEDORA-EPEL" },
    ] as Parameters<typeof comparable>[0][number][];
    assert.deepEqual(
      comparable(all, "F14").map(({ name }) => name),
      ["F14", "F15", "RAWHIDE"],
    );
  });
});
