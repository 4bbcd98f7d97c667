/**
 * Rows of the world. koji's own columns (koji-project/koji schemas/schema.sql), in camelCase; ids are koji's integers,
 * starting at 1, given in the order of the situation document.
 */
import type { Micros } from "./time";

/** A row that koji versions: it exists from `createEvent` until `revokeEvent`. */
export interface Versioned {
  createEvent: number;
  revokeEvent: number | null;
  creatorId: number;
  revokerId: number | null;
}

export interface User {
  id: number;
  name: string;
  email: string | null;
  groups: string[];
}

export interface Package {
  id: number;
  name: string;
}

/** Settings as JSON that koji keeps without looking at them. */
export type Extra = Readonly<Record<string, unknown>>;

/** koji's permissions in the order of their ids, from 1 (koji-project/koji schemas/schema.sql). */
export const PERMISSIONS = [
  ...["admin", "build", "repo", "livecd", "maven-import", "win-import", "win-admin"],
  ...["appliance", "dist-repo", "host", "image", "sign", "tag", "target"],
];

export interface Tag extends Versioned {
  id: number;
  name: string;
  /** Space-separated, or null as in koji for a tag that is not built in. */
  arches: string | null;
  locked: boolean;
  /** Whoever tags here needs it. */
  permission: string | null;
  extra: Extra;
  /** Every listing of this tag, oldest first. */
  listings: Listing[];
  listingsByPackage: Map<number, Listing[]>;
  /** Explicit package list entries by package id, oldest first. */
  packages: Map<number, PackageEntry[]>;
  parents: Inheritance[];
  children: Inheritance[];
}

/** One edge of tag inheritance. */
export interface Inheritance extends Versioned {
  tagId: number;
  parentId: number;
  priority: number;
  maxDepth: number | null;
  intransitive: boolean;
  noconfig: boolean;
  packageFilter: string;
}

/** An entry of a tag's package list. */
export interface PackageEntry extends Versioned {
  tagId: number;
  packageId: number;
  ownerId: number;
  blocked: boolean;
  extraArches: string | null;
}

export interface Target extends Versioned {
  id: number;
  name: string;
  buildTagId: number;
  destinationTagId: number;
}

export const BUILD_STATES = ["BUILDING", "COMPLETE", "DELETED", "FAILED", "CANCELED"] as const;
export type BuildStateName = (typeof BUILD_STATES)[number];

export interface Build {
  id: number;
  package: Package;
  version: string;
  release: string;
  epoch: number | null;
  nvr: string;
  state: BuildStateName;
  owner: User;
  taskId: number | null;
  source: string | null;
  extra: Extra | null;
  creationEventId: number;
  creationTime: Micros;
  startTime: Micros | null;
  completionTime: Micros | null;
  rpms: Rpm[];
  listings: Listing[];
}

/** A build in a tag. */
export interface Listing extends Versioned {
  build: Build;
  tagId: number;
}

export interface Rpm {
  id: number;
  build: Build;
  name: string;
  version: string;
  release: string;
  epoch: number | null;
  arch: string;
  sizeBytes: number;
  /** Seconds since 1970. */
  buildTime: number;
  payloadHash: string;
  /** Absent: metadata only, koji cannot serve the file. */
  sha256: string | null;
  signingKeys: string[];
}

export const TASK_STATES = ["FREE", "OPEN", "CLOSED", "CANCELED", "ASSIGNED", "FAILED"] as const;

export interface Task {
  id: number;
  method: string;
  state: (typeof TASK_STATES)[number];
  owner: User;
  createTime: Micros;
  startTime: Micros | null;
  completionTime: Micros | null;
  arch: string;
  label: string | null;
  request: unknown[];
  /** What the finished task returned; for a failed one the fault. */
  result: unknown;
  parent: number | null;
}
