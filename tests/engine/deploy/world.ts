/** Deployments without processes: a provider over a map of things, and programs that are lists of resources. */
import type { CheckpointWriter } from "../../../engine/backend/checkpoint";
import { diffInputs } from "../../../engine/deploy/decide";
import { DefaultProviders } from "../../../engine/deploy/defaultProviders";
import { Deployment, type DeploymentOptions } from "../../../engine/deploy/deployment";
import { type EngineEvent, EventStream } from "../../../engine/deploy/events";
import { type Goal, newGoal } from "../../../engine/deploy/goal";
import { ProviderRegistry } from "../../../engine/deploy/registry";
import type { PluginHost } from "../../../engine/plugins/host";
import {
  type CheckResult,
  type Created,
  type CreateRequest,
  type DeleteRequest,
  type DiffRequest,
  type DiffResult,
  InitError,
  type InvokeResult,
  NO_DIFF,
  type Provider,
  ProviderError,
  type ReadRequest,
  type ReadResult,
  type UpdateRequest,
} from "../../../engine/plugins/provider";
import { integrityProblem } from "../../../engine/state/integrity";
import { Journal } from "../../../engine/state/journal";
import { EMPTY_SNAPSHOT, type ResourceState, type Snapshot } from "../../../engine/state/resource";
import { isProviderType, nameOf, providerReference, STACK_TYPE, stackUrn, type Urn } from "../../../engine/urn";
import { type PropertyMap, UNKNOWN } from "../../../engine/values/property";

export type Call = "check" | "diff" | "create" | "update" | "delete" | "read";

/** What exists outside, and what is to go wrong there. */
export class World implements Provider {
  readonly things = new Map<string, PropertyMap>();
  /** `create web`, `delete db`, … */
  readonly calls: string[] = [];
  private readonly counters = new Map<string, number>();
  /** `create web` fails; `partial create web` leaves an unhealthy resource. */
  failures: ReadonlySet<string> = new Set();

  private note(call: Call, urn: Urn): void {
    const entry = `${call} ${nameOf(urn)}`;
    this.calls.push(entry);
    if (this.failures.has(entry)) throw new ProviderError(`${entry} refused`);
  }

  private partial(call: Call, urn: Urn): boolean {
    return this.failures.has(`partial ${call} ${nameOf(urn)}`);
  }

  async checkConfig({ news }: { news: PropertyMap }): Promise<CheckResult> {
    return { inputs: news, failures: [] };
  }
  async diffConfig(): Promise<DiffResult> {
    return NO_DIFF;
  }
  async configure(): Promise<void> {}

  async check({ urn, news }: { urn: Urn; news: PropertyMap }): Promise<CheckResult> {
    this.note("check", urn);
    return { inputs: news, failures: [] };
  }

  /** Keys that begin with `r_` replace, those with `d_` replace delete-first. */
  async diff({ urn, oldInputs, news }: DiffRequest): Promise<DiffResult> {
    this.note("diff", urn);
    const diff = diffInputs(oldInputs, news);
    const replaceKeys = diff.changedKeys.filter((key) => /^[rd]_/.test(key));
    return { ...diff, replaceKeys, deleteBeforeReplace: replaceKeys.some((key) => key.startsWith("d_")) };
  }

  async create({ urn, inputs, preview }: CreateRequest): Promise<Created> {
    if (preview) return { id: "", outputs: { ...inputs, label: UNKNOWN } };
    this.note("create", urn);
    const name = nameOf(urn);
    const number = (this.counters.get(name) ?? 0) + 1;
    this.counters.set(name, number);
    const id = `${name}-${number}`;
    this.things.set(id, inputs);
    const outputs = { ...inputs, label: `label of ${id}` };
    if (this.partial("create", urn)) throw new InitError(id, inputs, outputs, ["never came up"]);
    return { id, outputs };
  }

  async update({ urn, id, inputs, preview }: UpdateRequest): Promise<PropertyMap> {
    if (preview) return { ...inputs, label: `label of ${id}` };
    this.note("update", urn);
    if (!this.things.has(id)) throw new ProviderError(`${id} does not exist`);
    this.things.set(id, inputs);
    const outputs = { ...inputs, label: `label of ${id}` };
    if (this.partial("update", urn)) throw new InitError(id, inputs, outputs, ["did not come back"]);
    return outputs;
  }

  async delete({ urn, id }: DeleteRequest): Promise<void> {
    this.note("delete", urn);
    this.things.delete(id);
  }

  async read({ urn, id }: ReadRequest): Promise<ReadResult> {
    this.note("read", urn);
    const inputs = this.things.get(id);
    return inputs ? { id, inputs, outputs: { ...inputs, label: `label of ${id}` } } : { id: "", inputs, outputs: {} };
  }

  async invoke(): Promise<InvokeResult> {
    return { outputs: {}, failures: [] };
  }
  async cancel(): Promise<void> {}
  async close(): Promise<void> {}
}

/** A resource of a program; `of` makes an input out of another resource's label, under each of the given keys. */
export interface Wanted {
  readonly name: string;
  readonly inputs: PropertyMap;
  readonly of?: Readonly<Record<string, string>>;
  readonly dependsOn?: readonly string[];
  readonly options?: Partial<Goal>;
}

