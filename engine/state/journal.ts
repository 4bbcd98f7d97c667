/**
 * The snapshot of a running deployment: what was there before, what this run has made of it, and what is under way.
 * Pure; whoever changes it writes it down (see backend/checkpoint.ts).
 */
import { renameReferences } from "./rename";
import type { OperationType, PendingOperation, ResourceState, Snapshot } from "./resource";

export class Journal {
  private readonly done = new Set<ResourceState>();
  private readonly news: ResourceState[] = [];
  private readonly operations = new Map<ResourceState, OperationType>();

  constructor(private base: Snapshot) {}

  /** A new base, after a refresh; what this run has recorded so far must be nothing. */
  rebase(base: Snapshot): void {
    this.base = base;
  }

  /** Notes that something is about to be done to `state`. */
  begin(state: ResourceState, type: OperationType): void {
    this.operations.set(state, type);
  }

  /** Notes that what `begin` announced is over, whatever came of it. */
  finish(state: ResourceState): void {
    this.operations.delete(state);
  }

  /** `state` is no longer part of the stack: deleted, or superseded by another state. */
  remove(state: ResourceState): void {
    this.done.add(state);
  }

  /** `state` is part of the stack. */
  add(state: ResourceState): void {
    this.news.push(state);
  }

  /**
   * This run's resources in the order they were registered, which is a dependency order, then what the run has not come
   * to yet. Creates that were interrupted earlier stay on record until `refresh` settles them: only the user can know.
   */
  snapshot(): Snapshot {
    const running: PendingOperation[] = [...this.operations].map(([resource, type]) => ({ resource, type }));
    const undecided = this.base.pendingOperations.filter((operation) => operation.type === "creating");
    return {
      resources: renameReferences([...this.news, ...this.base.resources].filter((state) => !this.done.has(state))),
      pendingOperations: [...running, ...undecided],
      metadata: this.base.metadata,
    };
  }
}
