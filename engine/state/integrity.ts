/** What must hold in every snapshot (pulumi/pulumi pkg/resource/deploy/snapshot.go, VerifyIntegrity). */
import { isProviderType, parseProviderReference, providerReference, type Urn } from "../urn";
import type { ResourceState } from "./resource";

/** The first rule that the resources break, in the official CLI's words; undefined when all is well. */
export function integrityProblem(resources: readonly ResourceState[]): string | undefined {
  const providers = new Set<string>();
  const seen = new Map<Urn, ResourceState[]>();
  const positions = new Map<Urn, number>();
  for (const [index, state] of resources.entries()) if (!positions.has(state.urn)) positions.set(state.urn, index);

  for (const state of resources) {
    const { urn } = state;
    if (!state.custom && state.id !== "")
      return `resource '${urn}' has id '${state.id}' but it is not a custom resource`;
    if (isProviderType(state.type)) {
      if (!state.id) return `provider ${urn} has no id`;
      providers.add(providerReference(urn, state.id));
    }
    if (state.provider !== undefined) {
      const reference = parseProviderReference(state.provider);
      if (!providers.has(state.provider))
        return `resource ${urn} refers to unknown provider ${reference.urn}::${reference.id}`;
    }
    for (const [relation, target] of relations(state)) {
      if (seen.has(target)) continue;
      if (!positions.has(target)) return `resource ${urn}'s ${relation} ${target} refers to missing resource`;
      return `resource ${urn}'s ${relation} ${target} comes after it`;
    }
    const twins = seen.get(urn) ?? [];
    if (!state.delete && twins.some((twin) => !twin.delete)) {
      return `duplicate resource ${urn} (not marked for deletion)`;
    }
    seen.set(urn, [...twins, state]);
  }
  return undefined;
}

/** Everything a resource has to come after, with what it is to it. */
export function* relations(state: ResourceState): Generator<[relation: string, target: Urn]> {
  if (state.parent) yield ["parent", state.parent];
  for (const dependency of state.dependencies) yield ["dependency", dependency];
  for (const [key, targets] of Object.entries(state.propertyDependencies ?? {})) {
    for (const target of targets) yield [`property dependency (${key})`, target];
  }
  if (state.deletedWith) yield ["deletedWith", state.deletedWith];
}
