/**
 * Turns goals into steps, one goal at a time (pulumi/pulumi pkg/resource/deploy/step_generator.go describes the rules).
 * It asks providers to check and to compare, and changes nothing itself.
 */
import { randomBytes } from "node:crypto";
import type { CheckResult, DiffResult, Provider } from "../plugins/provider";
import { DependencyGraph } from "../state/graph";
import { newState, type ResourceState, type Snapshot } from "../state/resource";
import { isProviderType, makeUrn, nameOf, parseProviderReference, providerReference, type Urn } from "../urn";
import { containsUnknowns, deepEquals, isMap, type PropertyValue, Secret } from "../values/property";
import { AliasTable } from "./aliases";
import { diffInputs, ignoreChanges, replaceOnChanges, replaces, triggered, withUnknowns } from "./decide";
import { type Diagnostics, PlanningFailed } from "./diagnostics";
import type { Goal, ReadGoal } from "./goal";
import type { ProviderRegistry } from "./registry";
import { deleteReplacedStep, deleteStep, newStep, type Step } from "./step";

export interface PlannerOptions {
  readonly stack: string;
  readonly project: string;
  readonly dryRun: boolean;
  /** URNs to replace whatever their providers say (--replace). */
  readonly replaceTargets: ReadonlySet<Urn>;
}

/** What was decided about a URN; of several decisions the latest stands beside the earlier ones. */
type Decision = "create" | "same" | "update" | "replace" | "read" | "import";

export class Planner {
  private readonly olds = new Map<Urn, ResourceState>();
  private readonly graph: DependencyGraph;
  private readonly aliases: AliasTable;
  private readonly seen = new Set<Urn>();
  private readonly decisions = new Map<Urn, Set<Decision>>();
  /** Deleted by a step of this run, without (so far) a replacement. */
  private readonly deleted = new Set<Urn>();
  private readonly deletedStates = new Set<ResourceState>();
  /** Why the dependents of a delete-before-replace are replaced. */
  private readonly cascadeKeys = new Map<Urn, readonly string[]>();
  /** The new state of every provider resource, also under its former URN. */
  private readonly providerStates = new Map<Urn, ResourceState>();

  constructor(
    private readonly base: Snapshot,
    private readonly registry: ProviderRegistry,
    private readonly diagnostics: Diagnostics,
    private readonly options: PlannerOptions,
  ) {
    for (const state of base.resources) if (!state.delete) this.olds.set(state.urn, state);
    this.graph = new DependencyGraph(base.resources);
    this.aliases = new AliasTable(options.stack, options.project);
  }

  /** Whether a resource is deleted in this run and not replaced so far. */
  isDeleted(urn: Urn): boolean {
    return this.deleted.has(urn);
  }

  /** The steps that bring a resource to its goal; one of them always makes a new state, save after an import. */
  async plan(goal: Goal): Promise<Step[]> {
    const { urn, state: fresh } = this.admit(goal);
    const old = this.findOld(urn, goal);
    const state: ResourceState = {
      ...fresh,
      aliases: old && old.urn !== urn ? [old.urn] : [],
      created: old?.created,
      modified: old?.modified,
    };
    if (isProviderType(goal.type)) {
      this.providerStates.set(urn, state);
      for (const alias of state.aliases) this.providerStates.set(alias, state);
    }
    const known = old && (old.importId || old.id);
    if (goal.custom && goal.importId && (!old || old.external || known !== goal.importId)) {
      return this.planImport(goal, state, old);
    }
    return this.planManaged(goal, state, old);
  }

  /** Plans what comes after an import: an update, where the goal differs from what was found. */
  async planAfterImport(goal: Goal, imported: ResourceState): Promise<Step[]> {
    const state = { ...this.stateOf(imported.urn, goal), created: imported.created, modified: imported.modified };
    const steps = await this.planManaged(goal, state, imported);
    return steps.filter((step) => step.op !== "same");
  }

  /** The steps of a `get`: read, and stop owning what was owned under that URN. */
  planRead(goal: ReadGoal): Step[] {
    const urn = this.urnOf(goal.parent, goal.type, goal.name);
    this.claim(urn);
    const old = this.olds.get(urn);
    const state = newState({
      urn,
      type: goal.type,
      custom: true,
      id: goal.id,
      inputs: goal.inputs,
      parent: goal.parent,
      external: true,
      dependencies: [...goal.dependencies],
      provider: goal.provider,
      additionalSecretOutputs: [...goal.additionalSecretOutputs],
      sourcePosition: goal.sourcePosition,
    });
    if (old && !old.external && old.id !== goal.id) {
      this.decide(urn, "replace");
      return [
        newStep("read-replacement", { old, new: state, pending: true }),
        newStep("replace", { old, new: state, pending: true }),
      ];
    }
    this.decide(urn, "read");
    return [newStep("read", { old, new: state })];
  }

