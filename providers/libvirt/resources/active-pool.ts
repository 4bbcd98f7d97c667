import type { Virsh } from "../virsh/virsh";

/** A pool that is not active, for example after a restart of its hypervisor, is started: its volumes cannot be reached otherwise. */
export async function activatePool(virsh: Virsh, pool: string): Promise<void> {
  const info = await virsh.run(["pool-info", pool]);
  if (!/^State:\s+running$/m.test(info)) await virsh.runUnless(["alreadyActive"], ["pool-start", pool]);
}
