/**
 * A situation: everything the mock infrastructure knows at one moment. It is what a scenario becomes once its RPMs
 * are built and what the control API loads in one upload, beside the RPM files it names by sha256.
 */
import { z } from "zod";

const name = z.string().min(1);
/** ISO 8601 in UTC, e.g. `2011-05-21T17:16:58Z`. */
const instant = z.iso.datetime();
const sha256 = z.string().regex(/^[0-9a-f]{64}$/, "must be 64 lower-case hexadecimal digits");

/** One RPM of a build. Without `file` it is metadata only, and downloading it is a 404. */
export const Rpm = z.strictObject({
  name,
  epoch: z.int().nonnegative().nullable().default(null),
  version: name,
  release: name,
  /** `src`, `noarch` or a binary architecture. */
  arch: name,
  sizeBytes: z.int().nonnegative(),
  /** Seconds since 1970, as RPM's BUILDTIME. */
  buildTime: z.int().nonnegative(),
  /** RPM's SIGMD5 in hexadecimal, koji's `payloadhash`. */
  payloadHash: z.string().regex(/^[0-9a-f]{32}$/),
  file: z.strictObject({ sha256 }).optional(),
  /** Key ids for which koji also serves a signed copy. */
  signingKeys: z.array(name).default([]),
});

/** koji's build states, by their names in koji.BUILD_STATES. */
export const BuildState = z.enum(["BUILDING", "COMPLETE", "DELETED", "FAILED", "CANCELED"]);

/**
 * `at`: when the build was tagged; without it, at the situation's clock, in document order. `until`: when it was untagged
 * again, and so is only history. `by`: who tagged it; without it, the build's owner.
 */
export const Tagging = z.strictObject({
  tag: name,
  at: instant.optional(),
  until: instant.optional(),
  by: name.optional(),
});

export const Build = z.strictObject({
  name,
  epoch: z.int().nonnegative().nullable().default(null),
  version: name,
  release: name,
  owner: name,
  state: BuildState.default("COMPLETE"),
  /** When koji began the build, and so created it; without it, when it was completed. */
  startedAt: instant.optional(),
  completedAt: instant.optional(),
  /** What koji built from, e.g. a git URL with its commit. */
  source: name.optional(),
  /** koji's `extra` of the build: any JSON. */
  extra: z.record(z.string(), z.unknown()).optional(),
  tags: z.array(Tagging).default([]),
  rpms: z.array(Rpm).default([]),
});

/** An edge of koji's tag inheritance. */
export const Parent = z.strictObject({
  tag: name,
  priority: z.int().optional(),
  maxDepth: z.int().nonnegative().nullable().default(null),
  intransitive: z.boolean().default(false),
  packageFilter: z.string().default(""),
});

export const Tag = z.strictObject({
  name,
  parents: z.array(Parent).default([]),
  arches: z.array(name).default([]),
  /** Packages that koji's package list of this tag blocks. */
  blocked: z.array(name).default([]),
  locked: z.boolean().default(false),
  /** The permission without which koji lets nobody tag here. */
  permission: name.optional(),
  /** koji's `extra` of the tag, settings of its build root above all: any JSON. */
  extra: z.record(z.string(), z.unknown()).optional(),
});

export const Target = z.strictObject({ name, buildTag: name, destinationTag: name });

/** A bodhi release; its tags must be among the situation's tags. */
export const Release = z.strictObject({
  name,
  longName: name,
  version: name,
  branch: name,
  idPrefix: name,
  state: z.enum(["disabled", "pending", "frozen", "current", "archived"]),
  distTag: name,
  stableTag: name,
  testingTag: name,
  candidateTag: name,
  pendingTestingTag: name,
  pendingStableTag: name,
  pendingSigningTag: name,
  overrideTag: name,
  /** Architectures of the release's repositories, e.g. `i686`, `x86_64`. */
  arches: z.array(name).min(1),
});

export const Comment = z.strictObject({
  author: name,
  text: z.string(),
  karma: z.int().min(-1).max(1).default(0),
  at: instant,
});

export const Bug = z.strictObject({
  id: z.int().positive(),
  title: z.string().default(""),
  security: z.boolean().default(false),
});

export const Update = z.strictObject({
  alias: name,
  builds: z.array(name).min(1),
  release: name,
  type: z.enum(["bugfix", "security", "newpackage", "enhancement", "unspecified"]).default("bugfix"),
  severity: z.enum(["unspecified", "urgent", "high", "medium", "low"]).default("unspecified"),
  status: z.enum(["pending", "testing", "stable", "unpushed", "obsolete"]).default("pending"),
  request: z.enum(["testing", "obsolete", "unpush", "revoke", "stable"]).nullable().default(null),
  submitter: name,
  submittedAt: instant.optional(),
  /** When it last was edited, pushed to testing, and pushed to stable; pushes without a time were when it was submitted. */
  modifiedAt: instant.optional(),
  testingAt: instant.optional(),
  stableAt: instant.optional(),
  notes: z.string().default(""),
  critpath: z.boolean().default(false),
  autokarma: z.boolean().default(true),
  stableKarma: z.int().default(3),
  unstableKarma: z.int().default(-3),
  bugs: z.array(Bug).default([]),
  comments: z.array(Comment).default([]),
});

export const User = z.strictObject({ name, email: z.string().optional(), groups: z.array(name).default([]) });

export const Situation = z.strictObject({
  name,
  clock: instant,
  users: z.array(User).default([]),
  releases: z.array(Release).default([]),
  tags: z.array(Tag).default([]),
  targets: z.array(Target).default([]),
  builds: z.array(Build).default([]),
  updates: z.array(Update).default([]),
});

export type Rpm = z.infer<typeof Rpm>;
export type Build = z.infer<typeof Build>;
export type Tag = z.infer<typeof Tag>;
export type Target = z.infer<typeof Target>;
export type Release = z.infer<typeof Release>;
export type Comment = z.infer<typeof Comment>;
export type Update = z.infer<typeof Update>;
export type User = z.infer<typeof User>;
export type Situation = z.infer<typeof Situation>;
