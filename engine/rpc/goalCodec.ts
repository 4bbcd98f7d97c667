/** Registrations as they arrive from the SDK, read as goals. */
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { Alias as AliasMessage } from "@pulumi/pulumi/proto/alias_pb";
import type * as pb from "@pulumi/pulumi/proto/resource_pb";
import type { SourcePosition } from "@pulumi/pulumi/proto/source_pb";
import type { Alias, Goal } from "../deploy/goal";
import type { Urn } from "../urn";
import type { Json, PropertyMap } from "../values/property";
import { decodeValue } from "../values/wire";
import { parseDuration } from "./durations";

/** What a resource takes from its parent unless it says otherwise. */
export interface Inherited {
  readonly protect: boolean;
  readonly retainOnDelete: boolean;
  readonly deletedWith: Urn | undefined;
}

/** The goal of a registration; `inputs` are its properties, `provider` the reference that was settled on. */
export function goalOf(
  request: pb.RegisterResourceRequest,
  inputs: PropertyMap,
  provider: string | undefined,
  inherited: Inherited | undefined,
  root: string,
): Goal {
  const protect = request.hasProtect() ? request.getProtect() : inherited?.protect;
  const retain = request.hasRetainondelete() ? request.getRetainondelete() : inherited?.retainOnDelete;
  return {
    type: request.getType(),
    name: request.getName(),
    custom: request.getCustom(),
    inputs,
    parent: request.getParent() || undefined,
    protect: protect ?? false,
    dependencies: request.getDependenciesList(),
    provider,
    propertyDependencies: propertyDependenciesOf(request, inputs),
    deleteBeforeReplace: request.getDeletebeforereplacedefined() ? request.getDeletebeforereplace() : undefined,
    ignoreChanges: request.getIgnorechangesList(),
    additionalSecretOutputs: request.getAdditionalsecretoutputsList(),
    aliases: [...request.getAliasurnsList().map((urn) => ({ urn })), ...request.getAliasesList().map(aliasOf)],
    importId: request.getImportid(),
    customTimeouts: timeoutsOf(request.getCustomtimeouts()),
    replaceOnChanges: request.getReplaceonchangesList(),
    replacementTrigger: request.hasReplacementTrigger()
      ? decodeValue(request.getReplacementTrigger()?.toJavaScript() as Json)
      : undefined,
    retainOnDelete: retain ?? false,
    deletedWith: request.getDeletedwith() || inherited?.deletedWith,
    sourcePosition: sourcePositionOf(request.getSourceposition(), root),
  };
}

/** SDKs that do not tell properties apart mean that each depends on everything. */
function propertyDependenciesOf(request: pb.RegisterResourceRequest, inputs: PropertyMap): Record<string, Urn[]> {
  const given: Record<string, Urn[]> = {};
  request.getPropertydependenciesMap().forEach((urns, key) => {
    given[key] = urns.getUrnsList();
  });
  const all = request.getDependenciesList();
  if (Object.keys(given).length > 0 || all.length === 0) return given;
  return Object.fromEntries(Object.keys(inputs).map((key) => [key, all]));
}

function aliasOf(message: AliasMessage): Alias {
  const spec = message.getSpec();
  if (!spec) return { urn: message.getUrn() };
  return {
    name: spec.getName(),
    type: spec.getType(),
    stack: spec.getStack(),
    project: spec.getProject(),
    ...(spec.hasNoparent() && spec.getNoparent() && { parent: null }),
    ...(spec.getParenturn() !== "" && { parent: spec.getParenturn() }),
  };
}

function timeoutsOf(timeouts: pb.RegisterResourceRequest.CustomTimeouts | undefined) {
  return (
    timeouts && {
      create: parseDuration(timeouts.getCreate()),
      update: parseDuration(timeouts.getUpdate()),
      delete: parseDuration(timeouts.getDelete()),
    }
  );
}

/** `project:///index.ts#3,7`; nothing for places outside the project. */
export function sourcePositionOf(position: SourcePosition | undefined, root: string): string | undefined {
  if (!position?.getUri().startsWith("file://")) return undefined;
  const relative = path.relative(root, fileURLToPath(position.getUri()));
  if (relative.startsWith("..")) return undefined;
  const column = position.getColumn() ? `,${position.getColumn()}` : "";
  return `project:///${relative.split(path.sep).join("/")}#${position.getLine()}${column}`;
}
