/** A provider in a plugin process, over gRPC (pulumi/pulumi proto/pulumi/provider.proto). */
import { credentials, type ServiceError } from "@grpc/grpc-js";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as pb from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { nameOf, packageOf, typeOf } from "../urn";
import { containsSecrets, containsUnknowns, type PropertyMap, Secret } from "../values/property";
import { encodeMap, fromStruct, toStruct, UNKNOWN_STRING, type WireOptions } from "../values/wire";
import type { PluginProcess } from "./launch";
import type {
  CheckRequest,
  CheckResult,
  ConfigureRequest,
  Created,
  CreateRequest,
  DeleteRequest,
  DiffKind,
  DiffRequest,
  DiffResult,
  InvokeResult,
  PropertyDiff,
  Provider,
  ReadRequest,
  ReadResult,
  UpdateRequest,
} from "./provider";
import { asProviderError, isUnavailable, isUnimplemented } from "./rpcErrors";

/** SDK runtime/settings.ts uses the same limit. */
export const MAX_MESSAGE_BYTES = 400 * 1024 * 1024;
const CHANNEL_OPTIONS = {
  "grpc.max_receive_message_length": MAX_MESSAGE_BYTES,
  "grpc.max_send_message_length": MAX_MESSAGE_BYTES,
};
const CONNECT_TIMEOUT_MS = 30_000;
const DIFF_KINDS: readonly DiffKind[] = ["add", "add-replace", "delete", "delete-replace", "update", "update-replace"];
const CONFIG_WIRE: WireOptions = { secrets: false, unknowns: true, resources: false };

type Call<Request, Response> = (
  request: Request,
  callback: (error: ServiceError | null, response: Response) => void,
) => unknown;

export class GrpcProvider implements Provider {
  private readonly client: ResourceProviderClient;
  private acceptSecrets = false;
  private acceptResources = false;
  private supportsPreview = false;
  /** False while the configuration holds unknowns: then nothing can be asked of the plugin. */
  private configured = true;

  private constructor(private readonly process: PluginProcess) {
    this.client = new ResourceProviderClient(
      `127.0.0.1:${process.port}`,
      credentials.createInsecure(),
      CHANNEL_OPTIONS,
    );
  }

  /** Connects to a plugin and shakes hands. */
  static async connect(
    process: PluginProcess,
    engineAddress: string,
    rootDirectory: string,
    programDirectory: string,
  ): Promise<GrpcProvider> {
    const provider = new GrpcProvider(process);
    await new Promise<void>((resolve, reject) =>
      provider.client.waitForReady(Date.now() + CONNECT_TIMEOUT_MS, (error) => (error ? reject(error) : resolve())),
    );
    const request = new pb.ProviderHandshakeRequest();
    request.setEngineAddress(engineAddress);
    request.setRootDirectory(rootDirectory);
    request.setProgramDirectory(programDirectory);
    request.setConfigureWithUrn(true);
    request.setInvokeWithPreview(true);
    try {
      const response = await provider.call<pb.ProviderHandshakeRequest, pb.ProviderHandshakeResponse>(
        provider.client.handshake,
        request,
      );
      provider.acceptSecrets = response.getAcceptSecrets();
      provider.acceptResources = response.getAcceptResources();
      provider.supportsPreview = true;
    } catch (error) {
      // An older plugin: what it accepts is learnt from Configure.
      if (!isUnimplemented((error as Error).cause)) throw error;
    }
    await provider.call<Empty, unknown>(provider.client.getPluginInfo, new Empty()).catch(ifUnimplemented(undefined));
    return provider;
  }

  private call<Request, Response>(method: Call<Request, Response>, request: Request): Promise<Response> {
    return new Promise((resolve, reject) => {
      method.call(this.client, request, async (error, response) => {
        if (!error) return resolve(response);
        const obituary = isUnavailable(error) ? await this.process.obituary() : undefined;
        const failure = asProviderError(error, obituary);
        failure.cause = error;
        reject(failure);
      });
    });
  }

  private get wire(): WireOptions {
    return { secrets: this.acceptSecrets, unknowns: true, resources: this.acceptResources };
  }

  private named<Request extends Named>(request: Request, urn: string): Request {
    request.setUrn(urn);
    request.setName(nameOf(urn));
    request.setType(typeOf(urn));
    return request;
  }

