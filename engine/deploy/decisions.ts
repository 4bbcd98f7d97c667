/** What a run starts from, and what it has decided so far. */
import { DependencyGraph } from "../state/graph";
import type { ResourceState, Snapshot } from "../state/resource";
import type { Urn } from "../urn";
import { AliasTable } from "./aliases";

/** What was decided about a URN; of several decisions the latest stands beside the earlier ones. */
export type Decision = "create" | "same" | "update" | "replace" | "read" | "import";

/** Decisions after which a resource is not deleted for lack of mention. */
const KEPT_BY: readonly Decision[] = ["same", "update", "replace", "read", "import"];

export class Decisions {
  /** What is live in the state, by URN. */
  readonly olds = new Map<Urn, ResourceState>();
  readonly graph: DependencyGraph;
  readonly aliases: AliasTable;
  /** Deleted by a step of this run, without (so far) a replacement. */
  readonly deleted = new Set<Urn>();
  readonly deletedStates = new Set<ResourceState>();
  /** Why the dependents of a delete-before-replace are replaced. */
  readonly cascadeKeys = new Map<Urn, readonly string[]>();
  /** The new state of every provider resource, also under its former URN. */
  readonly providerStates = new Map<Urn, ResourceState>();
  private readonly taken = new Map<Urn, Set<Decision>>();

  constructor(base: Snapshot, stack: string, project: string) {
    for (const state of base.resources) if (!state.delete) this.olds.set(state.urn, state);
    this.graph = new DependencyGraph(base.resources);
    this.aliases = new AliasTable(stack, project);
  }

  take(urn: Urn, decision: Decision): void {
    this.taken.set(urn, (this.taken.get(urn) ?? new Set()).add(decision));
  }

  isReplaced(urn: Urn): boolean {
    return this.taken.get(urn)?.has("replace") === true;
  }

  /** Whether the program has mentioned a resource of the state, under its URN or a newer one. */
  isKept(urn: Urn): boolean {
    const decisions = this.taken.get(this.aliases.successorOf(urn) ?? urn);
    return KEPT_BY.some((decision) => decisions?.has(decision));
  }

  /** Everything that has been decided on or deleted. */
  settled(): Set<Urn> {
    return new Set([...this.taken.keys(), ...this.deleted]);
  }
}
