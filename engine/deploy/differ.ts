/** How a resource differs from its goal, asked of whoever knows: the user's options, other decisions, or its provider. */
import type { DiffResult, Provider } from "../plugins/provider";
import type { ResourceState } from "../state/resource";
import { isProviderType, parseProviderReference, type Urn } from "../urn";
import { deepEquals } from "../values/property";
import { diffInputs, replaces } from "./decide";
import type { Decisions } from "./decisions";
import { PlanningFailed } from "./diagnostics";
import type { Goal } from "./goal";
import type { ProviderRegistry } from "./registry";

export const BLAMES_NOTHING: DiffResult = {
  changes: "none",
  replaceKeys: [],
  changedKeys: [],
  deleteBeforeReplace: false,
  detailed: undefined,
};

export class Differ {
  constructor(
    private readonly decisions: Decisions,
    private readonly registry: ProviderRegistry,
    /** URNs to replace whatever their providers say (--replace). */
    private readonly replaceTargets: ReadonlySet<Urn>,
  ) {}

  isForced(urn: Urn, old: ResourceState | undefined): boolean {
    return old !== undefined && (this.replaceTargets.has(urn) || this.replaceTargets.has(old.urn));
  }

  async compare(
    goal: Goal,
    state: ResourceState,
    old: ResourceState,
    provider: Provider | undefined,
  ): Promise<DiffResult> {
    if (this.isForced(state.urn, old)) return { ...BLAMES_NOTHING, changes: "some", replaceKeys: ["id"] };
    if (state.deletedWith && this.decisions.isReplaced(state.deletedWith)) {
      return { ...BLAMES_NOTHING, changes: "some", replaceKeys: ["deletedWith"] };
    }
    if (await this.providerReplaced(state, old)) {
      return { ...BLAMES_NOTHING, changes: "some", replaceKeys: ["provider"] };
    }
    if (!provider) {
      return deepEquals(old.inputs, state.inputs) ? BLAMES_NOTHING : { ...BLAMES_NOTHING, changes: "some" };
    }
    return this.ask(provider, old, state.inputs, goal.ignoreChanges);
  }

  async ask(
    provider: Provider,
    old: ResourceState,
    news: ResourceState["inputs"],
    ignored: readonly string[],
  ): Promise<DiffResult> {
    const diff = await provider.diff({
      urn: this.currentUrn(old.urn),
      id: old.id,
      oldInputs: old.inputs,
      oldOutputs: old.outputs,
      news,
      ignoreChanges: ignored,
    });
    return diff.changes === "unknown" ? diffInputs(old.inputs, news) : diff;
  }

  private currentUrn(urn: Urn): Urn {
    return this.decisions.aliases.successorOf(urn) ?? urn;
  }

  /** Whether the resource moves to a provider which cannot manage what the old one made. */
  private async providerReplaced(state: ResourceState, old: ResourceState): Promise<boolean> {
    if (old.provider === state.provider) return false;
    if (!old.provider || !state.provider) return true;
    const before = parseProviderReference(old.provider);
    const now = parseProviderReference(state.provider);
    if (this.decisions.aliases.successorOf(before.urn) === now.urn) return false;
    const oldProvider = this.decisions.olds.get(before.urn);
    const newProvider = this.decisions.providerStates.get(now.urn);
    if (!oldProvider || !newProvider) return false;
    const diff = await this.registry.diffConfig(state.provider, oldProvider, newProvider);
    return replaces(diff) || diff.replaceKeys.length > 0;
  }

  async providerOf(type: string, custom: boolean, reference: string | undefined): Promise<Provider | undefined> {
    if (!custom) return undefined;
    if (isProviderType(type)) return this.registry;
    if (!reference) throw new PlanningFailed(`a ${type} resource has no provider`, false);
    return this.registry.get(reference);
  }
}
