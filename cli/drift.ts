import type { KnownObjects } from "./state";
import { hypervisor, linesOf } from "./virsh";

/**
 * The names of what the last deploy left active and somebody has stopped or removed since: a person, or a restart.
 * @throws VirshError where a hypervisor does not answer
 */
export async function drift(known: KnownObjects): Promise<string[]> {
  const there = new Set<string>();
  for (const { uri } of known.hypervisors) {
    for (const list of ["list", "net-list", "pool-list"]) {
      for (const name of linesOf(await hypervisor(uri).run([list, "--name"]))) there.add(name);
    }
  }
  return [...known.names].filter((name) => !there.has(name));
}