  /** Values that come back from a provider which takes no secrets get the secretness of the inputs of that name. */
  private annotated(outputs: PropertyMap, inputs: PropertyMap): PropertyMap {
    return this.acceptSecrets ? outputs : withSecretsOf(outputs, inputs);
  }

  async checkConfig(check: CheckRequest): Promise<CheckResult> {
    const request = this.named(new pb.CheckRequest(), check.urn);
    request.setOlds(toStruct(check.olds, CONFIG_WIRE));
    request.setNews(toStruct(check.news, CONFIG_WIRE));
    const response = await this.call<pb.CheckRequest, pb.CheckResponse>(this.client.checkConfig, request).catch(
      ifUnimplemented(undefined),
    );
    if (!response) return { inputs: check.news, failures: [] };
    return { inputs: withSecretsOf(fromStruct(response.getInputs()), check.news), failures: failuresOf(response) };
  }

  async diffConfig(diff: DiffRequest): Promise<DiffResult> {
    const request = this.named(new pb.DiffRequest(), diff.urn);
    request.setOlds(toStruct(diff.oldOutputs, CONFIG_WIRE));
    request.setOldInputs(toStruct(diff.oldInputs, CONFIG_WIRE));
    request.setNews(toStruct(diff.news, CONFIG_WIRE));
    const response = await this.call<pb.DiffRequest, pb.DiffResponse>(this.client.diffConfig, request).catch(
      ifUnimplemented(undefined),
    );
    return response ? diffOf(response) : { ...UNKNOWN_DIFF };
  }

  async configure({ urn, id, inputs }: ConfigureRequest): Promise<void> {
    this.configured = !Object.values(inputs).some(containsUnknowns);
    if (!this.configured) return;
    const request = this.named(new pb.ConfigureRequest(), urn);
    request.setId(id);
    request.setArgs(toStruct(inputs, this.wire));
    const variables = request.getVariablesMap();
    for (const [key, value] of Object.entries(encodeMap(inputs, CONFIG_WIRE))) {
      variables.set(
        `${packageOf(typeOf(urn))}:config:${key}`,
        typeof value === "string" ? value : JSON.stringify(value),
      );
    }
    request.setAcceptsecrets(true);
    request.setAcceptresources(true);
    request.setSendsOldInputs(true);
    request.setSendsOldInputsToDelete(true);
    const response = await this.call<pb.ConfigureRequest, pb.ConfigureResponse>(this.client.configure, request);
    this.acceptSecrets ||= response.getAcceptsecrets();
    this.acceptResources ||= response.getAcceptresources();
    this.supportsPreview ||= response.getSupportspreview();
  }

  async check(check: CheckRequest): Promise<CheckResult> {
    if (!this.configured) return { inputs: check.news, failures: [] };
    const request = this.named(new pb.CheckRequest(), check.urn);
    request.setOlds(toStruct(check.olds, this.wire));
    request.setNews(toStruct(check.news, this.wire));
    request.setRandomseed(check.randomSeed);
    const response = await this.call<pb.CheckRequest, pb.CheckResponse>(this.client.check, request);
    return { inputs: this.annotated(fromStruct(response.getInputs()), check.news), failures: failuresOf(response) };
  }

  async diff(diff: DiffRequest): Promise<DiffResult> {
    if (!this.configured) return { ...UNKNOWN_DIFF };
    const request = this.named(new pb.DiffRequest(), diff.urn);
    request.setId(diff.id);
    request.setOlds(toStruct(diff.oldOutputs, this.wire));
    request.setOldInputs(toStruct(diff.oldInputs, this.wire));
    request.setNews(toStruct(diff.news, this.wire));
    request.setIgnorechangesList([...diff.ignoreChanges]);
    return diffOf(await this.call<pb.DiffRequest, pb.DiffResponse>(this.client.diff, request));
  }

  async create(create: CreateRequest): Promise<Created> {
    if (create.preview && !(this.supportsPreview && this.configured)) return { id: "", outputs: create.inputs };
    const request = this.named(new pb.CreateRequest(), create.urn);
    request.setProperties(toStruct(create.inputs, this.wire));
    request.setTimeout(create.timeout);
    request.setPreview(create.preview);
    const response = await this.call<pb.CreateRequest, pb.CreateResponse>(this.client.create, request);
    const outputs = this.annotated(fromStruct(response.getProperties()), create.inputs);
    return { id: create.preview ? "" : response.getId(), outputs };
  }

