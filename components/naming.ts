/** Names of what a stack makes on a hypervisor: they carry the stack and, where it has one, the generation. */
import { createHash } from "node:crypto";

/** What outlives generations: `autoqa-<stack>`. */
export const stackName = (stack: string): string => `autoqa-${stack}`;

/** What belongs to one generation: `autoqa-<stack>-<generation>-<name>`. */
export const generationName = (stack: string, generation: string, name: string): string =>
  `${stackName(stack)}-${generation}-${name}`;

/**
 * A MAC address in QEMU's range 52:54:00, the same in every deploy, so that a machine sees the same hardware each time.
 * @param parts what tells this interface from the others, e.g. stack, machine and role of the interface
 */
export function macAddress(...parts: string[]): string {
  const digest = createHash("sha256").update(parts.join("\0")).digest("hex");
  return `52:54:00:${digest.slice(0, 2)}:${digest.slice(2, 4)}:${digest.slice(4, 6)}`;
}
