/** Runs one update, preview, refresh or destroy from beginning to end. */
import os from "node:os";
import { EngineService } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { ResourceMonitorService } from "@pulumi/pulumi/proto/resource_grpc_pb";
import { type CheckpointWriter, FileCheckpoints, NO_CHECKPOINTS } from "../backend/checkpoint";
import type { UpdateRecord } from "../backend/fileBackend";
import { ORGANIZATION } from "../backend/layout";
import { type Lock, lock } from "../backend/lock";
import { DefaultProviders } from "../deploy/defaultProviders";
import { Deployment } from "../deploy/deployment";
import { Cancelled } from "../deploy/diagnostics";
import { EventStream } from "../deploy/events";
import { ProviderRegistry } from "../deploy/registry";
import { Display, type DisplayMode } from "../display/display";
import { SecretMask } from "../display/mask";
import { thisEngine } from "../invocation";
import { PluginHost } from "../plugins/host";
import { Program } from "../program/host";
import { containsSecure, isSecure } from "../project/configValue";
import { engineService } from "../rpc/engineService";
import { LateService } from "../rpc/late";
import { MONITOR_METHODS, ResourceMonitor } from "../rpc/monitor";
import { RpcServer } from "../rpc/server";
import { standIns } from "../stand-ins/standIns";
import type { JsonObject } from "../state/deployment";
import { Journal } from "../state/journal";
import type { Snapshot } from "../state/resource";
import { isProviderType, packageOf, providerReference, stackUrn } from "../urn";
import { encrypting } from "../values/serial";
import type { StackContext } from "./context";
import { handleSignals } from "./signals";
import { outputsOf } from "./stackOutput";

export type OperationKind = "update" | "refresh" | "destroy";

export interface OperationOptions {
  readonly kind: OperationKind;
  readonly preview: boolean;
  /** Compare with reality first. */
  readonly refresh: boolean;
  readonly parallel: number | undefined;
  readonly continueOnError: boolean;
  readonly replace: readonly string[];
  /** Forget about creates that were interrupted (refresh only). */
  readonly clearPendingCreates: boolean;
  readonly display: DisplayMode;
  readonly eventLog: string | undefined;
  readonly suppressOutputs: boolean;
  /** Take the lock over from a process of this machine that is no more. */
  readonly breakDeadLock: boolean;
}

export interface OperationResult {
  readonly succeeded: boolean;
  /** Operations and how often each was carried out, `same` among them. */
  readonly changes: Readonly<Record<string, number>>;
}

const TITLES: Readonly<Record<OperationKind, readonly [preview: string, real: string]>> = {
  update: ["Previewing update", "Updating"],
  refresh: ["Previewing refresh", "Refreshing"],
  destroy: ["Previewing destroy", "Destroying"],
};

/** What the official CLI does by default: four steps for each processor. */
const defaultParallel = (variables: NodeJS.ProcessEnv): number =>
  Number(variables.PULUMI_PARALLEL) || 4 * os.availableParallelism();

export async function runOperation(stack: StackContext, options: OperationOptions): Promise<OperationResult> {
  const held = options.preview ? undefined : await lock(stack.backend.filesOf(stack.id), options.breakDeadLock);
  try {
    return await new Operation(stack, options, held).run();
  } finally {
    await held?.release();
  }
}

class Operation {
  private readonly started = Date.now();
  private readonly mask = new SecretMask();
  private readonly events = new EventStream();
  private readonly server = new RpcServer();
  private readonly variables: NodeJS.ProcessEnv;
  private programFailed = false;

  constructor(
    private readonly stack: StackContext,
    private readonly options: OperationOptions,
    private readonly lock: Lock | undefined,
  ) {
    this.variables = stack.owner.environment.variables;
  }

