/** Events as the official CLI writes them with --json and --event-log (sdk/go/common/apitype/events.go). */
import type { EngineEvent } from "../deploy/events";
import type { Operation, Step } from "../deploy/step";
import { type JsonObject, resourceToJson } from "../state/deployment";
import type { ResourceState } from "../state/resource";
import { type Json, mapDeep, type PropertyMap, Secret } from "../values/property";
import { revealing, serializeMap } from "../values/serial";

/** The event as JSON; undefined for what has no counterpart. */
export function eventToJson(event: EngineEvent): JsonObject | undefined {
  switch (event.kind) {
    case "prelude":
      return { preludeEvent: { config: { ...event.config } } };
    case "step-begins":
      return { resourcePreEvent: { metadata: metadataOf(event.step) } };
    case "step-ends":
      return { resOutputsEvent: { metadata: metadataOf(event.step) } };
    case "step-fails":
      return { resOpFailedEvent: { metadata: metadataOf(event.step), status: 0, steps: 0 } };
    case "diagnostic":
      return {
        diagnosticEvent: {
          ...(event.urn && { urn: event.urn }),
          message: event.message,
          color: "raw",
          severity: event.severity,
          ...(event.ephemeral && { ephemeral: true }),
        },
      };
    case "summary":
      return {
        summaryEvent: {
          maybeCorrupt: false,
          durationSeconds: event.seconds,
          resourceChanges: changesToJson(event.changes),
          PolicyPacks: {},
          isPreview: event.preview,
          result: event.succeeded ? "succeeded" : "failed",
        },
      };
    case "end":
      return { cancelEvent: {} };
  }
}

export const changesToJson = (changes: Readonly<Partial<Record<Operation, number>>>): JsonObject =>
  Object.fromEntries(Object.entries(changes).map(([op, count]) => [op, count]));

function metadataOf(step: Step): JsonObject {
  return {
    op: step.op === "refresh" && step.outcome ? step.outcome : step.op,
    urn: step.urn,
    type: step.type,
    old: stateOf(step.old),
    new: stateOf(step.new),
    ...(step.replaceKeys.length > 0 && { keys: [...step.replaceKeys] }),
    ...(step.changedKeys.length > 0 && { diffs: [...step.changedKeys] }),
    detailedDiff: detailsOf(step, "diffKind"),
    logical: step.logical,
    provider: step.provider ?? "",
  };
}

function detailsOf(step: Step, kindName: string): Json {
  if (!step.detailed) return null;
  const entries = Object.entries(step.detailed).map(([path, { kind, inputDiff }]): [string, Json] => [
    path,
    { [kindName]: kind, inputDiff },
  ]);
  return Object.fromEntries(entries);
}

function stateOf(state: ResourceState | undefined): Json {
  if (!state) return null;
  return {
    type: state.type,
    urn: state.urn,
    ...(state.custom && { custom: true }),
    ...(state.delete && { delete: true }),
    id: state.id,
    parent: state.parent ?? "",
    ...(state.protect && { protect: true }),
    inputs: masked(state.inputs),
    outputs: masked(state.outputs),
    provider: state.provider ?? "",
    ...(state.initErrors.length > 0 && { initErrors: [...state.initErrors] }),
  };
}

/** Plain JSON with secrets masked. */
export function masked(map: PropertyMap): JsonObject {
  const hidden = mapDeep(map, (value) => (value instanceof Secret ? "[secret]" : value)) as PropertyMap;
  return serializeMap(hidden, revealing, "");
}

/** A planned step, for `preview --json`. */
export function plannedStepToJson(step: Step): JsonObject {
  const hide = (state: ResourceState) => ({ ...state, inputs: asMap(state.inputs), outputs: asMap(state.outputs) });
  return {
    op: step.op,
    urn: step.urn,
    ...(step.provider && { provider: step.provider }),
    ...(step.old && { oldState: resourceToJson(hide(step.old), revealing) }),
    ...(step.new && { newState: resourceToJson(hide(step.new), revealing) }),
    ...(step.changedKeys.length > 0 && { diffReasons: [...step.changedKeys] }),
    ...(step.replaceKeys.length > 0 && { replaceReasons: [...step.replaceKeys] }),
    detailedDiff: detailsOf(step, "kind"),
  };
}

const asMap = (map: PropertyMap): PropertyMap =>
  mapDeep(map, (value) => (value instanceof Secret ? "[secret]" : value)) as PropertyMap;
