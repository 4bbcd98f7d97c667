/** What a refresh makes of a snapshot: pure. */
import type { ResourceState, Snapshot } from "../state/resource";
import type { Urn } from "../urn";

type Findings = ReadonlyMap<ResourceState, ResourceState | undefined>;

/**
 * The snapshot with what was found in place of what was known: vanished resources (found to be undefined) are gone, and
 * with them every reference to them. Operations that were interrupted are settled by that, save for creates.
 */
export function afterRefresh(base: Snapshot, found: Findings): Snapshot {
  const settled = afterLook(base, found);
  return {
    ...settled,
    // Like the official engine, forgets about properties that depend on nothing.
    resources: settled.resources.map((state) => ({
      ...state,
      propertyDependencies: Object.fromEntries(
        Object.entries(state.propertyDependencies ?? {}).filter(([, urns]) => urns.length > 0),
      ),
    })),
    pendingOperations: base.pendingOperations.filter((operation) => operation.type === "creating"),
  };
}

/** The same, of only some resources: all others stay as they are. */
export function afterLook(base: Snapshot, found: Findings): Snapshot {
  const resources = base.resources.flatMap((old) => {
    const now = found.has(old) ? found.get(old) : old;
    return now ? [now] : [];
  });
  // Only what comes before a resource can be what it depends on: of one name there may be several.
  const before = new Set<Urn>();
  const sound = resources.map((state) => {
    const cleaned = withoutDangling(state, before);
    before.add(state.urn);
    return cleaned;
  });
  return { ...base, resources: sound };
}

/** Resources of which nobody knows whether they are still there: their deletion was interrupted. */
export function doubtful(base: Snapshot): ResourceState[] {
  const interrupted = new Set(
    base.pendingOperations.flatMap(({ resource, type }) =>
      type === "deleting" ? [`${resource.urn} ${resource.id}`] : [],
    ),
  );
  return base.resources.filter((state) => interrupted.has(`${state.urn} ${state.id}`));
}

function withoutDangling(state: ResourceState, present: ReadonlySet<Urn>): ResourceState {
  const remaining = (urns: readonly Urn[]) => urns.filter((urn) => present.has(urn));
  const properties = Object.entries(state.propertyDependencies ?? {});
  const dangling = [...state.dependencies, state.parent, state.deletedWith, ...properties.flatMap(([, urns]) => urns)];
  if (dangling.every((urn) => urn === undefined || present.has(urn))) return state;
  return {
    ...state,
    dependencies: remaining(state.dependencies),
    propertyDependencies: Object.fromEntries(properties.map(([key, urns]) => [key, remaining(urns)])),
    parent: state.parent && present.has(state.parent) ? state.parent : undefined,
    deletedWith: state.deletedWith && present.has(state.deletedWith) ? state.deletedWith : undefined,
  };
}
