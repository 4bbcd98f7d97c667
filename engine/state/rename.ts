/** Resources that have taken over the identity of others: pure. */
import type { Urn } from "../urn";
import type { ResourceState } from "./resource";

/** References to former URNs, replaced by the ones that their resources have now. */
export function renameReferences(states: readonly ResourceState[]): ResourceState[] {
  const renamed = new Map<Urn, Urn>();
  const present = new Set(states.map((state) => state.urn));
  for (const state of states) {
    for (const alias of state.aliases) if (!present.has(alias)) renamed.set(alias, state.urn);
  }
  if (renamed.size === 0) return [...states];
  const now = (urn: Urn): Urn => renamed.get(urn) ?? urn;
  return states.map((state) => ({
    ...state,
    // Nobody refers to them any more.
    aliases: [],
    parent: state.parent && now(state.parent),
    dependencies: state.dependencies.map(now),
    propertyDependencies:
      state.propertyDependencies &&
      Object.fromEntries(Object.entries(state.propertyDependencies).map(([key, urns]) => [key, urns.map(now)])),
    deletedWith: state.deletedWith && now(state.deletedWith),
    provider: state.provider && renameProvider(state.provider, now),
  }));
}

function renameProvider(reference: string, now: (urn: Urn) => Urn): string {
  const cut = reference.lastIndexOf("::");
  return now(reference.slice(0, cut)) + reference.slice(cut);
}
