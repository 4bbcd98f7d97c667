/**
 * The providers of a deployment. Provider resources are resources whose own provider is this registry: checking one
 * loads its plugin, creating or updating it configures the plugin under the reference that other resources carry.
 */
import { randomUUID } from "node:crypto";
import type { PluginHost } from "../plugins/host";
import type {
  CheckRequest,
  CheckResult,
  Created,
  CreateRequest,
  DeleteRequest,
  DiffRequest,
  DiffResult,
  InvokeResult,
  Provider,
  ReadResult,
  UpdateRequest,
} from "../plugins/provider";
import type { ResourceState } from "../state/resource";
import { packageOf, parseProviderReference, providerReference, typeOf, type Urn } from "../urn";
import type { PropertyMap, PropertyValue } from "../values/property";
import { UNKNOWN_STRING } from "../values/wire";
import { diffInputs } from "./decide";

/** Where the engine keeps what concerns the plugin and not the provider's configuration. */
const INTERNAL = "__internal";

export class ProviderRegistry implements Provider {
  /** Loaded by Check, not configured yet. */
  private readonly checked = new Map<Urn, Provider>();
  private readonly configured = new Map<string, Promise<Provider>>();
  private readonly renamed = new Map<Urn, Urn>();

  constructor(
    private readonly host: PluginHost,
    /** The provider resources of the state, by reference. */
    private readonly known: ReadonlyMap<string, ResourceState>,
    private readonly dryRun: boolean,
  ) {}

  /** A configured provider. Throws when there is none of that reference. */
  async get(reference: string): Promise<Provider> {
    const provider = this.configured.get(reference) ?? this.configured.get(this.successorOf(reference));
    if (!provider) throw new Error(`unknown provider '${reference}'`);
    return provider;
  }

  /** Makes sure that a provider of the state is there, for resources that still belong to it. */
  async ensure(reference: string | undefined): Promise<void> {
    if (!reference || this.configured.has(reference) || this.configured.has(this.successorOf(reference))) return;
    const state = this.known.get(reference);
    if (!state) throw new Error(`the state has no provider '${reference}'`);
    const loading = this.loadConfigured(state);
    this.configured.set(reference, loading);
    await loading;
  }

  /** Notes that the provider resource `former` is now called `urn`. */
  rename(former: Urn, urn: Urn): void {
    this.renamed.set(former, urn);
  }

  private successorOf(reference: string): string {
    const { urn, id } = parseProviderReference(reference);
    return providerReference(this.renamed.get(urn) ?? urn, id);
  }

  private async loadConfigured(state: ResourceState): Promise<Provider> {
    const provider = await this.load(state.urn, state.inputs);
    await provider.configure({ urn: state.urn, id: state.id, inputs: configOf(state.inputs) });
    return provider;
  }

  private load(urn: Urn, inputs: PropertyMap): Promise<Provider> {
    const version = inputs.version;
    return this.host.load(packageOf(typeOf(urn)), typeof version === "string" ? version : undefined);
  }

  /** What the new provider says about the step from the old configuration to the new one. */
  async diffConfig(reference: string, old: ResourceState, now: ResourceState): Promise<DiffResult>;
  async diffConfig(request: DiffRequest): Promise<DiffResult>;
  async diffConfig(request: string | DiffRequest, old?: ResourceState, now?: ResourceState): Promise<DiffResult> {
    if (typeof request !== "string" || !old || !now) throw new Error("the registry itself has no configuration");
    const provider = await this.get(request);
    return provider.diffConfig({
      urn: parseProviderReference(request).urn,
      id: old.id,
      oldInputs: configOf(old.inputs),
      oldOutputs: old.outputs,
      news: configOf(now.inputs),
      ignoreChanges: [],
    });
  }

  async check(request: CheckRequest): Promise<CheckResult> {
    const provider = await this.load(request.urn, request.news);
    const result = await provider.checkConfig({
      ...request,
      olds: configOf(request.olds),
      news: configOf(request.news),
    });
    if (result.failures.length === 0) this.checked.set(request.urn, provider);
    const internal = request.news[INTERNAL];
    return internal === undefined ? result : { ...result, inputs: { ...result.inputs, [INTERNAL]: internal } };
  }

  async diff(request: DiffRequest): Promise<DiffResult> {
    const provider = this.checked.get(request.urn) ?? (await this.get(providerReference(request.urn, request.id)));
    const news = configOf(request.news);
    const oldInputs = configOf(request.oldInputs);
    const diff = await provider.diffConfig({ ...request, oldInputs, news });
    return diff.changes === "unknown" ? diffInputs(oldInputs, news) : diff;
  }

  async create(request: CreateRequest): Promise<Created> {
    const id = request.preview ? UNKNOWN_STRING : randomUUID();
    await this.configureChecked(request.urn, id, request.inputs);
    return { id, outputs: configOf(request.inputs) };
  }

  async update(request: UpdateRequest): Promise<PropertyMap> {
    await this.configureChecked(request.urn, request.id, request.inputs);
    return configOf(request.inputs);
  }

  /** An unchanged provider resource: its plugin is configured as before. */
  async same(state: ResourceState): Promise<void> {
    const reference = providerReference(state.urn, state.id);
    if (this.configured.has(reference)) return;
    if (this.checked.has(state.urn)) await this.configureChecked(state.urn, state.id, state.inputs);
    else {
      const loading = this.loadConfigured(state);
      this.configured.set(reference, loading);
      await loading;
    }
  }

  private async configureChecked(urn: Urn, id: string, inputs: PropertyMap): Promise<void> {
    const provider = this.checked.get(urn);
    if (!provider) throw new Error(`provider ${urn} was not checked`);
    this.checked.delete(urn);
    await provider.configure({ urn, id, inputs: configOf(inputs) });
    this.configured.set(providerReference(urn, id), Promise.resolve(provider));
  }

  async delete({ urn, id }: DeleteRequest): Promise<void> {
    // Its process ends with the deployment.
    if (!this.dryRun) this.configured.delete(providerReference(urn, id));
  }

  async read(): Promise<ReadResult> {
    throw new Error("provider resources cannot be read");
  }

  async checkConfig(): Promise<CheckResult> {
    throw new Error("the registry itself has no configuration");
  }

  async configure(): Promise<void> {}

  async invoke(): Promise<InvokeResult> {
    throw new Error("the registry has no functions");
  }

  async cancel(): Promise<void> {}

  /** Whoever made the host closes it. */
  async close(): Promise<void> {}
}

/** A provider resource's inputs as its plugin sees them. */
function configOf(inputs: PropertyMap): PropertyMap {
  const entries = Object.entries(inputs).filter(([key]) => key !== INTERNAL);
  return Object.fromEntries(entries) as Record<string, PropertyValue>;
}
