import type { KnownObjects } from "./state";
import { virshList } from "./virsh";

/** The names of what the last deploy left active and somebody has stopped or removed since: a person, or a restart. */
export function drift(known: KnownObjects): string[] {
  const there = new Set(
    known.hypervisorUris.flatMap((uri) =>
      ["list", "net-list", "pool-list"].flatMap((list) => virshList(uri, list, "--name")),
    ),
  );
  return known.active.filter((name) => !there.has(name));
}