  /** The deletes of everything that the program did not mention, and of what replacements left behind. */
  async planDeletes(): Promise<Step[]> {
    const steps: Step[] = [];
    for (const state of this.base.resources) {
      const step = this.planDelete(state);
      if (!step) continue;
      this.deleted.add(state.urn);
      await this.registry.ensure(state.provider);
      steps.push(step);
    }
    return steps;
  }

  private planDelete(state: ResourceState): Step | undefined {
    if (state.delete) return this.deletedStates.has(state) ? undefined : deleteReplacedStep(state, false);
    if (this.isOperatedOn(state.urn)) return undefined;
    return state.pendingReplacement ? newStep("remove-pending-replace", { old: state }) : deleteStep(state);
  }

  private isOperatedOn(urn: Urn): boolean {
    const decisions = this.decisions.get(this.aliases.successorOf(urn) ?? urn);
    return (["same", "update", "replace", "read", "import"] as const).some((decision) => decisions?.has(decision));
  }

  private admit(goal: Goal): { urn: Urn; state: ResourceState } {
    const urn = this.urnOf(goal.parent, goal.type, goal.name);
    this.claim(urn);
    return { urn, state: this.stateOf(urn, goal) };
  }

  private urnOf(parent: Urn | undefined, type: string, name: string): Urn {
    return makeUrn(this.options.stack, this.options.project, parent, type, name);
  }

  private claim(urn: Urn): void {
    if (this.seen.has(urn)) {
      const message = `Duplicate resource URN '${urn}'; try giving it a unique name`;
      this.diagnostics.report("error", urn, message);
      throw new PlanningFailed(message, true, urn);
    }
    this.seen.add(urn);
  }

  private findOld(urn: Urn, goal: Goal): ResourceState | undefined {
    const taken = this.aliases.successorOf(urn);
    if (taken) {
      this.refuse(urn, `Duplicate resource URN '${urn}' conflicting with alias on resource with URN '${taken}'`);
    }
    const direct = this.olds.get(urn);
    if (direct) return direct;
    for (const candidate of this.aliases.candidates(goal)) {
      const old = this.olds.get(candidate);
      if (!old) continue;
      const rival = this.seen.has(candidate) ? urn : this.aliases.successorOf(candidate);
      if (rival) {
        this.refuse(urn, `Duplicate resource alias '${candidate}' applied to resource with URN '${urn}'`);
      }
      this.aliases.take(urn, candidate);
      this.registry.rename(candidate, urn);
      return old;
    }
    return undefined;
  }

  private refuse(urn: Urn, message: string): never {
    this.diagnostics.report("error", urn, message);
    throw new PlanningFailed(message, true, urn);
  }

  private stateOf(urn: Urn, goal: Goal): ResourceState {
    return newState({
      urn,
      type: goal.type,
      custom: goal.custom,
      inputs: goal.inputs,
      parent: goal.parent,
      protect: goal.protect,
      dependencies: [...goal.dependencies],
      provider: goal.provider,
      propertyDependencies: goal.propertyDependencies,
      additionalSecretOutputs: [...goal.additionalSecretOutputs],
      customTimeouts: goal.customTimeouts,
      importId: goal.importId,
      retainOnDelete: goal.retainOnDelete,
      deletedWith: goal.deletedWith,
      sourcePosition: goal.sourcePosition,
      ignoreChanges: [...goal.ignoreChanges],
      replaceOnChanges: [...goal.replaceOnChanges],
      replacementTrigger: goal.replacementTrigger,
    });
  }

  private decide(urn: Urn, decision: Decision): void {
    this.decisions.set(urn, (this.decisions.get(urn) ?? new Set()).add(decision));
  }

  private planImport(goal: Goal, state: ResourceState, old: ResourceState | undefined): Step[] {
    this.decide(state.urn, "import");
    if (!old || this.deleted.has(state.urn)) {
      return [newStep("import", { new: state, ignoreChanges: goal.ignoreChanges })];
    }
    return [
      newStep("import-replacement", { old, new: state, ignoreChanges: goal.ignoreChanges, pending: !old.external }),
      newStep("replace", { old, new: state, pending: true }),
    ];
  }

