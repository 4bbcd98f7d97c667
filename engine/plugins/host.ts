/** All plugins of one deployment: finds, starts, shares out and ends them. */
import { UserError } from "../errors";
import type { Project } from "../project/project";
import { findPlugin, type PluginPlace } from "./find";
import { GrpcProvider } from "./grpcProvider";
import { launchPlugin, type PluginProcess } from "./launch";
import type { Provider } from "./provider";

/** Makes a provider that runs inside the engine, for packages whose plugin is nowhere to be found. */
export type StandIn = () => Promise<Provider>;

export interface PluginHostOptions {
  readonly project: Project;
  readonly environment: NodeJS.ProcessEnv;
  /** Where plugins reach the engine's log. */
  readonly engineAddress: () => Promise<string>;
  readonly standIns: Readonly<Record<string, StandIn>>;
}

export class PluginHost {
  /** Processes started ahead of time, to be taken by the first who asks for that plugin file. */
  private readonly early = new Map<string, Promise<PluginProcess>>();
  private readonly open = new Set<Provider>();
  private readonly standIns = new Set<Provider>();

  constructor(private readonly options: PluginHostOptions) {}

  /** Starts the plugin's process in the background, because it is going to be needed. Who needs it learns of failures. */
  anticipate(name: string, version: string | undefined): void {
    let place: PluginPlace | undefined;
    try {
      place = this.find(name, version);
    } catch {
      return;
    }
    if (place?.kind !== "executable" || this.early.has(place.file)) return;
    const starting = this.launch(place.file);
    starting.catch(() => {});
    this.early.set(place.file, starting);
  }

  /** A fresh provider for a package. Throws a UserError when there is no plugin for it. */
  async load(name: string, version: string | undefined): Promise<Provider> {
    const place = this.find(name, version);
    let provider: Provider;
    if (place) {
      const { project, engineAddress } = this.options;
      const process = place.kind === "running" ? attached(place.port) : await this.take(place.file);
      provider = await GrpcProvider.connect(process, await engineAddress(), project.root, project.programDirectory);
    } else {
      const standIn = this.options.standIns[name];
      if (!standIn) throw new UserError(noPlugin(name, version));
      provider = await standIn();
      this.standIns.add(provider);
    }
    this.open.add(provider);
    return provider;
  }

  /**
   * Ends waits that need not come to an end by themselves, such as for a machine to answer. Plugins are left to finish
   * what they have begun.
   */
  async stopWaiting(): Promise<void> {
    await Promise.all([...this.standIns].map((provider) => provider.cancel()));
  }

  /** Ends every provider and every process. */
  async close(): Promise<void> {
    await Promise.all([...this.open].map((provider) => provider.cancel()));
    const unused = [...this.early.values()].map(async (starting) => (await starting).end());
    const closing = [...this.open].map((provider) => provider.close());
    await Promise.allSettled([...unused, ...closing]);
  }

  private find(name: string, version: string | undefined): PluginPlace | undefined {
    return findPlugin(name, version, this.options.project, this.options.environment);
  }

  private take(file: string): Promise<PluginProcess> {
    const process = this.early.get(file) ?? this.launch(file);
    this.early.delete(file);
    return process;
  }

  private async launch(file: string): Promise<PluginProcess> {
    const { engineAddress, project, environment } = this.options;
    return launchPlugin(file, await engineAddress(), project.programDirectory, environment);
  }
}

const attached = (port: number): PluginProcess => ({ port, obituary: async () => undefined, end: async () => {} });

function noPlugin(name: string, version: string | undefined): string {
  const program = `pulumi-resource-${name}`;
  return (
    `no provider plugin for package '${name}'${version ? ` (v${version})` : ""}: ` +
    `the local engine downloads none. Name its directory under plugins.providers in Pulumi.yaml, ` +
    `or put ${program} on PATH`
  );
}
