/** The ResourceMonitor service: what a program registers, reads and asks. */
import type { UntypedServiceImplementation } from "@grpc/grpc-js";
import { CheckFailure } from "@pulumi/pulumi/proto/provider_pb";
import * as pb from "@pulumi/pulumi/proto/resource_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import type { DefaultProviders } from "../deploy/defaultProviders";
import type { Deployment } from "../deploy/deployment";
import type { ProviderRegistry } from "../deploy/registry";
import { isProviderType, packageOf, type Urn } from "../urn";
import { hashAssets } from "../values/assets";
import type { PropertyMap } from "../values/property";
import { EVERYTHING, fromStruct, toStruct, UNKNOWN_STRING } from "../values/wire";
import { goalOf, type Inherited, sourcePositionOf } from "./goalCodec";
import { unary } from "./server";

export interface MonitorOptions {
  readonly project: string;
  readonly stack: string;
  readonly organization: string;
  readonly parallel: number;
  readonly config: ReadonlyMap<string, string>;
  readonly secretKeys: readonly string[];
  /** Where Pulumi.yaml lies, and where the program runs. */
  readonly root: string;
  readonly programDirectory: string;
}

/** The features that are honoured. What is missing here makes the SDK refuse programs that use it, by name. */
const FEATURES: Readonly<Record<string, pb.ResourceMonitorFeature>> = {
  secrets: 0,
  resourceReferences: 1,
  aliasSpecs: 3,
  replacementTrigger: 4,
  deletedWith: 5,
  invokeDependsOn: 14,
};

/** The methods that are served; the SDK learns from the features which others it must not call. */
export const MONITOR_METHODS = [
  "getDeploymentInfo",
  "supportsFeature",
  "registerResource",
  "registerResourceOutputs",
  "readResource",
  "invoke",
  "signalAndWaitForShutdown",
] as const;

interface KnownResource extends Inherited {
  /** Provider references by package, for children. */
  readonly providers: ReadonlyMap<string, string>;
}

export class ResourceMonitor {
  private readonly known = new Map<Urn, KnownResource>();
  private announceEnd: () => void = () => {};
  private releaseProgram: () => void = () => {};
  /** Resolves when the program says that it has registered everything. */
  readonly programDone = new Promise<void>((resolve) => {
    this.announceEnd = resolve;
  });
  private readonly released = new Promise<void>((resolve) => {
    this.releaseProgram = resolve;
  });

  constructor(
    private readonly deployment: Deployment,
    private readonly registry: ProviderRegistry,
    private readonly defaults: DefaultProviders,
    private readonly options: MonitorOptions,
  ) {}

  /** Lets a program go that waits for the end of the deployment. */
  release(): void {
    this.releaseProgram();
  }

  readonly service: UntypedServiceImplementation = {
    getDeploymentInfo: unary(() => this.deploymentInfo()),
    supportsFeature: unary(async (request: pb.SupportsFeatureRequest) => {
      const response = new pb.SupportsFeatureResponse();
      response.setHassupport(request.getId() in FEATURES);
      return response;
    }),
    registerResource: unary((request: pb.RegisterResourceRequest) => this.registerResource(request)),
    registerResourceOutputs: unary(async (request: pb.RegisterResourceOutputsRequest) => {
      await this.deployment.registerOutputs(request.getUrn(), fromStruct(request.getOutputs()));
      return new Empty();
    }),
    readResource: unary((request: pb.ReadResourceRequest) => this.readResource(request)),
    invoke: unary((request: pb.ResourceInvokeRequest) => this.invoke(request)),
    signalAndWaitForShutdown: unary(async () => {
      this.announceEnd();
      await this.released;
      return new Empty();
    }),
  };

  private async deploymentInfo(): Promise<pb.DeploymentInfo> {
    const { project, stack, organization, parallel, config, secretKeys } = this.options;
    const info = new pb.DeploymentInfo();
    info.setProject(project);
    info.setStack(stack);
    info.setOrganization(organization);
    info.setDryrun(this.deployment.dryRun);
    info.setParallel(parallel);
    for (const [key, value] of config) info.getConfigMap().set(key, value);
    info.setConfigsecretkeysList([...secretKeys]);
    info.setSupportedfeaturesList(Object.values(FEATURES));
    return info;
  }

