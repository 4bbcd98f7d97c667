/** What each step means for the journal: pure, save for the journal itself. */
import type { Journal } from "../state/journal";
import type { OperationType, ResourceState } from "../state/resource";
import { deepEquals } from "../values/property";
import { isDelete, type Step } from "./step";

/** Notes what a step is about to do. Returns whether that has to be on disk before it is done. */
export function noteBegin(journal: Journal, step: Step): boolean {
  const type = announcement(step);
  const state = isDelete(step.op) ? step.old : step.new;
  if (!type || !state) return false;
  journal.begin(state, type);
  return true;
}

function announcement({ op }: Step): OperationType | undefined {
  if (op === "create" || op === "create-replacement") return "creating";
  if (op === "update") return "updating";
  if (isDelete(op)) return "deleting";
  if (op === "read" || op === "read-replacement") return "reading";
  if (op === "import" || op === "import-replacement") return "importing";
  return undefined;
}

/**
 * Notes what a step has done; `existing` is false when it failed and left nothing. Returns whether the snapshot changed
 * in a way that must be on disk at once.
 */
export function noteEnd(journal: Journal, step: Step, existing: boolean): boolean {
  const { op, old, new: state } = step;
  const announced = isDelete(op) ? old : state;
  if (announcement(step) && announced) journal.finish(announced);
  if (!existing) return announcement(step) !== undefined;
  switch (op) {
    case "same":
      if (!old || !state) return false;
      journal.remove(old);
      journal.add(state);
      return differs(old, state);
    case "create":
    case "create-replacement":
      if (state) journal.add(state);
      if (old?.pendingReplacement) journal.remove(old);
      return true;
    case "update":
      if (old) journal.remove(old);
      if (state) journal.add(state);
      return true;
    case "delete":
    case "delete-replaced":
    case "discard":
    case "discard-replaced":
      if (old && !old.pendingReplacement) journal.remove(old);
      return true;
    case "read":
    case "read-replacement":
      if (old && op === "read") journal.remove(old);
      if (state) journal.add(state);
      return true;
    case "import":
    case "import-replacement":
      if (state) journal.add(state);
      return true;
    case "remove-pending-replace":
      if (old) journal.remove(old);
      return true;
    case "replace":
    case "refresh":
      return false;
  }
}

/** Whether a resource that was left alone changed in anything but where it stands in the program. */
function differs(old: ResourceState, now: ResourceState): boolean {
  const sorted = (urns: readonly string[]) => JSON.stringify([...urns].sort());
  return (
    old.urn !== now.urn ||
    old.type !== now.type ||
    old.custom !== now.custom ||
    old.provider !== now.provider ||
    old.parent !== now.parent ||
    old.protect !== now.protect ||
    old.retainOnDelete !== now.retainOnDelete ||
    old.deletedWith !== now.deletedWith ||
    JSON.stringify(old.customTimeouts) !== JSON.stringify(now.customTimeouts) ||
    sorted(old.dependencies) !== sorted(now.dependencies) ||
    !deepEquals(old.inputs, now.inputs) ||
    !deepEquals(old.outputs, now.outputs) ||
    !deepEquals(old.replacementTrigger, now.replacementTrigger)
  );
}
