/**
 * One update, preview, refresh or destroy: takes goals as they come, plans them one after the other, carries their steps
 * out in parallel, and keeps the snapshot on disk in step with the world.
 */
import type { CheckpointWriter } from "../backend/checkpoint";
import { InitError } from "../plugins/provider";
import { DependencyGraph } from "../state/graph";
import type { Journal } from "../state/journal";
import type { ResourceState, Snapshot } from "../state/resource";
import { isProviderType, stackUrn, type Urn } from "../urn";
import { deepEquals, type PropertyMap } from "../values/property";
import { noteBegin, noteEnd } from "./bookkeeping";
import { Cancelled, type Diagnostics, PlanningFailed, type Severity } from "./diagnostics";
import type { EventStream } from "./events";
import { execute, ProtectedError } from "./execute";
import type { Goal, ReadGoal, Registered } from "./goal";
import { Planner } from "./planner";
import { afterLook, afterRefresh, doubtful } from "./refresh";
import type { ProviderRegistry } from "./registry";
import { scheduleDeletes } from "./schedule";
import { Slots } from "./slots";
import { isDelete, newStep, type Operation, type Step } from "./step";

export interface DeploymentOptions {
  readonly stack: string;
  readonly project: string;
  readonly dryRun: boolean;
  /** How many steps may run at once. */
  readonly parallel: number;
  readonly continueOnError: boolean;
  readonly replaceTargets: ReadonlySet<Urn>;
  readonly countRefresh: boolean;
}

export class Deployment implements Diagnostics {
  private planner: Planner;
  private readonly slots: Slots;
  private planning: Promise<unknown> = Promise.resolve();
  private readonly running = new Set<Promise<unknown>>();
  private readonly stopSignal: Promise<never>;
  private rejectWaiting: (reason: Cancelled) => void = () => {};
  private stopped = false;
  private cancelledByUser = false;
  private planFailed = false;
  private stepFailed = false;
  private errorsReported = false;
  private unwritten = false;
  private unsaved = false;
  /** What is deleted ahead of replacements, and the chain of steps that does it. */
  private readonly takenDown = new Map<ResourceState, Promise<unknown>>();
  private readonly pendingOutputs = new Map<Urn, Step>();
  private stackOutputs: PropertyMap | undefined;
  private readonly failedUrns = new Set<Urn>();
  private readonly failedSteps: Step[] = [];
  private readonly current = new Map<Urn, ResourceState>();
  readonly changes: Partial<Record<Operation, number>> = {};

  constructor(
    private base: Snapshot,
    private readonly journal: Journal,
    private readonly checkpoints: CheckpointWriter,
    private readonly registry: ProviderRegistry,
    private readonly events: EventStream,
    private readonly options: DeploymentOptions,
  ) {
    this.planner = new Planner(base, registry, this, options);
    this.slots = new Slots(options.parallel);
    this.stopSignal = new Promise((_resolve, reject) => {
      this.rejectWaiting = reject;
    });
    this.stopSignal.catch(() => {});
  }

  /** Whether anything went wrong so far. */
  get failed(): boolean {
    return this.planFailed || this.stepFailed || this.errorsReported || this.cancelledByUser || this.unsaved;
  }

  /** Whether no further step is going to begin. */
  get ended(): boolean {
    return this.stopped;
  }

  /** Rejects with Cancelled as soon as the deployment is to end early. */
  get stopping(): Promise<never> {
    return this.stopSignal;
  }

  get stackUrn(): Urn {
    return stackUrn(this.options.stack, this.options.project);
  }

  get dryRun(): boolean {
    return this.options.dryRun;
  }

  report(severity: Severity, urn: Urn | undefined, message: string, ephemeral = false, streamId = 0): void {
    if (severity === "error") this.errorsReported = true;
    this.events.emit({ kind: "diagnostic", severity, urn, message, ephemeral, streamId });
  }

  /** Begins nothing new; what runs is finished and saved. */
  cancel(): void {
    this.cancelledByUser = true;
    this.stop();
  }

  /** The state that a URN has by now: of this run, else of the one before. */
  lookup(urn: Urn): ResourceState | undefined {
    return this.current.get(urn) ?? this.base.resources.find((state) => state.urn === urn && !state.delete);
  }

  /** Whether the program has come to the resource and it exists. */
  isRegistered(urn: Urn): boolean {
    return this.current.has(urn);
  }

  /** Brings a resource to its goal. Rejects with Cancelled when the deployment ends before that. */
  register(goal: Goal): Promise<Registered> {
    return this.track(async () => {
      const urns = [goal.parent, ...goal.dependencies];
      if (urns.some((urn) => urn !== undefined && this.failedUrns.has(urn))) {
        return { result: "skip", urn: "", state: undefined };
      }
      const steps = await this.plan(() => this.planner.plan(goal));
      const state = await this.runChain(steps);
      const last = steps.at(-1);
      const urn = last?.urn ?? "";
      if (!state) return { result: "fail", urn, state: undefined };
      if (last?.op !== "import" && steps[0]?.op !== "import-replacement") return { result: "success", urn, state };
      const further = await this.plan(() => this.planner.planAfterImport(goal, state));
      const adjusted = further.length > 0 ? await this.runChain(further) : state;
      return adjusted ? { result: "success", urn, state: adjusted } : { result: "fail", urn, state: undefined };
    });
  }

