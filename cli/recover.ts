import { ask, type Engine } from "./engine";
import { type KnownObjects, knownObjects, lockState } from "./state";
import { sweep } from "./sweep";

/**
 * Puts right what a deploy left that was killed: its lock, and what it made without having it written down.
 * @returns what the state knows
 */
export function recover(engine: Engine, projectDirectory: string, stack: string): KnownObjects {
  const lock = lockState(projectDirectory, stack);
  if (lock === "stale") {
    console.log("The last deploy of this stack was killed; releasing its lock.");
    ask(engine, projectDirectory, ["cancel", stack, "--yes"]);
  }
  const known = knownObjects(engine, projectDirectory, stack);
  // What the state does not know is no orphan while another deploy is at work; the engine will say so and end.
  if (lock === "held" || lockState(projectDirectory, stack) === "held") return known;
  for (const orphan of sweep(stack, known)) console.log(`Removed what a killed deploy left: ${orphan}`);
  return known;
}
