/**
 * Snapshots as JSON: the `deployment` of a state file (pulumi/pulumi sdk/go/common/apitype/core.go, version 3). Empty
 * fields are left out and fields keep the official order, so that either engine's files compare well.
 */
import { createHash } from "node:crypto";
import { UserError } from "../errors";
import type { Crypter } from "../secrets/crypter";
import type { Json } from "../values/property";
import { deserializeMap, deserializeValue, type SecretWriter, serializeMap, serializeValue } from "../values/serial";
import { newState, type OperationType, type ResourceState, type Snapshot } from "./resource";

export type JsonObject = { [key: string]: Json };

/** The state format this engine reads and writes. */
export const DEPLOYMENT_VERSION = 3;
/** The release of the official CLI whose behaviour is followed; stored in the manifest, as its `version`. */
export const COMPATIBLE_VERSION = "3.256.0";

/** Which key encrypts a stack, as stored in `secrets_providers`. */
export interface SecretsProvider {
  readonly type: string;
  readonly state?: { readonly salt?: string };
}

export interface Deployment extends JsonObject {}

const MODELLED = new Set([
  ...["urn", "custom", "delete", "id", "type", "inputs", "outputs", "parent", "protect", "external", "dependencies"],
  ...["initErrors", "provider", "propertyDependencies", "pendingReplacement", "additionalSecretOutputs", "aliases"],
  ...["customTimeouts", "importID", "retainOnDelete", "deletedWith", "created", "modified", "sourcePosition"],
  ...["ignoreChanges", "replaceOnChanges", "replacementTrigger", "stackTrace"],
]);

/** Drops what the official format omits: false, 0, "", null, [] and {}. */
function omitEmpty(json: { [key: string]: Json | undefined }): JsonObject {
  const kept = Object.entries(json).filter(([, value]) => {
    if (value === undefined || value === null || value === false || value === 0 || value === "") return false;
    return typeof value !== "object" || Object.keys(value).length > 0;
  });
  return Object.fromEntries(kept) as JsonObject;
}

export function resourceToJson(state: ResourceState, secrets: SecretWriter): JsonObject {
  const timeouts = state.customTimeouts;
  return {
    urn: state.urn,
    custom: state.custom,
    ...omitEmpty({
      delete: state.delete,
      id: state.id,
      type: state.type,
      inputs: serializeMap(state.inputs, secrets, `${state.urn} inputs`),
      outputs: serializeMap(state.outputs, secrets, `${state.urn} outputs`),
      parent: state.parent,
      protect: state.protect,
      external: state.external,
      dependencies: state.dependencies,
      initErrors: state.initErrors,
      provider: state.provider,
      propertyDependencies: state.propertyDependencies,
      pendingReplacement: state.pendingReplacement,
      additionalSecretOutputs: state.additionalSecretOutputs,
      aliases: state.aliases,
      customTimeouts: timeouts && omitEmpty({ ...timeouts }),
      importID: state.importId,
      retainOnDelete: state.retainOnDelete,
      deletedWith: state.deletedWith,
      created: state.created,
      modified: state.modified,
      sourcePosition: state.sourcePosition,
      ignoreChanges: state.ignoreChanges,
      replaceOnChanges: state.replaceOnChanges,
      replacementTrigger:
        state.replacementTrigger === undefined
          ? undefined
          : serializeValue(state.replacementTrigger, secrets, `${state.urn} replacementTrigger`),
    }),
    ...state.unmodelled,
  };
}

export function resourceFromJson(json: JsonObject, crypter: Crypter): ResourceState {
  const text = (key: string) => (typeof json[key] === "string" ? (json[key] as string) : undefined);
  const texts = (key: string) => (Array.isArray(json[key]) ? (json[key] as string[]) : []);
  const map = (key: string) => json[key] as JsonObject | undefined;
  const urn = text("urn");
  const type = text("type");
  if (!urn || !type) throw new UserError(`a resource without ${urn ? "type" : "urn"}`);
  const timeouts = map("customTimeouts");
  return newState({
    urn,
    type,
    custom: json.custom === true,
    id: text("id") ?? "",
    inputs: deserializeMap(map("inputs"), crypter, `${urn} inputs`),
    outputs: deserializeMap(map("outputs"), crypter, `${urn} outputs`),
    parent: text("parent"),
    protect: json.protect === true,
    delete: json.delete === true,
    external: json.external === true,
    dependencies: texts("dependencies"),
    initErrors: texts("initErrors"),
    provider: text("provider"),
    propertyDependencies: map("propertyDependencies") as Record<string, string[]> | undefined,
    pendingReplacement: json.pendingReplacement === true,
    additionalSecretOutputs: texts("additionalSecretOutputs"),
    aliases: texts("aliases"),
    customTimeouts: timeouts && {
      create: Number(timeouts.create ?? 0),
      update: Number(timeouts.update ?? 0),
      delete: Number(timeouts.delete ?? 0),
    },
    importId: text("importID") ?? "",
    retainOnDelete: json.retainOnDelete === true,
    deletedWith: text("deletedWith"),
    created: text("created"),
    modified: text("modified"),
    sourcePosition: text("sourcePosition"),
    ignoreChanges: texts("ignoreChanges"),
    replaceOnChanges: texts("replaceOnChanges"),
    replacementTrigger:
      json.replacementTrigger === undefined
        ? undefined
        : deserializeValue(json.replacementTrigger, crypter, `${urn} replacementTrigger`),
    unmodelled: Object.fromEntries(Object.entries(json).filter(([key]) => !MODELLED.has(key))),
  });
}

const magicOf = (version: string): string => createHash("sha256").update(version).digest("hex");

export function snapshotToJson(snapshot: Snapshot, provider: SecretsProvider, secrets: SecretWriter): Deployment {
  const operations = snapshot.pendingOperations.map(({ resource, type }) => ({
    resource: resourceToJson(resource, secrets),
    type,
  }));
  return {
    manifest: { time: new Date().toISOString(), magic: magicOf(COMPATIBLE_VERSION), version: COMPATIBLE_VERSION },
    secrets_providers: { type: provider.type, state: { ...provider.state } } as JsonObject,
    ...(snapshot.resources.length > 0 && {
      resources: snapshot.resources.map((state) => resourceToJson(state, secrets)),
    }),
    ...(operations.length > 0 && { pending_operations: operations }),
    metadata: snapshot.metadata,
  };
}

/** Throws a UserError when the deployment cannot be read. */
export function snapshotFromJson(deployment: Deployment, crypter: Crypter): Snapshot {
  const resources = (deployment.resources ?? []) as JsonObject[];
  const operations = (deployment.pending_operations ?? []) as JsonObject[];
  return {
    resources: resources.map((json) => resourceFromJson(json, crypter)),
    pendingOperations: operations.map((json) => ({
      resource: resourceFromJson(json.resource as JsonObject, crypter),
      type: json.type as OperationType,
    })),
    metadata: (deployment.metadata ?? {}) as JsonObject,
  };
}

export function secretsProviderOf(deployment: Deployment | undefined): SecretsProvider | undefined {
  return deployment?.secrets_providers as SecretsProvider | undefined;
}

/** Why the deployment's manifest is not to be trusted, if so. */
export function manifestProblem(deployment: Deployment): string | undefined {
  const manifest = deployment.manifest as JsonObject | undefined;
  if (!manifest?.magic) return undefined;
  const matches = manifest.magic === magicOf(String(manifest.version ?? ""));
  return matches ? undefined : "magic cookie mismatch; possible tampering/corruption detected";
}