  /** Reads a resource that the program does not own. */
  read(goal: ReadGoal): Promise<Registered> {
    return this.track(async () => {
      const steps = await this.plan(async () => this.planner.planRead(goal));
      const state = await this.runChain(steps);
      const urn = steps[0]?.urn ?? "";
      return state ? { result: "success", urn, state } : { result: "fail", urn, state: undefined };
    });
  }

  /** Sets a component's outputs, in place of whatever they were. Those of the stack are set at the very end. */
  async registerOutputs(urn: Urn, outputs: PropertyMap): Promise<void> {
    if (urn === this.stackUrn) {
      this.stackOutputs = outputs;
      return;
    }
    await this.completeOutputs(urn, outputs);
  }

  private async completeOutputs(urn: Urn, outputs: PropertyMap): Promise<void> {
    const step = this.pendingOutputs.get(urn);
    if (!step?.new) throw new Error(`cannot complete a resource '${urn}' whose registration isn't pending`);
    this.pendingOutputs.delete(urn);
    step.new.outputs = outputs;
    if (step.old === undefined || !deepEquals(step.old.outputs, outputs)) await this.save();
    this.events.emit({ kind: "step-ends", step });
  }

  /** Deletes what the program did not mention; everything, where there was no program. */
  async deleteRest(): Promise<void> {
    const steps = await this.plan(() => this.planner.planDeletes());
    const graph = new DependencyGraph(this.base.resources);
    for (const group of scheduleDeletes(steps, this.base.resources)) {
      if (this.stopped) return;
      const spared = new Set(
        this.failedSteps.flatMap(({ old }) => (old ? [...graph.transitiveDependenciesOf(old)] : [])),
      );
      const chains = group
        .filter(({ old }) => old && !spared.has(old))
        .map((step) => this.track(() => this.runChain([step])));
      await Promise.allSettled(chains);
    }
  }

  /** Compares every resource of the base with reality, and goes on from what was found. */
  async refreshAll(): Promise<void> {
    await this.look(this.base.resources, afterRefresh);
    await this.save();
  }

  /**
   * Looks after the resources whose deletion was interrupted: whether they are still there, only reality can tell. (The
   * official engine takes them for existing.)
   */
  async settleInterruptedDeletes(): Promise<void> {
    const states = doubtful(this.base);
    if (states.length > 0) await this.look(states, afterLook);
  }

  private async look(states: readonly ResourceState[], conclude: typeof afterRefresh): Promise<void> {
    const steps = states.map((old) => newStep("refresh", { old, new: old }));
    const chains = steps.map((step) =>
      this.track(async () => {
        await this.registry.ensure(step.provider);
        return this.runChain([step]);
      }),
    );
    await Promise.allSettled(chains);
    // What runs goes on after a failure; its findings count.
    await this.settle();
    const found = new Map(steps.flatMap((step) => (step.old && step.outcome ? [[step.old, step.new] as const] : [])));
    this.base = conclude(this.base, found);
    this.journal.rebase(this.base);
    this.planner = new Planner(this.base, this.registry, this, this.options);
  }

  /** Waits for everything that runs, then settles the stack's outputs and the snapshot. */
  async finish(programFailed: boolean): Promise<void> {
    await this.settle();
    if (this.stackOutputs && this.pendingOutputs.has(this.stackUrn)) {
      const step = this.pendingOutputs.get(this.stackUrn);
      // After a failure an output that is missing may just not have been come to.
      const kept = this.failed ? step?.old?.outputs : undefined;
      await this.completeOutputs(this.stackUrn, { ...kept, ...this.stackOutputs });
    }
    if (this.unwritten) await this.save();
    const kind = this.options.dryRun ? "preview" : "update";
    if (this.stepFailed && !this.planFailed && !programFailed) this.report("error", this.stackUrn, `${kind} failed`);
    else if (this.cancelledByUser) this.report("error", this.stackUrn, `${kind} canceled`);
  }

  /** Writes the snapshot down. When that fails nothing more is begun: what is done could not be remembered. */
  private async save(): Promise<boolean> {
    try {
      await this.checkpoints.flush();
      return true;
    } catch (error) {
      if (!this.unsaved) this.report("error", undefined, (error as Error).message);
      this.unsaved = true;
      this.stop();
      return false;
    }
  }

  private async settle(): Promise<void> {
    while (this.running.size > 0) await Promise.allSettled([...this.running]);
  }