  private async planManaged(goal: Goal, state: ResourceState, old: ResourceState | undefined): Promise<Step[]> {
    const { urn } = state;
    const provider = await this.providerOf(goal.type, goal.custom, goal.provider);
    const recreating = this.deleted.has(urn);
    const forced = this.isForced(urn, old);
    const randomSeed = randomBytes(32);
    let news = goal.inputs;
    if (old) {
      const kept = ignoreChanges(goal.inputs, old.inputs, goal.ignoreChanges);
      news = kept.inputs;
      if (kept.invalid.length > 0) {
        const paths = kept.invalid.join(", ");
        this.diagnostics.report(
          "info",
          urn,
          `cannot ignore changes in added or removed elements of the path: "${paths}"`,
        );
      }
    }
    if (provider) {
      const afresh = recreating || !old || old.external || forced;
      const request = { urn, olds: afresh ? {} : old.inputs, news: afresh ? goal.inputs : news, randomSeed };
      state.inputs = this.accept(await provider.check(request), state);
    } else {
      state.inputs = news;
    }

    if (recreating && old) {
      this.deleted.delete(urn);
      this.decide(urn, "replace");
      const replaceKeys = this.cascadeKeys.get(urn) ?? [];
      return [newStep("replace", { old, new: state }), newStep("create-replacement", { old, new: state, replaceKeys })];
    }
    if (old?.external) {
      this.decide(urn, "replace");
      return [
        newStep("create-replacement", { old, new: state, pending: true }),
        newStep("replace", { old, new: state, pending: true }),
      ];
    }
    if (!old) {
      this.decide(urn, "create");
      return [newStep("create", { new: state })];
    }
    return this.planChange(goal, state, old, provider, randomSeed);
  }

  private isForced(urn: Urn, old: ResourceState | undefined): boolean {
    const { replaceTargets } = this.options;
    return old !== undefined && (replaceTargets.has(urn) || replaceTargets.has(old.urn));
  }

  /** The checked inputs. Throws PlanningFailed when the provider refused some, after reporting each. */
  private accept({ inputs, failures }: CheckResult, state: ResourceState): ResourceState["inputs"] {
    for (const { property, reason } of failures) {
      const where = property
        ? `property ${property} value {${describe(state.inputs[property])}} has a problem: ${reason}`
        : `has a problem: ${reason}`;
      const subject = `${state.type} resource '${nameOf(state.urn)}'`;
      this.diagnostics.report("error", state.urn, property ? `${subject}: ${where}` : `${subject} ${where}`);
    }
    if (failures.length > 0) throw new PlanningFailed(`resource ${state.urn} is invalid`, true, state.urn);
    return inputs;
  }

  private async planChange(
    goal: Goal,
    state: ResourceState,
    old: ResourceState,
    provider: Provider | undefined,
    randomSeed: Uint8Array,
  ): Promise<Step[]> {
    const { urn } = state;
    const trigger = triggered(old.replacementTrigger, state.replacementTrigger);
    if (trigger && !this.options.dryRun && containsUnknowns(goal.replacementTrigger ?? null)) {
      this.refuse(urn, `replacement trigger contains unknowns for ${urn}`);
    }
    const hasInitErrors = old.initErrors.length > 0;
    const found: DiffResult = trigger
      ? { ...BLAMES_NOTHING, changes: "some" }
      : await this.compare(goal, state, old, provider);
    const diff = replaceOnChanges(found, goal.replaceOnChanges, hasInitErrors);
    const keys = { replaceKeys: diff.replaceKeys, changedKeys: diff.changedKeys, detailed: diff.detailed };

    if (diff.changes === "some" || old.pendingReplacement) {
      if (replaces(diff) || trigger || old.pendingReplacement) {
        return this.planReplacement(goal, state, old, provider, diff, randomSeed);
      }
      this.decide(urn, "update");
      return [newStep("update", { old, new: state, ...keys, ignoreChanges: goal.ignoreChanges })];
    }
    if (hasInitErrors) {
      this.decide(urn, "update");
      return [newStep("update", { old, new: state, ...keys, ignoreChanges: goal.ignoreChanges })];
    }
    this.decide(urn, "same");
    return [newStep("same", { old, new: state })];
  }

  private async planReplacement(
    goal: Goal,
    state: ResourceState,
    old: ResourceState,
    provider: Provider | undefined,
    diff: DiffResult,
    randomSeed: Uint8Array,
  ): Promise<Step[]> {
    const { urn } = state;
    if (state.protect && old.protect) {
      const message =
        `unable to replace resource "${urn}"\nas it is currently marked for protection. To unprotect the resource, ` +
        "remove the `protect` flag from the resource in your Pulumi program and run `pulumi up`";
      this.diagnostics.report("error", urn, message);
      if (!this.options.dryRun) throw new PlanningFailed(message, true, urn);
    }
    if (goal.importId) {
      const message =
        "previously-imported resources that still specify an ID may not be replaced; " +
        `please remove the \`import\` declaration from your program (changed: ${diff.replaceKeys.join(", ")})`;
      if (!this.options.dryRun) throw new PlanningFailed(message, false, urn);
      this.diagnostics.report("warning", urn, message);
    }
    this.decide(urn, "replace");
    if (provider && !this.isForced(urn, old)) {
      // Defaults that were carried over from the old resource do not hold for a new one.
      state.inputs = this.accept(await provider.check({ urn, olds: {}, news: goal.inputs, randomSeed }), state);
    }
    const keys = { replaceKeys: diff.replaceKeys, changedKeys: diff.changedKeys, detailed: diff.detailed };
    if (!(goal.deleteBeforeReplace ?? diff.deleteBeforeReplace)) {
      return [
        newStep("create-replacement", { old, new: state, ...keys, pending: true }),
        newStep("replace", { old, new: state, ...keys, pending: true }),
      ];
    }
    const deletes = await this.planCascade(old);
    if (!old.pendingReplacement) {
      await this.registry.ensure(old.provider);
      deletes.push(deleteReplacedStep(old, true));
    }
    return [
      ...deletes,
      newStep("replace", { old, new: state, ...keys }),
      newStep("create-replacement", { old, new: state, ...keys }),
    ];
  }

