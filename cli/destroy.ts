import { rm } from "node:fs/promises";
import { cacheDirectory } from "../images/base-image";
import { stopStartedLibvirt } from "../setup/libvirt";
import { runEngine } from "./engine";
import { recover, removeOrphans } from "./recover";
import { removeStack, type Stack, withLock } from "./stack";
import { type KnownObjects, readState } from "./state";

/**
 * Removes everything of a stack, the stack itself included. A stack that does not exist has nothing to remove.
 * @param all remove the caches and the libvirt daemons that set-up started, too
 * @returns the exit code
 */
export async function destroy(stack: Stack, all: boolean): Promise<number> {
  if ((await readState(stack)) === undefined) {
    console.log(`There is no stack ${stack.reference}: nothing to destroy.`);
  } else {
    const known = await recover(stack);
    const { engine, reference } = stack;
    // The local engine need not say how to remove the stack; Pulumi's CLI cannot be told.
    const quiet = engine.name === "local" ? ["--no-hint"] : [];
    const destroyed = await runEngine(engine, [
      ...["destroy", "--stack", reference, "--yes", "--skip-preview", "--non-interactive", ...quiet],
    ]);
    if (destroyed !== 0) return destroyed;
    await withLock(stack, async () => removeOrphans(stack, forgotten(known)));
    removeStack(stack);
    console.log(`Stack ${reference} is removed, its record included.`);
  }
  if (all) {
    await rm(cacheDirectory(), { recursive: true, force: true });
    await stopStartedLibvirt();
  }
  return 0;
}

/** The same without what the state knew, which is gone. */
const forgotten = ({ hypervisors, ids }: KnownObjects): KnownObjects => ({
  hypervisors: hypervisors.map((hypervisor) => ({ ...hypervisor, volumes: new Set() })),
  names: new Set(),
  ids,
});