  private stop(): void {
    this.stopped = true;
    this.rejectWaiting(new Cancelled());
  }

  /** Runs `work` to its end, but lets go of whoever waits for it when the deployment is stopped. */
  private track<T>(work: () => Promise<T>): Promise<T> {
    if (this.stopped) return Promise.reject(new Cancelled());
    const promise = work();
    const settled = promise.then(
      () => {},
      () => {},
    );
    this.running.add(settled);
    void settled.then(() => this.running.delete(settled));
    return Promise.race([promise, this.stopSignal]);
  }

  /** One plan at a time: each relies on what those before it have decided. */
  private plan(make: () => Promise<Step[]>): Promise<Step[]> {
    const result = this.planning.then(async () => {
      if (this.stopped) throw new Cancelled();
      try {
        return await make();
      } catch (error) {
        if (error instanceof Cancelled) throw error;
        const failure = error instanceof PlanningFailed ? error : undefined;
        if (!failure?.reported) this.report("error", failure?.urn, (error as Error).message);
        this.planFailed = true;
        this.stop();
        throw new Cancelled();
      }
    });
    this.planning = result.catch(() => {});
    return result;
  }

  /** Carries a goal's steps out in order. Returns the state that they led to, undefined when one failed. */
  private runChain(steps: readonly Step[]): Promise<ResourceState | undefined> {
    const deletes = steps.filter((step) => isDelete(step.op));
    const rest = steps.filter((step) => !deletes.includes(step));
    // What a replacement takes down with it goes first: dependents before what they depend on, the others at once.
    const stages = [...scheduleDeletes(deletes, this.base.resources), ...rest.map((step) => [step])];
    const result = this.slots.run(async () => {
      for (const stage of stages) {
        if (this.stopped) throw new Cancelled();
        const done = await Promise.allSettled(stage.map((step) => this.perform(step)));
        const failed = done.find((outcome) => outcome.status === "rejected");
        if (failed) throw failed.reason;
        if (done.some((outcome) => outcome.status === "fulfilled" && !outcome.value)) return undefined;
      }
      return rest.at(-1)?.new;
    });
    // Known from now on: whoever is registered next may be one of those that are taken down.
    for (const { old } of deletes) if (old && !rest.some((step) => step.old === old)) this.takenDown.set(old, result);
    return result;
  }

  /** A resource that another one's replacement takes down is made anew only when it is gone. */
  private async isGone(step: Step): Promise<boolean> {
    const chain =
      step.op === "replace" || step.op === "create-replacement" ? step.old && this.takenDown.get(step.old) : undefined;
    if (!chain || !step.old) return true;
    await chain.catch(() => {});
    return step.old.pendingReplacement;
  }

  private async perform(step: Step): Promise<boolean> {
    if (!(await this.isGone(step))) return false;
    this.events.emit({ kind: "step-begins", step });
    if (noteBegin(this.journal, step) && !(await this.save())) throw new Cancelled();
    let failure: Error | undefined;
    try {
      await execute(step, {
        registry: this.registry,
        diagnostics: this,
        dryRun: this.options.dryRun,
        isDeleted: (urn) => this.planner.isDeleted(urn),
      });
    } catch (error) {
      failure = error as Error;
    }
    const existing = !failure || failure instanceof InitError;
    const mustWrite = noteEnd(this.journal, step, existing);
    if (existing && step.new && step.op !== "replace") this.current.set(step.urn, step.new);
    if (mustWrite) await this.save();
    else this.unwritten = true;
    if (failure) return this.fail(step, failure);
    if (step.logical && step.new && step.op !== "refresh") this.pendingOutputs.set(step.urn, step);
    this.count(step);
    // Outputs of components, the stack among them, come later; until then their step is not over.
    const awaitsOutputs = step.new !== undefined && !step.new.custom && step.logical && step.op !== "refresh";
    if (!awaitsOutputs || isProviderType(step.type)) this.events.emit({ kind: "step-ends", step });
    return true;
  }

  private fail(step: Step, failure: Error): false {
    this.stepFailed = true;
    this.failedUrns.add(step.urn);
    this.failedSteps.push(step);
    const message = this.options.dryRun ? `Preview failed: ${failure.message}` : failure.message;
    this.report("error", step.urn, message);
    this.events.emit({ kind: "step-fails", step });
    if (!this.options.continueOnError && !(failure instanceof ProtectedError)) {
      this.stop();
      throw new Cancelled();
    }
    return false;
  }

  private count(step: Step): void {
    const defaultProvider = isProviderType(step.type) && (step.new ?? step.old)?.parent === undefined;
    // What a refresh finds counts where that is all that was asked for.
    const aside = step.op === "refresh" && !this.options.countRefresh;
    if (!step.logical || defaultProvider || aside) return;
    const op = step.op === "refresh" ? (step.outcome ?? "same") : step.op;
    this.changes[op] = (this.changes[op] ?? 0) + 1;
  }
}
