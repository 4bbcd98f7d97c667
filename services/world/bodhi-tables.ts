/** bodhi's rows: one state behind both dialects. */
import type { Micros } from "./time";

export type UpdateStatus = "pending" | "testing" | "stable" | "unpushed" | "obsolete";
export type UpdateRequest = "testing" | "obsolete" | "unpush" | "revoke" | "stable";
export type UpdateType = "bugfix" | "security" | "newpackage" | "enhancement" | "unspecified";
export type Severity = "unspecified" | "urgent" | "high" | "medium" | "low";
export type ReleaseState = "disabled" | "pending" | "frozen" | "current" | "archived";

export interface Release {
  id: number;
  name: string;
  longName: string;
  version: string;
  branch: string;
  idPrefix: string;
  state: ReleaseState;
  distTag: string;
  stableTag: string;
  testingTag: string;
  candidateTag: string;
  pendingTestingTag: string;
  pendingStableTag: string;
  pendingSigningTag: string;
  overrideTag: string;
  arches: string[];
}

export interface Bug {
  id: number;
  title: string;
  security: boolean;
}

/** Where a comment came from: only what a `client` posted is a post of the system under test. */
export type CommentOrigin = "situation" | "client" | "action" | "bodhi";

export interface Comment {
  id: number;
  update: Update;
  author: string;
  /** An admin group that the 0.9 dialect shows behind the name: `lmacken (releng)`. */
  group: string | null;
  text: string;
  karma: number;
  karmaCritpath: number;
  /** Whether the poster wanted mail to be sent (0.9's `email` flag). */
  email: boolean;
  at: Micros;
  origin: CommentOrigin;
  bugFeedback: { bug: number; karma: number }[];
}

export interface Update {
  id: number;
  alias: string;
  /** NVRs, in the submitter's order. */
  builds: string[];
  release: Release;
  type: UpdateType;
  severity: Severity;
  status: UpdateStatus;
  request: UpdateRequest | null;
  submitter: string;
  submittedAt: Micros;
  modifiedAt: Micros | null;
  pushedAt: Micros | null;
  testingAt: Micros | null;
  stableAt: Micros | null;
  approvedAt: Micros | null;
  notes: string;
  displayName: string;
  critpath: boolean;
  autokarma: boolean;
  autotime: boolean;
  stableKarma: number;
  unstableKarma: number;
  stableDays: number;
  closeBugs: boolean;
  requireBugs: boolean;
  requireTestcases: boolean;
  suggest: "unspecified" | "reboot" | "logout";
  locked: boolean;
  pushed: boolean;
  bugs: Bug[];
  comments: Comment[];
}

export interface Mail {
  to: string;
  subject: string;
  body: string;
  at: Micros;
}

export interface BodhiTables {
  releases: Release[];
  updates: Update[];
  updatesByAlias: Map<string, Update>;
  /** By NVR; a build can be in one update only, but history is kept in order. */
  updatesByBuild: Map<string, Update[]>;
  comments: Comment[];
  /** What bodhi would have sent since the load. */
  mail: Mail[];
}

export function emptyBodhiTables(): BodhiTables {
  return { releases: [], updates: [], updatesByAlias: new Map(), updatesByBuild: new Map(), comments: [], mail: [] };
}
