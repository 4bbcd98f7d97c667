import type { handleUnaryCall, ServerUnaryCall, sendUnaryData, UntypedServiceImplementation } from "@grpc/grpc-js";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as rpc from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import type { Struct } from "google-protobuf/google/protobuf/struct_pb";
import type { Difference } from "./diff";
import { type Call, Provider } from "./provider";
import { packageSchema, VERSION } from "./schema/package";
import type { Failure } from "./schema/validate";
import type { EngineLog } from "./wire/engine-log";
import { toServiceError } from "./wire/errors";
import { decodeStruct, encodeStruct, secretStrings, type ValueMap } from "./wire/values";

export { ResourceProviderService };

/** Calls that are being worked on, so that the process ends only between them. */
export class Activity {
  private running = 0;
  private idle: (() => void)[] = [];

  async track<T>(work: () => Promise<T>): Promise<T> {
    this.running += 1;
    try {
      return await work();
    } finally {
      this.running -= 1;
      if (this.running === 0) for (const resolve of this.idle.splice(0)) resolve();
    }
  }

  async whenIdle(): Promise<void> {
    if (this.running > 0) await new Promise<void>((resolve) => this.idle.push(resolve));
  }
}

type Answer<Request, Response> = (request: Request) => Response | Promise<Response>;

/** pulumirpc.ResourceProvider; the protocol is proto/pulumi/provider.proto in pulumi/pulumi. */
export function service(
  engineLog: EngineLog,
  activity: Activity,
): { handlers: UntypedServiceImplementation; cancel(): void } {
  const provider = new Provider((severity, urn, message) => engineLog.log(severity, urn, message));

  /** @param structs the request's properties: what is secret in them appears in no error message. */
  function unary<Request, Response>(
    answer: Answer<Request, Response>,
    structs: (request: Request) => (Struct | undefined)[] = () => [],
  ): handleUnaryCall<Request, Response> {
    return (call: ServerUnaryCall<Request, Response>, callback: sendUnaryData<Response>) => {
      activity
        .track(async () => answer(call.request))
        .then(
          (response) => callback(null, response),
          (error) => {
            const secrets = structs(call.request).flatMap((struct) => secretStrings(decodeStruct(struct)));
            callback(toServiceError(error, secrets));
          },
        );
    };
  }

  const handlers = {
    handshake: unary((request: rpc.ProviderHandshakeRequest) => {
      engineLog.connect(request.getEngineAddress());
      return new rpc.ProviderHandshakeResponse().setAcceptSecrets(true);
    }),
    getPluginInfo: unary((_: Empty) => new PluginInfo().setVersion(VERSION)),
    getSchema: unary((_: rpc.GetSchemaRequest) =>
      new rpc.GetSchemaResponse().setSchema(JSON.stringify(packageSchema())),
    ),

    checkConfig: unary((request: rpc.CheckRequest) => {
      const news = decodeStruct(request.getNews());
      return checkResponse(news, provider.checkConfig(news));
    }),
    diffConfig: unary((request: rpc.DiffRequest) => {
      const olds = decodeStruct(request.getOldInputs() ?? request.getOlds());
      const replaces = provider.diffConfig(olds, decodeStruct(request.getNews()));
      const changes = replaces.map((path) => ({ path, kind: "update" as const, replaces: true }));
      return diffResponse({ changes, changed: replaces, replaces, stables: [] });
    }),
    configure: unary((request: rpc.ConfigureRequest) => {
      provider.configure(decodeStruct(request.getArgs()));
      return new rpc.ConfigureResponse().setAcceptsecrets(true).setSupportspreview(true);
    }),

    check: unary((request: rpc.CheckRequest) => {
      const news = decodeStruct(request.getNews());
      return checkResponse(news, provider.check(tokenOf(request), news));
    }),
    diff: unary((request: rpc.DiffRequest) => {
      const olds = decodeStruct(request.getOldInputs() ?? request.getOlds());
      return diffResponse(provider.diff(tokenOf(request), olds, decodeStruct(request.getNews())));
    }),
    create: unary(
      async (request: rpc.CreateRequest) => {
        const { id, properties } = await provider.create(
          tokenOf(request),
          callOf(request),
          decodeStruct(request.getProperties()),
        );
        return new rpc.CreateResponse().setId(id).setProperties(encodeStruct(properties));
      },
      (request) => [request.getProperties()],
    ),
    read: unary(
      async (request: rpc.ReadRequest) => {
        const inputs = decodeStruct(request.getInputs());
        const found = await provider.read(tokenOf(request), callOf(request), request.getId(), inputs);
        const response = new rpc.ReadResponse();
        if (found === undefined) return response;
        return response
          .setId(found.id)
          .setProperties(encodeStruct(found.properties))
          .setInputs(encodeStruct(found.inputs));
      },
      (request) => [request.getInputs()],
    ),
    update: unary(
      async (request: rpc.UpdateRequest) => {
        const [olds, news] = [decodeStruct(request.getOlds()), decodeStruct(request.getNews())];
        const properties = await provider.update(tokenOf(request), callOf(request), request.getId(), olds, news);
        return new rpc.UpdateResponse().setProperties(encodeStruct(properties));
      },
      (request) => [request.getNews()],
    ),
    delete: unary(
      async (request: rpc.DeleteRequest) => {
        // Engines that do not send the old inputs keep them among the properties.
        const inputs = decodeStruct(request.getOldInputs() ?? request.getProperties());
        await provider.delete(tokenOf(request), callOf(request), request.getId(), inputs);
        return new Empty();
      },
      (request) => [request.getOldInputs(), request.getProperties()],
    ),

    invoke: unary(async (request: rpc.InvokeRequest) =>
      new rpc.InvokeResponse().setReturn(encodeStruct(await provider.invoke(request.getTok()))),
    ),

    cancel: (_: ServerUnaryCall<Empty, Empty>, callback: sendUnaryData<Empty>) => {
      provider.cancel();
      callback(null, new Empty());
    },
  };
  return { handlers, cancel: () => provider.cancel() };
}

