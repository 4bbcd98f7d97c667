/** What a refresh makes of a snapshot: pure. */
import type { ResourceState, Snapshot } from "../state/resource";
import type { Urn } from "../urn";

/**
 * The snapshot with what was found in place of what was known: vanished resources (found to be undefined) are gone, and
 * with them every reference to them. Operations that were interrupted are settled by that, save for creates.
 */
export function afterRefresh(base: Snapshot, found: ReadonlyMap<ResourceState, ResourceState | undefined>): Snapshot {
  const resources = base.resources.flatMap((old) => {
    const now = found.has(old) ? found.get(old) : old;
    return now ? [now] : [];
  });
  const present = new Set<Urn>(resources.map((state) => state.urn));
  return {
    ...base,
    resources: resources.map((state) => withoutDangling(state, present)),
    pendingOperations: base.pendingOperations.filter((operation) => operation.type === "creating"),
  };
}

function withoutDangling(state: ResourceState, present: ReadonlySet<Urn>): ResourceState {
  const remaining = (urns: readonly Urn[]) => urns.filter((urn) => present.has(urn));
  // Like the official engine, forgets about properties that depend on nothing.
  const properties = Object.entries(state.propertyDependencies ?? {})
    .map(([key, urns]) => [key, remaining(urns)] as const)
    .filter(([, urns]) => urns.length > 0);
  return {
    ...state,
    dependencies: remaining(state.dependencies),
    propertyDependencies: Object.fromEntries(properties),
    parent: state.parent && present.has(state.parent) ? state.parent : undefined,
    deletedWith: state.deletedWith && present.has(state.deletedWith) ? state.deletedWith : undefined,
  };
}