  private async registerResource(request: pb.RegisterResourceRequest): Promise<pb.RegisterResourceResponse> {
    const type = request.getType();
    if (request.getRemote()) {
      throw new Error(`${type} is a remote component, which the local engine does not support`);
    }
    if (request.getHooks() || request.getTransformsList().length > 0) {
      throw new Error("hooks and transforms are not supported by the local engine");
    }
    if (request.getEnvvarmappingsMap().getLength() > 0) {
      throw new Error("envVarMappings are not supported by the local engine");
    }
    const parent = request.getParent() ? this.known.get(request.getParent()) : undefined;
    const provider = request.getCustom() && !isProviderType(type) ? await this.providerFor(request, parent) : undefined;
    const given = await hashAssets(fromStruct(request.getObject()), this.options.programDirectory);
    const inputs = isProviderType(type) && request.getVersion() ? { ...given, version: request.getVersion() } : given;
    const goal = goalOf(request, inputs, provider, parent, this.options.root);
    const registered = await this.deployment.register(goal);

    const response = new pb.RegisterResourceResponse();
    response.setUrn(registered.urn);
    if (registered.result !== "success" || !registered.state) {
      response.setResult(pb.Result.FAIL);
      response.setObject(toStruct({}, EVERYTHING));
      return response;
    }
    const { state, urn } = registered;
    this.known.set(urn, {
      protect: goal.protect,
      retainOnDelete: goal.retainOnDelete,
      deletedWith: goal.deletedWith,
      providers: this.providersOf(request, parent),
    });
    response.setId(state.id);
    // A component's old outputs may refer to resources that are gone by now: it gets none.
    response.setObject(toStruct(state.custom ? state.outputs : {}, EVERYTHING));
    return response;
  }

  private providersOf(request: pb.RegisterResourceRequest, parent: KnownResource | undefined): Map<string, string> {
    const providers = new Map(parent?.providers);
    request.getProvidersMap().forEach((reference, name) => {
      providers.set(name, reference);
    });
    const own = request.getProvider();
    if (own) providers.set(packageOf(request.getCustom() ? request.getType() : (own.split("::")[2] ?? "")), own);
    return providers;
  }

  /** Its own provider, else one of its parents', else the package's default provider. */
  private async providerFor(
    request: { getProvider(): string; getType(): string; getVersion(): string },
    parent: KnownResource | undefined,
  ): Promise<string> {
    const pkg = packageOf(request.getType());
    const explicit = request.getProvider() || parent?.providers.get(pkg);
    return explicit || this.defaults.reference(pkg, request.getVersion());
  }

  private async readResource(request: pb.ReadResourceRequest): Promise<pb.ReadResourceResponse> {
    const parent = request.getParent() ? this.known.get(request.getParent()) : undefined;
    const registered = await this.deployment.read({
      type: request.getType(),
      name: request.getName(),
      id: request.getId(),
      parent: request.getParent() || undefined,
      inputs: await hashAssets(fromStruct(request.getProperties()), this.options.programDirectory),
      dependencies: request.getDependenciesList(),
      provider: await this.providerFor(request, parent),
      additionalSecretOutputs: request.getAdditionalsecretoutputsList(),
      sourcePosition: sourcePositionOf(request.getSourceposition(), this.options.root),
    });
    if (!registered.state) throw new Error(`resource ${request.getName()} could not be read`);
    const response = new pb.ReadResourceResponse();
    response.setUrn(registered.urn);
    response.setProperties(toStruct(registered.state.outputs, EVERYTHING));
    return response;
  }

  private async invoke(request: pb.ResourceInvokeRequest): Promise<pb.ResourceInvokeResponse> {
    const response = new pb.ResourceInvokeResponse();
    const token = request.getTok();
    const args = fromStruct(request.getArgs());
    if (token === "pulumi:pulumi:getResource") {
      response.setReturn(toStruct(this.getResource(args), EVERYTHING));
      return response;
    }
    // What depends on something that does not exist yet cannot be asked yet.
    if (this.deployment.dryRun && request.getDependsonList().some((urn) => this.isPlanned(urn))) {
      response.setUnknown(true);
      response.setReturn(toStruct({}, EVERYTHING));
      return response;
    }
    const explicit = request.getProvider();
    const reference = explicit || (await this.defaults.reference(packageOf(token), request.getVersion()));
    const provider = await this.registry.get(reference);
    const asked = provider.invoke(token, await hashAssets(args, this.options.programDirectory), this.deployment.dryRun);
    const { outputs, failures } = await Promise.race([asked, this.deployment.stopping]);
    response.setReturn(toStruct(outputs, EVERYTHING));
    for (const { property, reason } of failures) {
      const failure = new CheckFailure();
      failure.setProperty(property);
      failure.setReason(reason);
      response.addFailures(failure);
    }
    return response;
  }

  private isPlanned(urn: Urn): boolean {
    const state = this.deployment.lookup(urn);
    return state === undefined || (state.custom && (state.id === "" || state.id === UNKNOWN_STRING));
  }

  private getResource(args: PropertyMap): PropertyMap {
    const urn = String(args.urn);
    const state = this.deployment.lookup(urn);
    if (!state) throw new Error(`unknown resource ${urn}`);
    return { urn, id: state.id, state: state.outputs };
  }
}