  async run(): Promise<OperationResult> {
    const { stack, options, mask } = this;
    const { project, stack: name } = stack.id;
    // The state of before the lock was taken may be out of date by now.
    const current = this.lock ? await stack.owner.open(name) : stack;
    const root = stackUrn(name, project);
    const config = await current.resolvedConfig();
    for (const { secrets } of config.values()) for (const secret of secrets) mask.add(secret);

    const display = new Display({
      mode: options.display,
      stackUrn: root,
      preview: options.preview,
      title: TITLES[options.kind][options.preview ? 0 : 1],
      stack: name,
      mask,
      terminal: terminalOf(process.stdout),
      eventLog: options.eventLog,
      suppressOutputs: options.suppressOutputs,
    });
    this.events.listen(display.handle);

    let address: Promise<string> | undefined;
    const listening = () => {
      address ??= this.server.listen();
      return address;
    };
    let deployment: Deployment | undefined;
    const report: Deployment["report"] = (...message) => deployment?.report(...message);
    const host = new PluginHost({
      project: current.project,
      environment: this.variables,
      engineAddress: listening,
      standIns: standIns(
        (severity, urn, message, ephemeral) => report(severity, urn || root, message, ephemeral),
        async (reference) => outputsOf(await stack.owner.open(reference)),
      ),
    });
    const parallel = options.parallel ?? defaultParallel(this.variables);
    const texts = new Map([...config].map(([key, { text }]) => [key, text]));
    const secretKeys = [...config].flatMap(([key, { secret }]) => (secret ? [key] : []));
    const monitorOptions = {
      project,
      stack: name,
      organization: ORGANIZATION,
      parallel,
      config: texts,
      secretKeys,
      root: current.project.root,
      programDirectory: current.project.programDirectory,
    };

    // The services are registered before anybody can know the address; they answer once the state is read.
    let monitor: ResourceMonitor | undefined;
    const late = new LateService(MONITOR_METHODS);
    this.server.add(ResourceMonitorService as never, late.implementation);
    this.server.add(EngineService as never, engineService({ report }, root));
    const program =
      options.kind === "update"
        ? Program.start({
            project: current.project,
            organization: ORGANIZATION,
            stack: name,
            dryRun: options.preview,
            parallel,
            address: await listening(),
            config: texts,
            secretKeys,
            environment: this.variables,
            // What a program prints while it is being ended is about its own end.
            output: (text) => deployment?.ended || display.programOutput(text),
          })
        : undefined;

    try {
      // A project that brings a plugin uses it, if not for what its state holds, then for what is new.
      if (program) for (const { name: pkg } of current.project.plugins) host.anticipate(pkg, undefined);
      const snapshot = this.prepared(await current.snapshot());
      for (const { pkg, version } of providersIn(snapshot)) host.anticipate(pkg, version);
      const journal = new Journal(snapshot);
      const checkpoints = await this.checkpointsFor(current, journal);
      const known = new Map(
        snapshot.resources
          .filter((state) => isProviderType(state.type))
          .map((state) => [providerReference(state.urn, state.id), state]),
      );
      const registry = new ProviderRegistry(host, known, options.preview);
      deployment = new Deployment(snapshot, journal, checkpoints, registry, this.events, {
        stack: name,
        project,
        dryRun: options.preview,
        parallel,
        continueOnError: options.continueOnError,
        replaceTargets: new Set(options.replace),
        countRefresh: options.kind === "refresh",
      });
      const entries = new Map([...config].map(([key, { text, secret }]) => [key, { text, secret }]));
      const running = deployment;
      const defaults = new DefaultProviders((goal) => running.register(goal), entries);
      monitor = new ResourceMonitor(running, registry, defaults, monitorOptions);
      this.events.emit({
        kind: "prelude",
        config: Object.fromEntries([...config].map(([key, { text, secret }]) => [key, secret ? "[secret]" : text])),
      });
      this.warnOfPending(running, snapshot);
      const stopHandling = handleSignals(async () => {
        running.cancel();
        await host.stopWaiting();
      });
      try {
        const served = monitor.service;
        await this.drive(running, monitor, program, () => late.open(served));
      } finally {
        stopHandling();
      }
      return await this.conclude(running, historyConfig(current));
    } catch (error) {
      program?.abort();
      throw error;
    } finally {
      monitor?.release();
      await program?.end();
      await host.close();
      this.server.close();
    }
  }

  private prepared(snapshot: Snapshot): Snapshot {
    return this.options.clearPendingCreates ? { ...snapshot, pendingOperations: [] } : snapshot;
  }

  private async checkpointsFor(stack: StackContext, journal: Journal): Promise<CheckpointWriter> {
    if (this.options.preview) return NO_CHECKPOINTS;
    const provider = await stack.secretsProvider();
    return new FileCheckpoints(stack.backend, stack.id, journal, provider, encrypting(await stack.crypter()));
  }

