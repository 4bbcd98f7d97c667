import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { credentials, type Metadata, type ServiceError } from "@grpc/grpc-js";
import type { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as rpc from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";

export const WRAPPER = join(process.cwd(), "providers/libvirt/pulumi-resource-libvirt");

/** Property values as JSON, wire encoding included. */
// biome-ignore lint/suspicious/noExplicitAny: tests look into arbitrary structures
export type Json = any;

export const SIGNATURE = "4dabf18193072939515e22adb298388d";
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
export const secret = (value: Json): Json => ({ [SIGNATURE]: "1b47061264138c4ac30d75fd1eb44270", value });
export const asset = (parts: Json): Json => ({ [SIGNATURE]: "c44067f5952c0a294b673a41bacd8c17", ...parts });

const struct = (value: Json): Struct => Struct.fromJavaScript(value);
const plain = (value: Struct | undefined): Json => value?.toJavaScript() ?? {};

/** What pulumirpc.ErrorResourceInitFailed in the trailer of an error says. */
export function initFailure(
  error: unknown,
): { id: string; reasons: string[]; properties: Json; inputs: Json } | undefined {
  const [detail] = (error as { metadata?: Metadata }).metadata?.get("grpc-status-details-bin") ?? [];
  if (!(detail instanceof Buffer)) return undefined;
  const [any] = Status.deserializeBinary(detail).getDetailsList();
  const failed = rpc.ErrorResourceInitFailed.deserializeBinary(any?.getValue_asU8() ?? new Uint8Array());
  return {
    id: failed.getId(),
    reasons: failed.getReasonsList(),
    properties: plain(failed.getProperties()),
    inputs: plain(failed.getInputs()),
  };
}

/** A spawned provider plugin and a gRPC client for it, as an engine uses it. */
export class Plugin {
  private constructor(
    readonly process: ChildProcess,
    readonly client: ResourceProviderClient,
    /** Milliseconds from the start to the port line. */
    readonly startMilliseconds: number,
  ) {}

  static async start(options: { config?: Json; env?: NodeJS.ProcessEnv; engine?: string } = {}): Promise<Plugin> {
    const before = performance.now();
    const child = spawn(WRAPPER, [options.engine ?? "127.0.0.1:1"], {
      env: options.env ?? process.env,
      stdio: ["ignore", "pipe", "inherit"],
    });
    const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream });
    const early = once(child, "exit").then(([code]) => Promise.reject(new Error(`the plugin ended with ${code}`)));
    const [port] = (await Promise.race([once(lines, "line"), early])) as [string];
    early.catch(() => {});
    const startMilliseconds = performance.now() - before;
    const client = new ResourceProviderClient(`127.0.0.1:${port}`, credentials.createInsecure());
    const plugin = new Plugin(child, client, startMilliseconds);
    await plugin.call<rpc.ProviderHandshakeResponse>((done) =>
      client.handshake(new rpc.ProviderHandshakeRequest(), done),
    );
    const configure = new rpc.ConfigureRequest().setArgs(struct(options.config ?? {})).setAcceptsecrets(true);
    await plugin.call<rpc.ConfigureResponse>((done) => client.configure(configure, done));
    return plugin;
  }

  async stop(): Promise<void> {
    this.client.close();
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    this.process.kill("SIGINT");
    await once(this.process, "exit");
  }

  call<T>(make: (done: (error: ServiceError | null, response: T) => void) => unknown): Promise<T> {
    return new Promise((resolve, reject) => {
      make((error, response) => (error ? reject(error) : resolve(response)));
    });
  }

  async info(): Promise<PluginInfo> {
    return this.call((done) => this.client.getPluginInfo(new Empty(), done));
  }

  async schema(): Promise<Json> {
    const response = await this.call<rpc.GetSchemaResponse>((done) =>
      this.client.getSchema(new rpc.GetSchemaRequest(), done),
    );
    return JSON.parse(response.getSchema());
  }

  async checkConfig(news: Json): Promise<{ inputs: Json; failures: rpc.CheckFailure.AsObject[] }> {
    const request = new rpc.CheckRequest().setUrn(urn("pulumi:providers:libvirt", "p")).setNews(struct(news));
    return checked(await this.call((done) => this.client.checkConfig(request, done)));
  }

  async diffConfig(oldInputs: Json, news: Json): Promise<rpc.DiffResponse> {
    const request = new rpc.DiffRequest().setOldInputs(struct(oldInputs)).setNews(struct(news));
    return this.call((done) => this.client.diffConfig(request, done));
  }

  async check(
    of: string,
    news: Json,
    olds: Json = {},
  ): Promise<{ inputs: Json; failures: rpc.CheckFailure.AsObject[] }> {
    const request = new rpc.CheckRequest().setUrn(of).setNews(struct(news)).setOlds(struct(olds));
    return checked(await this.call((done) => this.client.check(request, done)));
  }

  async diff(of: string, oldInputs: Json, news: Json): Promise<rpc.DiffResponse> {
    const request = new rpc.DiffRequest().setUrn(of).setOldInputs(struct(oldInputs)).setNews(struct(news));
    return this.call((done) => this.client.diff(request, done));
  }

  /** Check, then Create, as an engine does. */
  async create(
    of: string,
    news: Json,
    options: { preview?: boolean; timeout?: number } = {},
  ): Promise<{ id: string; state: Json }> {
    const { inputs, failures } = await this.check(of, news);
    if (failures.length > 0) throw new Error(`check failed: ${JSON.stringify(failures)}`);
    const request = new rpc.CreateRequest()
      .setUrn(of)
      .setProperties(struct(inputs))
      .setPreview(options.preview ?? false)
      .setTimeout(options.timeout ?? 0);
    const response = await this.call<rpc.CreateResponse>((done) => this.client.create(request, done));
    return { id: response.getId(), state: plain(response.getProperties()) };
  }

  async read(
    of: string,
    id: string,
    inputs: Json = {},
    properties: Json = inputs,
  ): Promise<{ id: string; state: Json; inputs: Json }> {
    const request = new rpc.ReadRequest()
      .setUrn(of)
      .setId(id)
      .setInputs(struct(inputs))
      .setProperties(struct(properties));
    const response = await this.call<rpc.ReadResponse>((done) => this.client.read(request, done));
    return { id: response.getId(), state: plain(response.getProperties()), inputs: plain(response.getInputs()) };
  }

  async update(of: string, id: string, olds: Json, news: Json, preview = false): Promise<Json> {
    const request = new rpc.UpdateRequest()
      .setUrn(of)
      .setId(id)
      .setOlds(struct(olds))
      .setNews(struct(news))
      .setPreview(preview);
    return plain((await this.call<rpc.UpdateResponse>((done) => this.client.update(request, done))).getProperties());
  }

  async delete(of: string, id: string, inputs: Json): Promise<void> {
    const request = new rpc.DeleteRequest()
      .setUrn(of)
      .setId(id)
      .setProperties(struct(inputs))
      .setOldInputs(struct(inputs));
    await this.call((done) => this.client.delete(request, done));
  }

  async cancel(): Promise<void> {
    await this.call((done) => this.client.cancel(new Empty(), done));
  }
}

function checked(response: rpc.CheckResponse): { inputs: Json; failures: rpc.CheckFailure.AsObject[] } {
  return {
    inputs: plain(response.getInputs()),
    failures: response.getFailuresList().map((failure) => failure.toObject()),
  };
}

/** URN of a resource of the test stack; `type` is Network, Pool, Volume, Domain or a whole token. */
export function urn(type: string, name: string, stack = "test"): string {
  const token = type.includes(":") ? type : `libvirt:index/${type.toLowerCase()}:${type}`;
  return `urn:pulumi:${stack}::libvirt-tests::${token}::${name}`;
}
