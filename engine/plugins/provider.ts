/** What the engine asks of a resource provider, whether it is a plugin process, a stand-in or the engine itself. */

import type { Urn } from "../urn";
import type { PropertyMap } from "../values/property";

/** A property that a provider refuses. */
export interface CheckFailure {
  /** A property path, or empty for the resource as a whole. */
  readonly property: string;
  readonly reason: string;
}

export interface CheckResult {
  readonly inputs: PropertyMap;
  readonly failures: readonly CheckFailure[];
}

export type DiffKind = "add" | "add-replace" | "delete" | "delete-replace" | "update" | "update-replace";

export interface PropertyDiff {
  readonly kind: DiffKind;
  /** Whether old and new are inputs, or the new value is an input and the old one an output. */
  readonly inputDiff: boolean;
}

export interface DiffResult {
  /** `unknown` leaves it to the engine to compare the inputs. */
  readonly changes: "none" | "some" | "unknown";
  /** Keys whose change makes a replacement necessary. */
  readonly replaceKeys: readonly string[];
  readonly changedKeys: readonly string[];
  readonly deleteBeforeReplace: boolean;
  /** By property path; undefined when the provider cannot tell. */
  readonly detailed: Readonly<Record<string, PropertyDiff>> | undefined;
}

export const NO_DIFF: DiffResult = {
  changes: "none",
  replaceKeys: [],
  changedKeys: [],
  deleteBeforeReplace: false,
  detailed: undefined,
};

export interface ResourceName {
  readonly urn: Urn;
}

export interface CheckRequest extends ResourceName {
  /** The inputs of the existing resource, empty for a new one. */
  readonly olds: PropertyMap;
  readonly news: PropertyMap;
  /** 32 bytes that make what Check invents reproducible. */
  readonly randomSeed: Uint8Array;
}

export interface DiffRequest extends ResourceName {
  readonly id: string;
  readonly oldInputs: PropertyMap;
  readonly oldOutputs: PropertyMap;
  readonly news: PropertyMap;
  readonly ignoreChanges: readonly string[];
}

export interface ConfigureRequest extends ResourceName {
  readonly id: string;
  readonly inputs: PropertyMap;
}

export interface CreateRequest extends ResourceName {
  readonly inputs: PropertyMap;
  /** Seconds; 0 for the provider's default. */
  readonly timeout: number;
  readonly preview: boolean;
}

export interface Created {
  /** Empty in previews. */
  readonly id: string;
  readonly outputs: PropertyMap;
}

export interface UpdateRequest extends ResourceName {
  readonly id: string;
  readonly oldInputs: PropertyMap;
  readonly oldOutputs: PropertyMap;
  readonly inputs: PropertyMap;
  readonly timeout: number;
  readonly ignoreChanges: readonly string[];
  readonly preview: boolean;
}

export interface DeleteRequest extends ResourceName {
  readonly id: string;
  readonly inputs: PropertyMap;
  readonly outputs: PropertyMap;
  readonly timeout: number;
}

export interface ReadRequest extends ResourceName {
  readonly id: string;
  /** Undefined for imports. */
  readonly inputs: PropertyMap | undefined;
  readonly state: PropertyMap | undefined;
}

/** What a provider found; an empty id says that the resource does not exist. */
export interface ReadResult {
  readonly id: string;
  /** Undefined when the provider does not tell inputs from outputs. */
  readonly inputs: PropertyMap | undefined;
  readonly outputs: PropertyMap;
}

export interface InvokeResult {
  readonly outputs: PropertyMap;
  readonly failures: readonly CheckFailure[];
}

export interface Provider {
  checkConfig(request: CheckRequest): Promise<CheckResult>;
  diffConfig(request: DiffRequest): Promise<DiffResult>;
  configure(request: ConfigureRequest): Promise<void>;
  check(request: CheckRequest): Promise<CheckResult>;
  diff(request: DiffRequest): Promise<DiffResult>;
  create(request: CreateRequest): Promise<Created>;
  /** The new outputs. */
  update(request: UpdateRequest): Promise<PropertyMap>;
  /** Deleting what is already gone succeeds. */
  delete(request: DeleteRequest): Promise<void>;
  read(request: ReadRequest): Promise<ReadResult>;
  invoke(token: string, args: PropertyMap, preview: boolean): Promise<InvokeResult>;
  /** Ends long waits; calls under way return soon, with errors. */
  cancel(): Promise<void>;
  close(): Promise<void>;
}

/** A provider's refusal, in its own words. */
export class ProviderError extends Error {}

/** The resource exists but is not healthy: it goes into the state with its reasons, and is updated next time. */
export class InitError extends ProviderError {
  constructor(
    readonly id: string,
    readonly inputs: PropertyMap | undefined,
    readonly outputs: PropertyMap,
    readonly reasons: readonly string[],
  ) {
    const heading = reasons.length === 1 ? "1 error occurred:" : `${reasons.length} errors occurred:`;
    super([heading, ...reasons.map((reason) => `\t* ${reason}`)].join("\n"));
  }
}