  /** The deletes, dependents first, of everything that has to be replaced together with `root`. */
  private async planCascade(root: ResourceState): Promise<Step[]> {
    const steps: Step[] = [];
    for (const { state, keys } of (await this.dependentReplacements(root)).reverse()) {
      if (this.deletedStates.has(state)) continue;
      this.deletedStates.add(state);
      if (state.delete) {
        // Left behind by an earlier replacement: its successor, of the same URN, stays.
        steps.push(deleteReplacedStep(state, false));
        continue;
      }
      this.cascadeKeys.set(state.urn, keys);
      if (state.protect) {
        const message =
          `unable to replace resource "${state.urn}" as part of replacing "${root.urn}" as it is currently marked for ` +
          "protection. To unprotect the resource, remove the `protect` flag from the resource in your Pulumi program " +
          `and run \`pulumi up\`, or use the command:\n\`pulumi state unprotect '${state.urn}'\``;
        this.refuse(root.urn, message);
      }
      steps.push(deleteReplacedStep(state, true));
      this.deleted.add(state.urn);
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
    const ignored = new Set<Urn>([...this.decisions.keys(), ...this.deleted]);
    ignored.delete(root.urn);
    for (const state of this.graph.dependingOn(root, ignored)) {
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
    const provider = await this.providerOf(state.type, true, state.provider);
    if (!provider) return undefined;
    const news = withUnknowns(state.inputs, affected);
    const diff = replaceOnChanges(
      await this.ask(provider, state, news, state.ignoreChanges),
      state.replaceOnChanges,
      false,
    );
    return replaces(diff) ? diff.replaceKeys : undefined;
  }

  private async compare(
    goal: Goal,
    state: ResourceState,
    old: ResourceState,
    provider: Provider | undefined,
  ): Promise<DiffResult> {
    if (this.isForced(state.urn, old)) return { ...BLAMES_NOTHING, changes: "some", replaceKeys: ["id"] };
    if (state.deletedWith && this.decisions.get(state.deletedWith)?.has("replace")) {
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

  private async ask(
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
    return this.aliases.successorOf(urn) ?? urn;
  }

  /** Whether the resource moves to a provider which cannot manage what the old one made. */
  private async providerReplaced(state: ResourceState, old: ResourceState): Promise<boolean> {
    if (old.provider === state.provider) return false;
    if (!old.provider || !state.provider) return true;
    const before = parseProviderReference(old.provider);
    const now = parseProviderReference(state.provider);
    if (this.aliases.successorOf(before.urn) === now.urn) return false;
    const oldProvider = this.olds.get(before.urn);
    const newProvider = this.providerStates.get(now.urn);
    if (!oldProvider || !newProvider) return false;
    const diff = await this.registry.diffConfig(state.provider, oldProvider, newProvider);
    return replaces(diff) || diff.replaceKeys.length > 0;
  }

  private async providerOf(
    type: string,
    custom: boolean,
    reference: string | undefined,
  ): Promise<Provider | undefined> {
    if (!custom) return undefined;
    if (isProviderType(type)) return this.registry;
    if (!reference) throw new PlanningFailed(`a ${type} resource has no provider`, false);
    return this.registry.get(reference);
  }
}

const BLAMES_NOTHING: DiffResult = {
  changes: "none",
  replaceKeys: [],
  changedKeys: [],
  deleteBeforeReplace: false,
  detailed: undefined,
};

/** A value in a message about it: scalars as they are, secrets masked, anything else as JSON. */
function describe(value: PropertyValue | undefined): string {
  if (value === undefined) return "";
  if (value instanceof Secret) return "[secret]";
  if (isMap(value) || Array.isArray(value)) {
    return JSON.stringify(value, (_key, inner: unknown) => (inner instanceof Secret ? "[secret]" : inner));
  }
  return String(value);
}
