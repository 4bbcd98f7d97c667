import { ask, type Engine } from "./engine";
import { isLockStale, type KnownObjects, knownObjects } from "./state";
import { sweep } from "./sweep";

/**
 * Puts right what a deploy left that was killed: its lock, and what it made without having it written down.
 * @returns what the state knows
 */
export function recover(engine: Engine, projectDirectory: string, stack: string): KnownObjects {
  if (isLockStale(projectDirectory, stack)) {
    console.log("The last deploy of this stack was killed; releasing its lock.");
    ask(engine, projectDirectory, ["cancel", stack, "--yes"]);
  }
  const known = knownObjects(engine, projectDirectory, stack);
  for (const orphan of sweep(stack, known)) console.log(`Removed what a killed deploy left: ${orphan}`);
  return known;
}
