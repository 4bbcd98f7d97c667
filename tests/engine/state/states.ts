/** States for tests: everything in one project and stack, with one provider. */
import { newState, type ResourceState } from "../../../engine/state/resource";
import { providerReference } from "../../../engine/urn";

export const STACK = "urn:pulumi:dev::test::pulumi:pulumi:Stack::test-dev";
export const PROVIDER = "urn:pulumi:dev::test::pulumi:providers:fake::default";
export const PROVIDER_REFERENCE = providerReference(PROVIDER, "p-1");

export const urnOf = (name: string): string => `urn:pulumi:dev::test::fake:index:Thing::${name}`;

export const stackState = (): ResourceState => newState({ urn: STACK, type: "pulumi:pulumi:Stack", custom: false });

export const providerState = (): ResourceState =>
  newState({ urn: PROVIDER, type: "pulumi:providers:fake", custom: true, id: "p-1" });

/** A custom resource that depends on others by name. */
export function thing(
  name: string,
  dependencies: readonly string[] = [],
  more: Partial<ResourceState> = {},
): ResourceState {
  return newState({
    urn: urnOf(name),
    type: "fake:index:Thing",
    custom: true,
    id: `${name}-1`,
    parent: STACK,
    provider: PROVIDER_REFERENCE,
    dependencies: dependencies.map(urnOf),
    ...more,
  });
}

/** Stack, provider, and then what is given. */
export const resources = (...things: ResourceState[]): ResourceState[] => [stackState(), providerState(), ...things];
