/** What a program asks for: the desired state of one resource, before any provider has looked at it. */
import type { CustomTimeouts, ResourceState } from "../state/resource";
import type { Urn } from "../urn";
import type { PropertyMap, PropertyValue } from "../values/property";

/** A former identity of a resource; what is not given is as now. */
export type Alias =
  | { readonly urn: Urn }
  | {
      readonly name?: string;
      readonly type?: string;
      readonly stack?: string;
      readonly project?: string;
      /** `null` for a resource that had no parent. */
      readonly parent?: Urn | null;
    };

export interface Goal {
  readonly type: string;
  readonly name: string;
  readonly custom: boolean;
  readonly inputs: PropertyMap;
  readonly parent: Urn | undefined;
  /** Undefined is "as the parent says", which the monitor has settled by now. */
  readonly protect: boolean;
  readonly dependencies: readonly Urn[];
  /** `<URN>::<id>`; undefined for components and providers. */
  readonly provider: string | undefined;
  readonly propertyDependencies: Readonly<Record<string, Urn[]>>;
  /** Overrides what the provider says about the order of a replacement. */
  readonly deleteBeforeReplace: boolean | undefined;
  readonly ignoreChanges: readonly string[];
  readonly additionalSecretOutputs: readonly string[];
  readonly aliases: readonly Alias[];
  /** The id to import, empty for none. */
  readonly importId: string;
  readonly customTimeouts: CustomTimeouts | undefined;
  readonly replaceOnChanges: readonly string[];
  readonly replacementTrigger: PropertyValue | undefined;
  readonly retainOnDelete: boolean;
  readonly deletedWith: Urn | undefined;
  readonly sourcePosition: string | undefined;
}

/** A goal with every option at its default. */
export function newGoal(required: Pick<Goal, "type" | "name" | "custom"> & Partial<Goal>): Goal {
  return {
    inputs: {},
    parent: undefined,
    protect: false,
    dependencies: [],
    provider: undefined,
    propertyDependencies: {},
    deleteBeforeReplace: undefined,
    ignoreChanges: [],
    additionalSecretOutputs: [],
    aliases: [],
    importId: "",
    customTimeouts: undefined,
    replaceOnChanges: [],
    replacementTrigger: undefined,
    retainOnDelete: false,
    deletedWith: undefined,
    sourcePosition: undefined,
    ...required,
  };
}

/** What a program wants to look at without owning it. */
export interface ReadGoal {
  readonly type: string;
  readonly name: string;
  readonly id: string;
  readonly parent: Urn | undefined;
  readonly inputs: PropertyMap;
  readonly dependencies: readonly Urn[];
  readonly provider: string;
  readonly additionalSecretOutputs: readonly string[];
  readonly sourcePosition: string | undefined;
}

/** What became of a registration. `fail` and `skip` only occur with --continue-on-error. */
export interface Registered {
  readonly result: "success" | "fail" | "skip";
  readonly urn: Urn;
  /** Undefined unless successful. */
  readonly state: ResourceState | undefined;
}
