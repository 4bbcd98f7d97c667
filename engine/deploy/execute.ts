/** Carries out single steps: the calls to providers, and what they make of the states. */
import { thisEngine } from "../invocation";
import { InitError, type Provider, type ReadResult } from "../plugins/provider";
import type { ResourceState } from "../state/resource";
import { isProviderType, type Urn } from "../urn";
import { deepEquals, Secret } from "../values/property";
import { UNKNOWN_STRING } from "../values/wire";
import { diffInputs, invert } from "./decide";
import type { Diagnostics } from "./diagnostics";
import type { ProviderRegistry } from "./registry";
import type { Step } from "./step";

export interface StepContext {
  readonly registry: ProviderRegistry;
  readonly diagnostics: Diagnostics;
  readonly dryRun: boolean;
  /** Whether a resource is deleted in this run: what is `deletedWith` it needs no delete of its own. */
  readonly isDeleted: (urn: Urn) => boolean;
}

/** A protected resource was to be deleted; others go on, so that all of them are reported at once. */
export class ProtectedError extends Error {
  constructor(urn: Urn) {
    super(
      `resource "${urn}" cannot be deleted\nbecause it is protected. To unprotect the resource, either remove the ` +
        "`protect` flag from the resource in your Pulumi program and run `pulumi up`, or use the command:\n" +
        `\`${thisEngine} state unprotect '${urn}'\``,
    );
  }
}

const now = (): string => new Date().toISOString();

/**
 * Carries a step out and brings its states up to date. An InitError is thrown after the new state was filled in: the
 * resource exists and belongs into the snapshot.
 */
export async function execute(step: Step, context: StepContext): Promise<void> {
  switch (step.op) {
    case "same":
      await same(step, context);
      break;
    case "create":
    case "create-replacement":
      await create(step, context);
      break;
    case "update":
      await update(step, context);
      break;
    case "delete":
    case "delete-replaced":
    case "discard":
    case "discard-replaced":
      await remove(step, context);
      break;
    case "read":
    case "read-replacement":
      await read(step, context);
      break;
    case "refresh":
      await refresh(step, context);
      break;
    case "import":
    case "import-replacement":
      await adopt(step, context);
      break;
    case "replace":
    case "remove-pending-replace":
      return;
  }
  if (step.new) markSecrets(step.new);
}

/** Marks outputs as secret that were asked to be, or whose inputs are. */
function markSecrets(state: ResourceState): void {
  for (const [key, value] of Object.entries(state.outputs)) {
    if (value instanceof Secret) continue;
    const asked = state.additionalSecretOutputs.includes(key) && key !== "id";
    if (asked || state.inputs[key] instanceof Secret) state.outputs[key] = new Secret(value);
  }
}

function providerFor(step: Step, context: StepContext): Promise<Provider> {
  if (isProviderType(step.type)) return Promise.resolve(context.registry);
  if (!step.provider) throw new Error(`${step.urn} has no provider`);
  return context.registry.get(step.provider);
}

function statesOf(step: Step): { old: ResourceState; state: ResourceState } {
  if (!step.old || !step.new) throw new Error(`a ${step.op} step needs an old and a new state`);
  return { old: step.old, state: step.new };
}

async function same(step: Step, context: StepContext): Promise<void> {
  const { old, state } = statesOf(step);
  state.id = old.id;
  state.outputs = { ...old.outputs };
  state.initErrors = old.initErrors;
  state.created = old.created;
  state.modified = old.modified;
  if (isProviderType(state.type)) {
    await context.registry.same(state);
  }
}

async function create(step: Step, context: StepContext): Promise<void> {
  const state = step.new;
  if (!state) throw new Error("a create step needs a new state");
  let failure: InitError | undefined;
  if (state.custom) {
    const provider = await providerFor(step, context);
    try {
      const created = await provider.create({
        urn: state.urn,
        inputs: state.inputs,
        timeout: state.customTimeouts?.create ?? 0,
        preview: context.dryRun,
      });
      if (!context.dryRun && created.id === "") throw new Error("provider did not return an ID from Create");
      state.id = created.id;
      state.outputs = created.outputs;
    } catch (error) {
      if (!(error instanceof InitError)) throw error;
      failure = error;
      state.id = error.id;
      state.outputs = error.outputs;
      state.initErrors = [...error.reasons];
    }
  }
  state.created = now();
  state.modified = state.created;
  if (step.pending && step.old) step.old.delete = true;
  if (failure) {
    markSecrets(state);
    throw failure;
  }
}

async function update(step: Step, context: StepContext): Promise<void> {
  const { old, state } = statesOf(step);
  state.id = old.id;
  state.created = old.created;
  state.modified = old.modified;
  if (!state.custom) return;
  const provider = await providerFor(step, context);
  let failure: InitError | undefined;
  try {
    state.outputs = await provider.update({
      urn: state.urn,
      id: old.id,
      oldInputs: old.inputs,
      oldOutputs: old.outputs,
      inputs: state.inputs,
      timeout: state.customTimeouts?.update ?? 0,
      ignoreChanges: step.ignoreChanges,
      preview: context.dryRun,
    });
  } catch (error) {
    if (!(error instanceof InitError)) throw error;
    failure = error;
    state.outputs = error.outputs;
    // The update did not come to an end: with the old inputs on record, the same difference shows next time.
    state.inputs = old.inputs;
    state.initErrors = [...error.reasons];
  }
  state.modified = now();
  if (failure) {
    markSecrets(state);
    throw failure;
  }
}