  private warnOfPending(deployment: Deployment, snapshot: Snapshot): void {
    const { preview, kind, refresh } = this.options;
    if (preview || refresh || kind === "refresh" || snapshot.pendingOperations.length === 0) return;
    const list = snapshot.pendingOperations.map(
      ({ resource, type }) => `  * ${resource.urn}, interrupted while ${type}`,
    );
    const refreshing = `${thisEngine} refresh --stack ${this.stack.id.stack}`;
    const message =
      `Attempting to deploy or update resources with ${list.length} pending operations from previous deployment.\n` +
      `${list.join("\n")}\n` +
      "These resources are in an unknown state because the engine was interrupted while waiting for changes to these " +
      "resources to complete. You should confirm whether or not the operations listed completed successfully.\n" +
      `\`${refreshing} --clear-pending-creates\` removes interrupted creates from the record; all others are settled by ` +
      `\`${refreshing}\` or by this update.`;
    deployment.report("warning", undefined, message);
  }

  private async drive(
    deployment: Deployment,
    monitor: ResourceMonitor,
    program: Program | undefined,
    openMonitor: () => void,
  ): Promise<void> {
    const { kind, refresh } = this.options;
    try {
      if (refresh || kind === "refresh") await deployment.refreshAll();
      else if (kind === "update") await deployment.settleInterruptedDeletes();
      openMonitor();
      if (program) await this.followProgram(deployment, monitor, program);
      if (kind !== "refresh" && !deployment.ended) await deployment.deleteRest();
    } catch (error) {
      if (!(error instanceof Cancelled)) throw error;
    }
    await deployment.finish(this.programFailed);
    monitor.release();
    if (deployment.ended) await program?.end();
    const end = await program?.ended;
    // An error that the program only admits to at its end, after everything was registered.
    if (end && !end.ok && !deployment.failed) {
      deployment.report("error", deployment.stackUrn, end.message ?? "the program failed");
    }
  }

  /** Until the program has registered everything. Throws Cancelled when it failed, or when the deployment was stopped. */
  private async followProgram(deployment: Deployment, monitor: ResourceMonitor, program: Program): Promise<void> {
    const end = await Promise.race([program.ended, monitor.programDone, deployment.stopping]);
    if (!end || end.ok) return;
    this.programFailed = true;
    if (end.message) deployment.report("error", deployment.stackUrn, end.message);
    throw new Cancelled();
  }

  private async conclude(deployment: Deployment, config: JsonObject): Promise<OperationResult> {
    const { kind, preview } = this.options;
    const succeeded = !deployment.failed;
    const seconds = Math.ceil((Date.now() - this.started) / 1000);
    this.events.emit({ kind: "summary", preview, seconds, changes: deployment.changes, succeeded });
    this.events.emit({ kind: "end" });
    if (!preview) {
      const record: UpdateRecord = {
        kind,
        startTime: Math.floor(this.started / 1000),
        endTime: Math.floor(Date.now() / 1000),
        result: succeeded ? "succeeded" : "failed",
        version: 1,
        resourceChanges: deployment.changes as Record<string, number>,
        config,
      };
      await this.stack.backend.record(this.stack.id, record);
    }
    return { succeeded, changes: deployment.changes as Record<string, number> };
  }
}

/** The configuration as the history keeps it: secrets as ciphertexts. */
function historyConfig(stack: StackContext): JsonObject {
  return Object.fromEntries(
    Object.entries(stack.config).map(([key, value]) => {
      const object = typeof value === "object" && value !== null && !isSecure(value);
      const string = isSecure(value) ? value.secure : object ? JSON.stringify(value) : String(value ?? "");
      return [key, { string, secret: containsSecure(value), object }];
    }),
  );
}

/** The plugins that the resources of a state are going to need. */
function providersIn(snapshot: Snapshot): { pkg: string; version: string | undefined }[] {
  return snapshot.resources
    .filter((state) => isProviderType(state.type) && !state.delete)
    .map((state) => {
      const version = state.inputs.version;
      return { pkg: packageOf(state.type), version: typeof version === "string" ? version : undefined };
    });
}

function terminalOf(stream: NodeJS.WriteStream) {
  return {
    get columns() {
      return stream.columns ?? 120;
    },
    write: (text: string) => void stream.write(text),
  };
}
