/** The steps of a deployment: what is done to one resource at one moment. */
import type { PropertyDiff } from "../plugins/provider";
import type { ResourceState } from "../state/resource";
import type { Urn } from "../urn";

export type Operation =
  | "same"
  | "create"
  | "update"
  | "delete"
  | "replace"
  | "create-replacement"
  | "delete-replaced"
  | "read"
  | "read-replacement"
  | "discard"
  | "discard-replaced"
  | "refresh"
  | "import"
  | "import-replacement"
  | "remove-pending-replace";

export interface Step {
  readonly op: Operation;
  readonly urn: Urn;
  readonly type: string;
  /** The provider that does the work, as `<URN>::<id>`. */
  readonly provider: string | undefined;
  /** A refresh makes up the old state of what it reads; an import that of what it finds. */
  old: ResourceState | undefined;
  new: ResourceState | undefined;
  /** Keys that made a replacement necessary. */
  readonly replaceKeys: readonly string[];
  changedKeys: readonly string[];
  detailed: Readonly<Record<string, PropertyDiff>> | undefined;
  readonly ignoreChanges: readonly string[];
  /** A create that leaves the old resource to be deleted at the end; a delete ahead of its replacement. */
  readonly pending: boolean;
  /** What a refresh turned out to be: an update, a delete or nothing new. */
  outcome: "same" | "update" | "delete" | undefined;
  /** Whether this step counts in summaries: of the parts of a replacement only `replace` itself does. */
  readonly logical: boolean;
}

type Details = Partial<
  Pick<Step, "old" | "new" | "replaceKeys" | "changedKeys" | "detailed" | "ignoreChanges" | "pending" | "logical">
>;

/** A step on the resource that `details` describes. */
export function newStep(op: Operation, details: Details): Step {
  const state = details.new ?? details.old;
  if (!state) throw new Error(`a ${op} step needs a resource`);
  const defaults = {
    old: undefined,
    new: undefined,
    replaceKeys: [],
    changedKeys: [],
    detailed: undefined,
    ignoreChanges: [],
    pending: false,
    outcome: undefined,
    logical: !PARTS_OF_REPLACEMENTS.has(op),
  };
  return { op, urn: state.urn, type: state.type, provider: state.provider, ...defaults, ...details };
}

const PARTS_OF_REPLACEMENTS: ReadonlySet<Operation> = new Set([
  "create-replacement",
  "delete-replaced",
  "discard-replaced",
  "read-replacement",
  "import-replacement",
]);

export const isDelete = (op: Operation): boolean =>
  op === "delete" || op === "delete-replaced" || op === "discard" || op === "discard-replaced";

/** The delete of a resource; of one that was only read, nothing but our knowledge of it goes. */
export function deleteStep(old: ResourceState): Step {
  return newStep(old.external ? "discard" : "delete", { old });
}

/** The delete of a resource that is replaced: before its replacement exists (`pending`), or after. */
export function deleteReplacedStep(old: ResourceState, pending: boolean): Step {
  return newStep(old.external ? "discard-replaced" : "delete-replaced", { old, pending });
}
