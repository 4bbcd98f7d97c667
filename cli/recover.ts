import { type Stack, withLock } from "./stack";
import { type KnownObjects, readState } from "./state";
import { sweep } from "./sweep";

/** What is this stack's and could not be removed, or why a hypervisor could not be asked. */
export class LeftoversRemain extends Error {
  override readonly name = "LeftoversRemain";
}

/**
 * Puts right what a deploy left that was killed: its lock, and what it made without having it written down.
 * @returns what the state knows
 * @throws UserError where somebody is at work on the stack
 * @throws LeftoversRemain; a deploy that went on would forget them
 */
export function recover(stack: Stack): Promise<KnownObjects> {
  return withLock(stack, async (isLocked) => {
    const known = (await readState(stack)) ?? { hypervisors: [], names: new Set(), ids: [] };
    // What the state does not know is no orphan while another deploy is at work.
    if (isLocked) await removeOrphans(stack, known);
    return known;
  });
}

/** Removes what is of this stack and not in `known`, and says so. @throws LeftoversRemain */
export async function removeOrphans(stack: Stack, known: KnownObjects): Promise<void> {
  const { removed, failed } = await sweep(stack, known);
  for (const orphan of removed) console.error(`Removed what a killed deploy left: ${orphan}`);
  if (failed.length === 0) return;
  throw new LeftoversRemain(
    `Not everything that this stack has left could be removed:\n${failed.map((line) => `  ${line}`).join("\n")}\n` +
      "Mend the cause, or remove it by hand, and run this again; the stack's record stays, for it knows their names.",
  );
}
