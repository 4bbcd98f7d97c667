/**
 * Turns goals into steps, one goal at a time (pulumi/pulumi pkg/resource/deploy/step_generator.go describes the rules).
 * It asks providers to check and to compare, and changes nothing itself.
 */
import { randomBytes } from "node:crypto";
import type { CheckResult, DiffResult, Provider } from "../plugins/provider";
import { newState, type ResourceState, type Snapshot } from "../state/resource";
import { isProviderType, makeUrn, nameOf, type Urn } from "../urn";
import { containsUnknowns, isMap, type PropertyValue, Secret } from "../values/property";
import { Cascade } from "./cascade";
import { ignoreChanges, replaceOnChanges, replaces, triggered } from "./decide";
import { Decisions } from "./decisions";
import { type Diagnostics, PlanningFailed, refuse } from "./diagnostics";
import { BLAMES_NOTHING, Differ } from "./differ";
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

export class Planner {
  private readonly decisions: Decisions;
  private readonly differ: Differ;
  private readonly cascade: Cascade;
  private readonly seen = new Set<Urn>();

  constructor(
    private readonly base: Snapshot,
    private readonly registry: ProviderRegistry,
    private readonly diagnostics: Diagnostics,
    private readonly options: PlannerOptions,
  ) {
    this.decisions = new Decisions(base, options.stack, options.project);
    this.differ = new Differ(this.decisions, registry, options.replaceTargets);
    this.cascade = new Cascade(this.decisions, this.differ, registry, diagnostics);
  }

  /** Whether a resource is deleted in this run and not replaced so far. */
  isDeleted(urn: Urn): boolean {
    return this.decisions.deleted.has(urn);
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
      this.decisions.providerStates.set(urn, state);
      for (const alias of state.aliases) this.decisions.providerStates.set(alias, state);
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
    const old = this.decisions.olds.get(urn);
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
      this.decisions.take(urn, "replace");
      return [
        newStep("read-replacement", { old, new: state, pending: true }),
        newStep("replace", { old, new: state, pending: true }),
      ];
    }
    this.decisions.take(urn, "read");
    return [newStep("read", { old, new: state })];
  }

  /** The deletes of everything that the program did not mention, and of what replacements left behind. */
  async planDeletes(): Promise<Step[]> {
    const steps: Step[] = [];
    for (const state of this.base.resources) {
      const step = this.planDelete(state);
      if (!step) continue;
      this.decisions.deleted.add(state.urn);
      await this.registry.ensure(state.provider);
      steps.push(step);
    }
    return steps;
  }

  private planDelete(state: ResourceState): Step | undefined {
    if (state.delete) return this.decisions.deletedStates.has(state) ? undefined : deleteReplacedStep(state, false);
    if (this.decisions.isKept(state.urn)) return undefined;
    return state.pendingReplacement ? newStep("remove-pending-replace", { old: state }) : deleteStep(state);
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
      refuse(this.diagnostics, urn, message);
    }
    this.seen.add(urn);
  }

  private findOld(urn: Urn, goal: Goal): ResourceState | undefined {
    const taken = this.decisions.aliases.successorOf(urn);
    if (taken) {
      refuse(
        this.diagnostics,
        urn,
        `Duplicate resource URN '${urn}' conflicting with alias on resource with URN '${taken}'`,
      );
    }
    const direct = this.decisions.olds.get(urn);
    if (direct) return direct;
    for (const candidate of this.decisions.aliases.candidates(goal)) {
      const old = this.decisions.olds.get(candidate);
      if (!old) continue;
      const rival = this.seen.has(candidate) ? urn : this.decisions.aliases.successorOf(candidate);
      if (rival) {
        refuse(this.diagnostics, urn, `Duplicate resource alias '${candidate}' applied to resource with URN '${urn}'`);
      }
      this.decisions.aliases.take(urn, candidate);
      this.registry.rename(candidate, urn);
      return old;
    }
    return undefined;
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

  private planImport(goal: Goal, state: ResourceState, old: ResourceState | undefined): Step[] {
    this.decisions.take(state.urn, "import");
    if (!old || this.decisions.deleted.has(state.urn)) {
      return [newStep("import", { new: state, ignoreChanges: goal.ignoreChanges })];
    }
    return [
      newStep("import-replacement", { old, new: state, ignoreChanges: goal.ignoreChanges, pending: !old.external }),
      newStep("replace", { old, new: state, pending: true }),
    ];
  }

  private async planManaged(goal: Goal, state: ResourceState, old: ResourceState | undefined): Promise<Step[]> {
    const { urn } = state;
    const provider = await this.differ.providerOf(goal.type, goal.custom, goal.provider);
    const recreating = this.decisions.deleted.has(urn);
    const forced = this.differ.isForced(urn, old);
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
      this.decisions.deleted.delete(urn);
      this.decisions.take(urn, "replace");
      const replaceKeys = this.decisions.cascadeKeys.get(urn) ?? [];
      return [newStep("replace", { old, new: state }), newStep("create-replacement", { old, new: state, replaceKeys })];
    }
    if (old?.external) {
      this.decisions.take(urn, "replace");
      return [
        newStep("create-replacement", { old, new: state, pending: true }),
        newStep("replace", { old, new: state, pending: true }),
      ];
    }
    if (!old) {
      this.decisions.take(urn, "create");
      return [newStep("create", { new: state })];
    }
    return this.planChange(goal, state, old, provider, randomSeed);
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
      refuse(this.diagnostics, urn, `replacement trigger contains unknowns for ${urn}`);
    }
    const hasInitErrors = old.initErrors.length > 0;
    const found: DiffResult = trigger
      ? { ...BLAMES_NOTHING, changes: "some" }
      : await this.differ.compare(goal, state, old, provider);
    const diff = replaceOnChanges(found, goal.replaceOnChanges, hasInitErrors);
    const keys = { replaceKeys: diff.replaceKeys, changedKeys: diff.changedKeys, detailed: diff.detailed };

    if (diff.changes === "some" || old.pendingReplacement) {
      if (replaces(diff) || trigger || old.pendingReplacement) {
        return this.planReplacement(goal, state, old, provider, diff, randomSeed);
      }
      this.decisions.take(urn, "update");
      return [newStep("update", { old, new: state, ...keys, ignoreChanges: goal.ignoreChanges })];
    }
    if (hasInitErrors) {
      this.decisions.take(urn, "update");
      return [newStep("update", { old, new: state, ...keys, ignoreChanges: goal.ignoreChanges })];
    }
    this.decisions.take(urn, "same");
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
    this.decisions.take(urn, "replace");
    if (provider && !this.differ.isForced(urn, old)) {
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
    const deletes = await this.cascade.plan(old);
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
}

/** A value in a message about it: scalars as they are, secrets masked, anything else as JSON. */
function describe(value: PropertyValue | undefined): string {
  if (value === undefined) return "";
  if (value instanceof Secret) return "[secret]";
  if (isMap(value) || Array.isArray(value)) {
    return JSON.stringify(value, (_key, inner: unknown) => (inner instanceof Secret ? "[secret]" : inner));
  }
  return String(value);
}
