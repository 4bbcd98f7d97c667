/**
 * The format of a scenario file. One YAML file is a whole situation, the steps that follow and what AutoQA is expected
 * to post after each. `resolve.ts` makes a situation of it, `scenario.schema.json` is generated from it for editors.
 */
import { z } from "zod";
import { Action } from "./action";
import { Expectation } from "./expectation";
import { parseNvr } from "./nvr";
import { Recipe } from "./recipe";
import * as situation from "./situation";

const name = z.string().min(1);
const nvr = z
  .string()
  .refine((value) => parseNvr(value) !== undefined, 'must be name-version-release, e.g. "hello-1.0-1.fc15"')
  .describe("name-version-release");

const release = situation.Release.shape;
/** A release. Its name is enough: the naming scheme gives the tags and their inheritance, every other field overrides. */
export const Release = z.strictObject({
  name: name.describe("bodhi's name, e.g. F15"),
  naming: z
    .enum(["dist", "plain"])
    .default("plain")
    .describe("dist: tags of 2011, dist-f15 and dist-f15-updates…; plain: today's, f15 and f15-updates…"),
  longName: release.longName.optional(),
  version: release.version.optional(),
  branch: release.branch.optional(),
  idPrefix: release.idPrefix.optional(),
  state: release.state.default("current"),
  distTag: release.distTag.optional(),
  stableTag: release.stableTag.optional().describe("e.g. the main tag, for a release that isn't out yet"),
  testingTag: release.testingTag.optional(),
  candidateTag: release.candidateTag.optional(),
  pendingTestingTag: release.pendingTestingTag.optional(),
  pendingStableTag: release.pendingStableTag.optional(),
  pendingSigningTag: release.pendingSigningTag.optional(),
  overrideTag: release.overrideTag.optional(),
  arches: release.arches.default(["i686", "x86_64"]),
});

/** An RPM that isn't built from a recipe: a file, whose own header says what it is, or metadata only. */
export const GivenRpm = z.strictObject({
  path: name.optional().describe("The RPM file, relative to the scenario file; without it the RPM is metadata only"),
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/, "must be 64 lower-case hexadecimal digits, as sha256sum prints them")
    .optional()
    .describe("The file's sha256"),
  url: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe("Where a capture saw the file; nothing but its fetch reads it"),
  name: name.optional().describe("Default: the file's, or the build's"),
  arch: name.optional().describe("Needed where there is no file: src, noarch, i686, x86_64, …"),
  version: name.optional().describe("Default: the build's"),
  release: name.optional().describe("Default: the build's"),
  epoch: z.int().nonnegative().nullable().optional().describe("Default: the build's"),
  sizeBytes: z.int().nonnegative().optional(),
  buildTime: z.int().nonnegative().optional().describe("Seconds since 1970. Default: when the build was completed"),
  payloadHash: situation.Rpm.shape.payloadHash.optional().describe("RPM's SIGMD5. Default: made from the name"),
  signingKeys: z.array(name).default([]).describe("Key ids for which koji also serves a signed copy"),
});

export const Build = z.strictObject({
  nvr,
  epoch: z.int().nonnegative().nullable().default(null),
  owner: name.default("packager"),
  state: situation.BuildState.default("COMPLETE"),
  startedAt: situation.Build.shape.startedAt,
  completedAt: situation.Build.shape.completedAt,
  source: situation.Build.shape.source.describe("What koji built from, e.g. a git URL with its commit"),
  extra: situation.Build.shape.extra.describe("koji's extra of the build"),
  tags: z
    .array(z.union([name, situation.Tagging]))
    .optional()
    .describe("In the order of tagging. Default: where bodhi has put the builds of its update"),
  recipe: Recipe.optional().describe("A few lines from which rpmbuild builds the RPMs"),
  rpms: z.array(GivenRpm).default([]).describe("Existing RPM files, or RPMs of which there is only metadata"),
});

export const Update = z.strictObject({
  ...situation.Update.shape,
  submitter: name.optional().describe("Default: the owner of the first build"),
});

export const Step = z.strictObject({
  name: name.describe("What the step is about, as the report says it"),
  do: z.array(Action).default([]).describe("What happens, in order, before AutoQA is left to settle"),
  expect: Expectation.prefault({}).describe("Everything AutoQA posts during the step; nothing if absent"),
});

export const Scenario = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9-]*$/, "must be of lower-case letters, digits and dashes"),
  description: z.string().default(""),
  clock: situation.Situation.shape.clock.describe("When the scenario starts, UTC, e.g. 2011-05-21T17:00:00Z"),
  releases: z.array(z.union([name, Release])).default([]),
  tags: z.array(situation.Tag).default([]).describe("Tags beyond those of the releases, or in place of them"),
  targets: z.array(situation.Target).default([]),
  users: z.array(situation.User).default([]).describe("Only who needs groups or an address; others are known by name"),
  builds: z.array(Build).default([]),
  updates: z.array(Update).default([]),
  steps: z.array(Step).min(1),
});

export type Scenario = z.infer<typeof Scenario>;
export type ScenarioBuild = z.infer<typeof Build>;
export type ScenarioUpdate = z.infer<typeof Update>;
export type ScenarioRelease = z.infer<typeof Release>;
export type GivenRpm = z.infer<typeof GivenRpm>;
export type Step = z.infer<typeof Step>;
