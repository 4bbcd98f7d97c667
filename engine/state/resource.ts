/** What the engine knows of one resource, in memory. Steps change these objects in place; the snapshot holds them. */

import type { Urn } from "../urn";
import type { Json, PropertyMap, PropertyValue } from "../values/property";

/** Seconds; 0 means the provider's default. */
export interface CustomTimeouts {
  readonly create: number;
  readonly update: number;
  readonly delete: number;
}

export interface ResourceState {
  urn: Urn;
  type: string;
  custom: boolean;
  /** Empty for components, and for custom resources that are not there yet. */
  id: string;
  inputs: PropertyMap;
  outputs: PropertyMap;
  parent: Urn | undefined;
  protect: boolean;
  /** Replaced by another state of the same URN; what is left to do is deleting the thing itself. */
  delete: boolean;
  /** Read, not managed: never created, updated or deleted. */
  external: boolean;
  dependencies: Urn[];
  /** Why the resource exists but is not healthy; the next update tries again. */
  initErrors: string[];
  /** `<URN>::<id>` of the provider resource; undefined for components and providers. */
  provider: string | undefined;
  propertyDependencies: Record<string, Urn[]> | undefined;
  /** Deleted ahead of its replacement, which does not exist yet. */
  pendingReplacement: boolean;
  additionalSecretOutputs: string[];
  aliases: Urn[];
  customTimeouts: CustomTimeouts | undefined;
  importId: string;
  retainOnDelete: boolean;
  deletedWith: Urn | undefined;
  /** RFC 3339, UTC. */
  created: string | undefined;
  modified: string | undefined;
  /** `project:///index.ts#3,7`. */
  sourcePosition: string | undefined;
  ignoreChanges: string[];
  replaceOnChanges: string[];
  replacementTrigger: PropertyValue | undefined;
  /** Fields of the official engine that this one has no use for; carried along untouched. */
  unmodelled: { readonly [key: string]: Json };
}

/** A state with every option at its default. */
export function newState(
  required: Pick<ResourceState, "urn" | "type" | "custom"> & Partial<ResourceState>,
): ResourceState {
  return {
    id: "",
    inputs: {},
    outputs: {},
    parent: undefined,
    protect: false,
    delete: false,
    external: false,
    dependencies: [],
    initErrors: [],
    provider: undefined,
    propertyDependencies: undefined,
    pendingReplacement: false,
    additionalSecretOutputs: [],
    aliases: [],
    customTimeouts: undefined,
    importId: "",
    retainOnDelete: false,
    deletedWith: undefined,
    created: undefined,
    modified: undefined,
    sourcePosition: undefined,
    ignoreChanges: [],
    replaceOnChanges: [],
    replacementTrigger: undefined,
    unmodelled: {},
    ...required,
  };
}

export type OperationType = "creating" | "updating" | "deleting" | "reading" | "importing";

/** Something that was begun and, as far as the state knows, not finished. */
export interface PendingOperation {
  readonly resource: ResourceState;
  readonly type: OperationType;
}

/** Everything known about a stack at one moment. `resources` is in dependency order. */
export interface Snapshot {
  readonly resources: readonly ResourceState[];
  readonly pendingOperations: readonly PendingOperation[];
  readonly metadata: { readonly [key: string]: Json };
}

export const EMPTY_SNAPSHOT: Snapshot = { resources: [], pendingOperations: [], metadata: {} };