  async update(update: UpdateRequest): Promise<PropertyMap> {
    if (update.preview && !(this.supportsPreview && this.configured)) return update.inputs;
    const request = this.named(new pb.UpdateRequest(), update.urn);
    request.setId(update.id);
    request.setOlds(toStruct(update.oldOutputs, this.wire));
    request.setOldInputs(toStruct(update.oldInputs, this.wire));
    request.setNews(toStruct(update.inputs, this.wire));
    request.setTimeout(update.timeout);
    request.setIgnorechangesList([...update.ignoreChanges]);
    request.setPreview(update.preview);
    const response = await this.call<pb.UpdateRequest, pb.UpdateResponse>(this.client.update, request);
    return this.annotated(fromStruct(response.getProperties()), update.inputs);
  }

  async delete(deletion: DeleteRequest): Promise<void> {
    const request = this.named(new pb.DeleteRequest(), deletion.urn);
    request.setId(deletion.id);
    request.setProperties(toStruct(deletion.outputs, this.wire));
    request.setOldInputs(toStruct(deletion.inputs, this.wire));
    request.setTimeout(deletion.timeout);
    await this.call<pb.DeleteRequest, Empty>(this.client.delete, request);
  }

  async read(read: ReadRequest): Promise<ReadResult> {
    const request = this.named(new pb.ReadRequest(), read.urn);
    request.setId(read.id);
    if (read.inputs) request.setInputs(toStruct(read.inputs, this.wire));
    if (read.state) request.setProperties(toStruct(read.state, this.wire));
    const response = await this.call<pb.ReadRequest, pb.ReadResponse>(this.client.read, request);
    const inputs = response.hasInputs()
      ? this.annotated(fromStruct(response.getInputs()), read.inputs ?? {})
      : undefined;
    const outputs = this.annotated(fromStruct(response.getProperties()), read.state ?? {});
    return { id: response.getId() === UNKNOWN_STRING ? "" : response.getId(), inputs, outputs };
  }

  async invoke(token: string, args: PropertyMap, preview: boolean): Promise<InvokeResult> {
    const request = new pb.InvokeRequest();
    request.setTok(token);
    request.setArgs(toStruct(args, this.wire));
    request.setPreview(preview);
    const response = await this.call<pb.InvokeRequest, pb.InvokeResponse>(this.client.invoke, request);
    return { outputs: fromStruct(response.getReturn()), failures: failuresOf(response) };
  }

  async cancel(): Promise<void> {
    await this.call<Empty, Empty>(this.client.cancel, new Empty()).catch(() => {});
  }

  async close(): Promise<void> {
    this.client.close();
    await this.process.end();
  }
}

interface Named {
  setUrn(value: string): unknown;
  setName(value: string): unknown;
  setType(value: string): unknown;
}

const UNKNOWN_DIFF: DiffResult = {
  changes: "unknown",
  replaceKeys: [],
  changedKeys: [],
  deleteBeforeReplace: false,
  detailed: undefined,
};

const ifUnimplemented =
  <T>(fallback: T) =>
  (error: Error): T => {
    if (isUnimplemented(error.cause)) return fallback;
    throw error;
  };

function withSecretsOf(outputs: PropertyMap, inputs: PropertyMap): PropertyMap {
  return Object.fromEntries(
    Object.entries(outputs).map(([key, value]) => {
      const input = inputs[key];
      const leaks = input !== undefined && containsSecrets(input) && !containsSecrets(value);
      return [key, leaks ? new Secret(value) : value];
    }),
  );
}

function failuresOf(response: pb.CheckResponse | pb.InvokeResponse) {
  return response.getFailuresList().map((failure) => ({
    property: failure.getProperty(),
    reason: failure.getReason(),
  }));
}

function diffOf(response: pb.DiffResponse): DiffResult {
  const detailed: Record<string, PropertyDiff> = {};
  response.getDetaileddiffMap().forEach((diff: pb.PropertyDiff, path: string) => {
    detailed[path] = { kind: DIFF_KINDS[diff.getKind()] ?? "update", inputDiff: diff.getInputdiff() };
  });
  const replaceKeys = response.getReplacesList();
  return {
    changes: (["unknown", "none", "some"] as const)[response.getChanges()] ?? "unknown",
    replaceKeys,
    changedKeys: response.getDiffsList(),
    deleteBeforeReplace: response.getDeletebeforereplace(),
    detailed: response.getHasdetaileddiff() || Object.keys(detailed).length > 0 ? detailed : undefined,
  };
}
