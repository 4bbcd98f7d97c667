/** `stack …` and `cancel`: making, listing, removing, exporting and importing stacks. */
import { readFileSync, writeFileSync } from "node:fs";
import { parseStackReference } from "../backend/layout";
import { lock, removeLocks } from "../backend/lock";
import { EXIT, UserError } from "../errors";
import { thisEngine } from "../invocation";
import { PassphraseCrypter, passphraseFromEnvironment } from "../secrets/passphrase";
import {
  DEPLOYMENT_VERSION,
  type Deployment,
  type JsonObject,
  secretsProviderOf,
  snapshotFromJson,
  snapshotToJson,
} from "../state/deployment";
import { integrityProblem } from "../state/integrity";
import { EMPTY_SNAPSHOT, type Snapshot } from "../state/resource";
import { encrypting, revealing } from "../values/serial";
import { type ProjectContext, StackContext } from "./context";

/** Makes an empty stack with a key of its own and selects it. */
export async function initStack(owner: ProjectContext, name: string): Promise<void> {
  const id = parseStackReference(name, owner.project.name);
  if (await owner.backend.exists(id)) throw new UserError(`stack '${id.stack}' already exists`);
  const stack = new StackContext(owner, id, undefined);
  const provider = await stack.secretsProvider();
  await owner.backend.save(id, snapshotToJson(EMPTY_SNAPSHOT, provider, encrypting(await stack.crypter())));
  owner.select(id.stack);
}

export async function listStacks(owner: ProjectContext, json: boolean): Promise<string> {
  const names = await owner.backend.list(owner.project.name);
  const selected = owner.selected();
  const rows = await Promise.all(
    names.map(async (name) => {
      const id = { project: owner.project.name, stack: name };
      const updated = await owner.backend.lastUpdate(id);
      const deployment = await owner.backend.load(id).catch(() => undefined);
      const resources = (deployment?.resources as unknown[] | undefined)?.length ?? 0;
      return { name, current: name === selected, updated, resources };
    }),
  );
  if (json) {
    const document = rows.map(({ name, current, updated, resources }) => ({
      name,
      current,
      ...(updated !== undefined && { lastUpdate: new Date(updated * 1000).toISOString() }),
      updateInProgress: false,
      resourceCount: resources,
    }));
    return JSON.stringify(document, null, 2);
  }
  const width = Math.max(4, ...rows.map(({ name }) => name.length + 1));
  const lines = rows.map(({ name, current, updated, resources }) => {
    const when = updated === undefined ? "n/a" : new Date(updated * 1000).toISOString();
    return `${(name + (current ? "*" : "")).padEnd(width)}  ${when.padEnd(24)}  ${resources}`;
  });
  return [`${"NAME".padEnd(width)}  ${"LAST UPDATE".padEnd(24)}  RESOURCE COUNT`, ...lines].join("\n");
}

/** Removes a stack. Throws a UserError while somebody is at work on it or it still has resources, unless `force`. */
export async function removeStack(stack: StackContext, force: boolean): Promise<void> {
  const held = await lock(stack.backend.filesOf(stack.id), false);
  try {
    // Of now: what was read before the lock was taken may be out of date. By force even a state that cannot be read goes.
    const deployment = force ? undefined : await stack.backend.load(stack.id);
    const resources = (deployment?.resources as unknown[] | undefined)?.length ?? 0;
    if (resources > 0) throw stillHasResources(stack.id.stack);
    await stack.backend.remove(stack.id);
  } finally {
    await held.release();
  }
}

function stillHasResources(name: string): UserError {
  return new UserError(
    `'${name}' still has resources; removal rejected. Possible actions:\n` +
      `- Make sure that '${name}' is the stack that you want to destroy\n` +
      `- Run \`${thisEngine} destroy\` to delete the resources, then run \`${thisEngine} stack rm\`\n` +
      `- Run \`${thisEngine} stack rm --force\` to override this error`,
  );
}

/** The stack's deployment, with 4 spaces of indentation. */
export async function exportStack(stack: StackContext, showSecrets: boolean): Promise<string> {
  const deployment = stack.deployment ?? {};
  if (!showSecrets || !stack.deployment) {
    return JSON.stringify({ version: DEPLOYMENT_VERSION, deployment }, null, 4);
  }
  const provider = secretsProviderOf(deployment) ?? (await stack.secretsProvider());
  const revealed = snapshotToJson(await stack.snapshotUnchecked(), provider, revealing);
  const document = { ...revealed, manifest: deployment.manifest ?? null };
  return JSON.stringify({ version: DEPLOYMENT_VERSION, deployment: document }, null, 4);
}

