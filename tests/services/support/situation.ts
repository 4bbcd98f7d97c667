/** Situations for tests, from a few words: Fedora's tags of one or two releases, builds, updates. */
import type { z } from "zod";
import { Situation } from "../../../scenarios/format/situation";

type SituationInput = z.input<typeof Situation>;

export const CLOCK = "2011-05-21T17:16:58Z";

/** A release's tags in 2011's naming (`dist-f15`) or today's (`f42`). */
export function release(name: string, naming: "dist" | "plain" = "dist") {
  const version = name.slice(1);
  const base = `${naming === "dist" ? "dist-" : ""}f${version}`;
  return {
    name,
    longName: `Fedora ${version}`,
    version,
    branch: `f${version}`,
    idPrefix: "FEDORA",
    state: "current" as const,
    distTag: base,
    stableTag: `${base}-updates`,
    testingTag: `${base}-updates-testing`,
    candidateTag: `${base}-updates-candidate`,
    pendingTestingTag: `${base}-updates-testing-pending`,
    pendingStableTag: `${base}-updates-pending`,
    pendingSigningTag: `${base}-signing-pending`,
    overrideTag: `${base}-override`,
    arches: ["i686", "x86_64"],
  };
}

export function tagsOf(of: ReturnType<typeof release>) {
  const child = (name: string, parent: string) => ({ name, parents: [{ tag: parent }] });
  return [
    { name: of.distTag, arches: of.arches },
    child(of.stableTag, of.distTag),
    child(of.testingTag, of.stableTag),
    child(of.candidateTag, of.stableTag),
    child(of.pendingTestingTag, of.testingTag),
    child(of.pendingStableTag, of.stableTag),
    child(of.pendingSigningTag, of.stableTag),
    child(of.overrideTag, of.stableTag),
  ];
}

/** A build by its NVR, with tags as `name` or `[name, instant]`. */
export function build(nvr: string, tags: readonly (string | readonly [string, string])[], more: object = {}) {
  const [, name = "", version = "", release = ""] = /^(.+)-([^-]+)-([^-]+)$/.exec(nvr) ?? [];
  return {
    name,
    version,
    release,
    owner: "lmacken",
    tags: tags.map((tag) => (typeof tag === "string" ? { tag } : { tag: tag[0], at: tag[1] })),
    ...more,
  };
}

export function rpm(nvr: string, arch: string, more: object = {}) {
  const { name, version, release } = build(nvr, []);
  const payloadHash = "0123456789abcdef0123456789abcdef";
  return { name, version, release, arch, sizeBytes: 1234, buildTime: 1_305_990_000, payloadHash, ...more };
}

export function update(alias: string, builds: readonly string[], release: string, more: object = {}) {
  return {
    alias,
    builds: [...builds],
    release,
    submitter: "lmacken",
    notes: `Update of ${builds.join(" and ")}`,
    ...more,
  };
}

/** Parses, so that defaults are filled in and mistakes of a test show. */
export function situation(input: Partial<SituationInput>): Situation {
  return Situation.parse({ name: "test", clock: CLOCK, ...input });
}

/** F14 and F15 with mint, whose versions tell most of koji's rules apart. */
export function fedora2011(more: Partial<SituationInput> = {}): Situation {
  const f14 = release("F14");
  const f15 = release("F15");
  return situation({
    users: [
      { name: "lmacken", email: "lmacken@example.org", groups: ["packager"] },
      { name: "autoqa" },
      { name: "tester", groups: ["proventesters"] },
      { name: "releng", groups: ["admin"] },
    ],
    releases: [f14, f15],
    tags: [...tagsOf(f14), ...tagsOf(f15)],
    targets: [{ name: "dist-f15-candidate", buildTag: "dist-f15", destinationTag: "dist-f15-updates-candidate" }],
    builds: [
      build("mint-1.0-1.fc14", [["dist-f14", "2010-10-01T00:00:00Z"]]),
      build("mint-1.0-1.fc15", [["dist-f15", "2011-03-01T00:00:00Z"]]),
      build("mint-1.2-1.fc15", [["dist-f15-updates", "2011-04-02T00:00:00Z"]], { completedAt: "2011-04-01T00:00:00Z" }),
      // Tagged later though older: koji's latest.
      build("mint-1.1-1.fc15", [["dist-f15-updates", "2011-04-03T00:00:00Z"]], { completedAt: "2011-03-30T00:00:00Z" }),
      build("mint-2.0-1.fc15", ["dist-f15-updates-candidate", "dist-f15-updates-testing-pending"], {
        completedAt: "2011-05-21T10:00:00Z",
        rpms: [rpm("mint-2.0-1.fc15", "src"), rpm("mint-2.0-1.fc15", "i686"), rpm("mint-2.0-1.fc15", "x86_64")],
      }),
      build("julep-1.0-1.fc15", [["dist-f15", "2011-03-02T00:00:00Z"]]),
      build("failed-1.0-1.fc15", [], { state: "FAILED", completedAt: "2011-05-20T00:00:00Z" }),
    ],
    updates: [
      update("FEDORA-2011-7551", ["mint-2.0-1.fc15"], "F15", {
        request: "testing",
        submittedAt: "2011-05-21T12:00:00Z",
        bugs: [{ id: 701234, title: "mint is stale" }],
      }),
    ],
    ...more,
  });
}
