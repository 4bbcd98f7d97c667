import { rm } from "node:fs/promises";
import { cacheDirectory } from "../images/base-image";
import { stopStartedLibvirt } from "../setup/libvirt";
import { type Engine, removeStack, runEngine } from "./engine";
import { recover } from "./recover";
import { stackExists } from "./state";
import { sweep } from "./sweep";

/**
 * Removes everything of a stack, the stack itself included. A stack that does not exist has nothing to remove.
 * @param all remove the caches and the libvirt daemons that set-up started, too
 * @returns the exit code
 */
export async function destroy(engine: Engine, projectDirectory: string, stack: string, all: boolean): Promise<number> {
  if (stackExists(projectDirectory, stack)) {
    const known = recover(engine, projectDirectory, stack);
    const destroyed = await runEngine(engine, projectDirectory, [
      ...["destroy", "--stack", stack, "--yes", "--skip-preview", "--non-interactive"],
    ]);
    if (destroyed !== 0) return destroyed;
    sweep(stack, { ...known, names: new Set() });
    removeStack(engine, projectDirectory, stack);
    console.log(`Stack ${stack} is removed, its record included.`);
  } else {
    console.log(`There is no stack ${stack}: nothing to destroy.`);
  }
  if (all) {
    await rm(cacheDirectory(), { recursive: true, force: true });
    await stopStartedLibvirt();
  }
  return 0;
}