/**
 * Replaces the stack's state by an exported one; operations that it says are pending are dropped. Returns warnings.
 * Throws a UserError when the file is not an export, or when it breaks the rules of a state and `force` is not given.
 */
export async function importStack(stack: StackContext, text: string, force: boolean): Promise<string[]> {
  const deployment = deploymentOf(text);
  const warnings: string[] = [];
  const snapshot = await decodeImported(stack, deployment);
  const problems = [
    ...snapshot.resources
      .filter((state) => !state.urn.startsWith(`urn:pulumi:${stack.id.stack}::${stack.id.project}::`))
      .map((state) => `resource '${state.urn}' is from a different stack or project`),
    ...[integrityProblem(snapshot.resources)].flatMap((problem) =>
      problem ? [`state file contains errors: ${problem}`] : [],
    ),
  ];
  if (problems.length > 0) {
    if (!force) {
      const all = [...problems, "importing this file could be dangerous; rerun with --force to proceed anyway"];
      const list = all.map((problem, index) => `    ${index + 1}) ${problem}`).join("\n");
      throw new UserError(`${all.length} errors occurred:\n${list}`);
    }
    warnings.push(...problems);
  }
  if (snapshot.pendingOperations.length > 0) {
    warnings.push("removing pending operations from the imported state: they are not taken over");
  }
  const imported: Snapshot = { ...snapshot, pendingOperations: [] };
  const provider = await stack.secretsProvider();
  const document = snapshotToJson(imported, provider, encrypting(await stack.crypter()));
  await stack.backend.save(stack.id, document);
  return warnings;
}

function deploymentOf(text: string): Deployment {
  let document: JsonObject;
  try {
    document = JSON.parse(text) as JsonObject;
  } catch (error) {
    throw new UserError(`could not deserialize deployment: ${(error as Error).message}`);
  }
  const { version, deployment } = document;
  if (version !== DEPLOYMENT_VERSION || typeof deployment !== "object" || deployment === null) {
    throw new UserError(
      `could not deserialize deployment: it must have "version": ${DEPLOYMENT_VERSION} and a "deployment"`,
    );
  }
  return deployment as Deployment;
}

/** Secrets of the file are under the key whose salt it carries, or in the clear. */
async function decodeImported(stack: StackContext, deployment: Deployment): Promise<Snapshot> {
  const salt = secretsProviderOf(deployment)?.state?.salt;
  const own = await stack.crypter();
  if (salt === undefined || salt === own.saltString) return snapshotFromJson(deployment, own);
  const phrase = passphraseFromEnvironment(stack.owner.environment.variables);
  return snapshotFromJson(deployment, await PassphraseCrypter.open(phrase, salt));
}

/** Frees a stack from whoever had it when they were killed. */
export async function cancelUpdate(owner: ProjectContext, name: string | undefined): Promise<string> {
  const id = owner.stackId(name);
  if (!(await owner.backend.exists(id))) {
    throw new UserError(`no stack named '${id.stack}' found`, EXIT.stackNotFound);
  }
  await removeLocks(owner.backend.filesOf(id));
  return `The currently running update for '${id.stack}' has been canceled!`;
}

/** Sets or lifts the protection of resources, by URN or of all. Returns how many changed hands. */
export async function protectResources(
  stack: StackContext,
  urns: readonly string[],
  all: boolean,
  protect: boolean,
): Promise<number> {
  const snapshot = await stack.snapshot();
  const wanted = new Set(urns);
  for (const urn of urns) {
    if (!snapshot.resources.some((state) => state.urn === urn)) {
      throw new UserError(`No such resource "${urn}" exists in the current state`);
    }
  }
  let count = 0;
  for (const state of snapshot.resources) {
    if (!all && !wanted.has(state.urn)) continue;
    state.protect = protect;
    count += 1;
  }
  const provider = await stack.secretsProvider();
  await stack.backend.save(stack.id, snapshotToJson(snapshot, provider, encrypting(await stack.crypter())));
  return count;
}

export const readInput = (file: string | undefined): string => readFileSync(file ?? 0, "utf8");
export const writeOutput = (file: string, text: string): void => writeFileSync(file, text, { mode: 0o600 });