/** The type in a URN: urn:pulumi:STACK::PROJECT::PARENT$TYPE::NAME. */
function tokenOf(request: { getUrn(): string }): string {
  return request.getUrn().split("::")[2]?.split("$").at(-1) ?? "";
}

function callOf(request: { getUrn(): string; getTimeout(): number; getPreview?(): boolean }): Call {
  return { urn: request.getUrn(), timeout: request.getTimeout(), preview: request.getPreview?.() ?? false };
}

function checkResponse(inputs: ValueMap, failures: Failure[]): rpc.CheckResponse {
  const list = failures.map(({ property, reason }) => new rpc.CheckFailure().setProperty(property).setReason(reason));
  return new rpc.CheckResponse().setInputs(encodeStruct(inputs)).setFailuresList(list);
}

const KINDS = {
  add: [rpc.PropertyDiff.Kind.ADD, rpc.PropertyDiff.Kind.ADD_REPLACE],
  delete: [rpc.PropertyDiff.Kind.DELETE, rpc.PropertyDiff.Kind.DELETE_REPLACE],
  update: [rpc.PropertyDiff.Kind.UPDATE, rpc.PropertyDiff.Kind.UPDATE_REPLACE],
} as const;

function diffResponse({ changes, changed, replaces, stables }: Difference): rpc.DiffResponse {
  const response = new rpc.DiffResponse()
    .setChanges(changes.length === 0 ? rpc.DiffResponse.DiffChanges.DIFF_NONE : rpc.DiffResponse.DiffChanges.DIFF_SOME)
    .setDiffsList(changed)
    .setReplacesList(replaces)
    .setStablesList(stables)
    // Names, hardware addresses and ports are taken until the old one is gone.
    .setDeletebeforereplace(replaces.length > 0)
    .setHasdetaileddiff(true);
  for (const change of changes) {
    const diff = new rpc.PropertyDiff().setKind(KINDS[change.kind][change.replaces ? 1 : 0]).setInputdiff(true);
    response.getDetaileddiffMap().set(change.path, diff);
  }
  return response;
}