export interface RunOptions extends Partial<DeploymentOptions> {
  readonly failures?: readonly string[];
  /** The program ends with an error after it has registered everything. */
  readonly programFails?: boolean;
  /** After this many checkpoints nothing reaches the disk any more, as if the engine had been killed. */
  readonly diesAfter?: number;
  readonly refresh?: boolean;
  /** No program: everything is deleted. */
  readonly destroy?: boolean;
}

export interface RunResult {
  readonly failed: boolean;
  readonly changes: Readonly<Record<string, number>>;
  readonly events: readonly EngineEvent[];
  readonly errors: readonly string[];
  /** Of every checkpoint that broke a rule. */
  readonly problems: readonly string[];
}

/** A stack over a world: each run goes on from the last checkpoint of the one before. */
export class TestStack {
  snapshot: Snapshot = EMPTY_SNAPSHOT;

  constructor(readonly world = new World()) {}

  /** The resources of the snapshot by name, without stack and providers. */
  get resources(): Record<string, ResourceState> {
    const own = this.snapshot.resources.filter(({ type }) => type !== STACK_TYPE && !isProviderType(type));
    return Object.fromEntries(own.map((state) => [nameOf(state.urn) + (state.delete ? " (condemned)" : ""), state]));
  }

  async run(program: readonly Wanted[], options: RunOptions = {}): Promise<RunResult> {
    const { world } = this;
    world.failures = new Set(options.failures);
    const base = copyOf(this.snapshot);
    const journal = new Journal(base);
    const events: EngineEvent[] = [];
    const problems: string[] = [];
    let written = 0;
    const checkpoints: CheckpointWriter = {
      flush: async () => {
        if (options.dryRun) return;
        const snapshot = journal.snapshot();
        const problem = integrityProblem(snapshot.resources);
        if (problem) problems.push(problem);
        if (options.diesAfter !== undefined && ++written > options.diesAfter) throw new Error("killed");
        this.snapshot = copyOf(snapshot);
      },
    };
    const known = new Map(
      base.resources
        .filter(({ type }) => isProviderType(type))
        .map((state) => [providerReference(state.urn, state.id), state]),
    );
    const host = { load: async () => world } as unknown as PluginHost;
    const registry = new ProviderRegistry(host, known, options.dryRun === true);
    const stream = new EventStream();
    stream.listen((event) => events.push(event));
    const deployment = new Deployment(base, journal, checkpoints, registry, stream, {
      stack: "dev",
      project: "test",
      dryRun: false,
      parallel: 4,
      continueOnError: false,
      replaceTargets: new Set(),
      countRefresh: false,
      ...options,
    });
    try {
      if (options.refresh) await deployment.refreshAll();
      else if (!options.destroy) await deployment.settleInterruptedDeletes();
      if (!options.destroy) await register(deployment, program);
      if (!options.programFails && !deployment.ended) await deployment.deleteRest();
    } catch {
      // The deployment knows why.
    }
    await deployment.finish(options.programFails === true);
    const errors = events.flatMap((event) =>
      event.kind === "diagnostic" && event.severity === "error" ? [event.message] : [],
    );
    return {
      failed: deployment.failed,
      changes: deployment.changes as Record<string, number>,
      events,
      errors,
      problems,
    };
  }
}

/** Registers a program's resources as the SDK does: each as soon as what it takes from others is known. */
async function register(deployment: Deployment, program: readonly Wanted[]): Promise<void> {
  const root = stackUrn("dev", "test");
  await deployment.register(newGoal({ type: STACK_TYPE, name: "test-dev", custom: false }));
  const defaults = new DefaultProviders((goal) => deployment.register(goal), new Map());
  const provider = await defaults.reference("fake", "");
  const registered = new Map<string, Promise<ResourceState>>();
  const stateOf = (name: string) => registered.get(name) ?? Promise.reject(new Error(`${name} comes later`));
  for (const wanted of program) {
    const state = (async () => {
      const inputs: PropertyMap = { ...wanted.inputs };
      const propertyDependencies: Record<string, Urn[]> = Object.fromEntries(
        Object.keys(inputs).map((key) => [key, []]),
      );
      const dependencies: Urn[] = [];
      for (const [key, name] of Object.entries(wanted.of ?? {})) {
        const source = await stateOf(name);
        inputs[key] = source.outputs.label ?? UNKNOWN;
        propertyDependencies[key] = [source.urn];
        dependencies.push(source.urn);
      }
      for (const name of wanted.dependsOn ?? []) dependencies.push((await stateOf(name)).urn);
      const { name, options } = wanted;
      const goal = {
        name,
        custom: true,
        inputs,
        parent: root,
        dependencies,
        provider,
        propertyDependencies,
        ...options,
      };
      const { state: result } = await deployment.register(newGoal({ type: "fake:index:Thing", ...goal }));
      if (!result) throw new Error(`${name} failed`);
      return result;
    })();
    state.catch(() => {});
    registered.set(wanted.name, state);
  }
  const done = await Promise.allSettled(registered.values());
  if (done.some(({ status }) => status === "rejected")) throw new Error("the program did not get through");
  await deployment.registerOutputs(root, {});
}

/** As it would come back from disk: no object is shared. */
function copyOf(snapshot: Snapshot): Snapshot {
  const copies = new Map(snapshot.resources.map((state) => [state, { ...state }]));
  return {
    ...snapshot,
    resources: [...copies.values()],
    pendingOperations: snapshot.pendingOperations.map(({ resource, type }) => ({ resource: { ...resource }, type })),
  };
}