async function remove(step: Step, context: StepContext): Promise<void> {
  const { old } = step;
  if (!old) throw new Error("a delete step needs an old state");
  if (step.op === "delete" && old.protect) throw new ProtectedError(old.urn);
  const deletedWithOther = old.deletedWith !== undefined && context.isDeleted(old.deletedWith);
  const kept = context.dryRun || old.external || old.retainOnDelete || deletedWithOther || !old.custom;
  if (!kept) {
    const provider = await providerFor(step, context);
    await provider.delete({
      urn: old.urn,
      id: old.id,
      inputs: old.inputs,
      outputs: old.outputs,
      timeout: old.customTimeouts?.delete ?? 0,
    });
  }
  // Only now that it is gone: had the delete failed, the next run would have to try it again.
  if (step.pending) old.pendingReplacement = true;
}

async function read(step: Step, context: StepContext): Promise<void> {
  const state = step.new;
  if (!state) throw new Error("a read step needs a new state");
  let failure: InitError | undefined;
  if (state.id === UNKNOWN_STRING) {
    state.outputs = {};
  } else {
    const provider = await providerFor(step, context);
    try {
      const found = await provider.read({ urn: state.urn, id: state.id, inputs: state.inputs, state: state.inputs });
      if (found.id === "") throw new Error(`resource '${state.id}' does not exist`);
      state.id = found.id;
      state.outputs = found.outputs;
    } catch (error) {
      if (!(error instanceof InitError)) throw error;
      failure = error;
      state.outputs = error.outputs;
      state.initErrors = [...error.reasons];
    }
  }
  if (step.pending && step.old) step.old.delete = true;
  if (step.old) {
    state.created = step.old.created;
    state.modified = step.old.modified;
    const changed = !deepEquals(state.inputs, step.old.inputs) || !deepEquals(state.outputs, step.old.outputs);
    if (changed) state.modified = now();
  }
  if (failure) throw failure;
}

/** Compares a resource with reality. `step.outcome` says what came of it; a vanished resource has no new state. */
async function refresh(step: Step, context: StepContext): Promise<void> {
  const { old } = step;
  if (!old) throw new Error("a refresh step needs an old state");
  step.outcome = "same";
  step.new = old;
  // Components and providers have nothing to be read; what was replaced or deleted already is not looked at.
  if (
    !old.custom ||
    isProviderType(old.type) ||
    old.pendingReplacement ||
    old.type === "pulumi:pulumi:StackReference"
  ) {
    return;
  }
  const provider = await providerFor(step, context);
  let found: ReadResult;
  let initErrors: string[] = [];
  try {
    found = await provider.read({ urn: old.urn, id: old.id, inputs: old.inputs, state: old.outputs });
  } catch (error) {
    if (!(error instanceof InitError)) throw error;
    found = { id: error.id, inputs: error.inputs, outputs: error.outputs };
    initErrors = [...error.reasons];
    const reasons = initErrors.map((reason) => `\n* ${reason}`).join("");
    context.diagnostics.report("warning", old.urn, `Refreshed resource is in an unhealthy state:${reasons}`);
  }
  if (found.id === "") {
    step.outcome = "delete";
    step.new = undefined;
    return;
  }
  const state: ResourceState = {
    ...old,
    id: found.id,
    initErrors,
    inputs: found.inputs ?? old.inputs,
    outputs: found.outputs,
  };
  step.new = state;
  const changed = !deepEquals(state.inputs, old.inputs) || !deepEquals(state.outputs, old.outputs);
  if (changed) state.modified = now();
  if (old.external) {
    step.outcome = deepEquals(state.outputs, old.outputs) ? "same" : "update";
    return;
  }
  const asked = await provider.diff({
    urn: old.urn,
    id: state.id,
    oldInputs: state.inputs,
    oldOutputs: state.outputs,
    news: old.inputs,
    ignoreChanges: old.ignoreChanges,
  });
  const diff = invert(asked.changes === "unknown" ? diffInputs(state.inputs, old.inputs) : asked);
  step.detailed = diff.detailed;
  step.changedKeys = diff.changedKeys;
  step.outcome = diff.changes === "some" ? "update" : "same";
}

async function adopt(step: Step, context: StepContext): Promise<void> {
  const state = step.new;
  if (!state) throw new Error("an import step needs a new state");
  const provider = await providerFor(step, context);
  let found: ReadResult;
  try {
    found = await provider.read({ urn: state.urn, id: state.importId, inputs: undefined, state: undefined });
  } catch (error) {
    if (!(error instanceof InitError)) throw error;
    state.initErrors = [...error.reasons];
    found = { id: error.id, inputs: error.inputs, outputs: error.outputs };
  }
  if (found.id === "") throw new Error(`resource '${state.importId}' does not exist`);
  if (!found.inputs) throw new Error("provider does not support importing resources");
  state.id = found.id;
  state.inputs = found.inputs;
  state.outputs = found.outputs;
  if (step.pending && step.old) step.old.delete = true;
  step.old = { ...state, inputs: found.inputs };
  state.created = now();
  state.modified = state.created;
}
