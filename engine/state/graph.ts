/** Who depends on whom among the resources of a snapshot. */
import { parseProviderReference, type Urn } from "../urn";
import type { ResourceState } from "./resource";

/** Every URN that a resource needs while it exists, its provider included. */
function dependencyUrns(state: ResourceState): Set<Urn> {
  const urns = new Set<Urn>(state.dependencies);
  for (const targets of Object.values(state.propertyDependencies ?? {})) for (const target of targets) urns.add(target);
  if (state.parent) urns.add(state.parent);
  if (state.deletedWith) urns.add(state.deletedWith);
  if (state.provider) urns.add(parseProviderReference(state.provider).urn);
  return urns;
}

export class DependencyGraph {
  private readonly indices = new Map<ResourceState, number>();
  private readonly byUrn = new Map<Urn, number[]>();

  /** `resources` must be in dependency order. */
  constructor(private readonly resources: readonly ResourceState[]) {
    for (const [index, state] of resources.entries()) {
      this.indices.set(state, index);
      this.byUrn.set(state.urn, [...(this.byUrn.get(state.urn) ?? []), index]);
    }
  }

  /** The states before it that `state` depends on directly. */
  dependenciesOf(state: ResourceState): Set<ResourceState> {
    const own = this.indices.get(state) ?? this.resources.length;
    const provider = state.provider === undefined ? undefined : parseProviderReference(state.provider);
    const found = new Set<ResourceState>();
    for (const urn of dependencyUrns(state)) {
      for (const index of this.byUrn.get(urn) ?? []) {
        const target = this.resources[index];
        const otherProvider = urn === provider?.urn && target?.id !== provider.id;
        if (target && index < own && !otherProvider) found.add(target);
      }
    }
    return found;
  }

  /**
   * All states that depend on `root`, directly or not, in dependency order. Being its child does not count, and those
   * in `ignored` are not followed.
   */
  dependingOn(root: ResourceState, ignored: ReadonlySet<Urn>): ResourceState[] {
    const start = this.indices.get(root);
    if (start === undefined) return [];
    const affected = new Set<Urn>([root.urn]);
    return this.resources.slice(start + 1).filter((state) => {
      if (ignored.has(state.urn) || state === root) return false;
      const hit = [...dependencyUrns({ ...state, parent: undefined })].some((urn) => affected.has(urn));
      if (hit) affected.add(state.urn);
      return hit;
    });
  }

  /** Everything that `state` depends on, directly or not. */
  transitiveDependenciesOf(state: ResourceState): Set<ResourceState> {
    const found = new Set<ResourceState>();
    const queue = [state];
    for (let next = queue.pop(); next; next = queue.pop()) {
      for (const dependency of this.dependenciesOf(next)) {
        if (!found.has(dependency)) {
          found.add(dependency);
          queue.push(dependency);
        }
      }
    }
    return found;
  }

  contains(state: ResourceState): boolean {
    return this.indices.has(state);
  }
}
