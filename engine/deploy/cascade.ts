/** Delete-before-replace takes dependents down first: which ones, and why. */
import { thisEngine } from "../invocation";
import type { ResourceState } from "../state/resource";
import { isProviderType, parseProviderReference, providerReference, type Urn } from "../urn";
import { replaceOnChanges, replaces, withUnknowns } from "./decide";
import type { Decisions } from "./decisions";
import { type Diagnostics, refuse } from "./diagnostics";
import type { Differ } from "./differ";
import type { ProviderRegistry } from "./registry";
import { deleteReplacedStep, type Step } from "./step";

export class Cascade {
  constructor(
    private readonly decisions: Decisions,
    private readonly differ: Differ,
    private readonly registry: ProviderRegistry,
    private readonly diagnostics: Diagnostics,
  ) {}

  /** The deletes, dependents first, of everything that has to be replaced together with `root`. */
  async plan(root: ResourceState): Promise<Step[]> {
    const steps: Step[] = [];
    for (const { state, keys } of (await this.dependentReplacements(root)).reverse()) {
      if (this.decisions.deletedStates.has(state)) continue;
      this.decisions.deletedStates.add(state);
      if (state.delete) {
        // Left behind by an earlier replacement: its successor, of the same URN, stays.
        steps.push(deleteReplacedStep(state, false));
        continue;
      }
      this.decisions.cascadeKeys.set(state.urn, keys);
      if (state.protect) {
        const message =
          `unable to replace resource "${state.urn}" as part of replacing "${root.urn}" as it is currently marked for ` +
          "protection. To unprotect the resource, remove the `protect` flag from the resource in your Pulumi program " +
          `and run \`pulumi up\`, or use the command:\n\`${thisEngine} state unprotect '${state.urn}'\``;
        refuse(this.diagnostics, root.urn, message);
      }
      steps.push(deleteReplacedStep(state, true));
      this.decisions.deleted.add(state.urn);
    }
    return steps;
  }

  /**
   * Dependents of `root` that would be replaced if what they take from replaced resources changed: asked of their
   * providers with unknowns in those places.
   */
  private async dependentReplacements(
    root: ResourceState,
  ): Promise<{ state: ResourceState; keys: readonly string[] }[]> {
    const found: { state: ResourceState; keys: readonly string[] }[] = [];
    const replaced = new Set<Urn>([root.urn]);
    // Whoever is registered already cannot depend on something that is being registered now.
    const ignored = this.decisions.settled();
    ignored.delete(root.urn);
    for (const state of this.decisions.graph.dependingOn(root, ignored)) {
      if (!state.custom || state.external) continue;
      if (state.delete) {
        await this.registry.ensure(state.provider);
        found.push({ state, keys: [] });
        continue;
      }
      const keys = await this.replacementKeys(state, replaced);
      if (!keys) continue;
      replaced.add(state.urn);
      found.push({ state, keys });
    }
    return found;
  }

  /** Why `state` has to be replaced when the resources in `replaced` are; undefined when it need not be. */
  private async replacementKeys(
    state: ResourceState,
    replaced: ReadonlySet<Urn>,
  ): Promise<readonly string[] | undefined> {
    if (state.provider && replaced.has(parseProviderReference(state.provider).urn)) {
      await this.registry.ensure(state.provider);
      return [];
    }
    const affected = (key: string) => (state.propertyDependencies?.[key] ?? []).some((urn) => replaced.has(urn));
    if (!Object.keys(state.inputs).some(affected)) return undefined;
    await this.registry.ensure(isProviderType(state.type) ? providerReference(state.urn, state.id) : state.provider);
    const provider = await this.differ.providerOf(state.type, true, state.provider);
    if (!provider) return undefined;
    const news = withUnknowns(state.inputs, affected);
    const diff = replaceOnChanges(
      await this.differ.ask(provider, state, news, state.ignoreChanges),
      state.replaceOnChanges,
      false,
    );
    return replaces(diff) ? diff.replaceKeys : undefined;
  }
}
