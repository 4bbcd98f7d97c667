/** Names of what a stack makes on a hypervisor: they carry the stack and an id that tells it from others of that name. */
import { createHash } from "node:crypto";

/**
 * The storage pool, which outlives generations: `autoqa-<stack>-<id>`.
 * @param id drawn once in the life of a stack, so that stacks of one name in two backends have a pool each
 */
export const poolName = (stack: string, id: string): string => `autoqa-${stack}-${id}`;

/** What belongs to one generation: `autoqa-<stack>-<generation>-<name>`. */
export const generationName = (stack: string, generation: string, name: string): string =>
  `autoqa-${stack}-${generation}-${name}`;

/** What the URNs of all resources of a stack begin with. */
export const urnPrefix = (stack: string, project: string): string => `urn:pulumi:${stack}::${project}::`;

/** The URN of the storage pool on a hypervisor of the configuration. */
export const poolUrn = (stack: string, project: string, hypervisor: string): string =>
  `${urnPrefix(stack, project)}autoqa-staging:index:Hypervisor$libvirt:index/pool:Pool::${hypervisor}`;

/**
 * A MAC address in QEMU's range 52:54:00, the same in every deploy, so that a machine sees the same hardware each time.
 * @param parts what tells this interface from the others, e.g. stack, machine and role of the interface
 */
export function macAddress(...parts: string[]): string {
  const digest = createHash("sha256").update(parts.join("\0")).digest("hex");
  return `52:54:00:${digest.slice(0, 2)}:${digest.slice(2, 4)}:${digest.slice(4, 6)}`;
}
