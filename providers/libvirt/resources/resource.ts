import { isIPv4 } from "node:net";
import type { ResourceDescription } from "../schema/types";
import type { Failure } from "../schema/validate";
import type { Virsh } from "../virsh/virsh";
import { LeftoverError } from "../wire/errors";
import type { PlainMap } from "../wire/values";

/** One call of the engine about one resource. */
export interface Operation {
  virsh: Virsh;
  urn: string;
  /** Tells the user something that is no error. */
  log(severity: "info" | "warning", message: string): void;
  signal: AbortSignal;
}

/** A resource as it was found or made. */
export interface Found<Inputs> {
  id: string;
  /** The inputs with which this resource would be made. */
  inputs: Inputs;
  outputs: PlainMap;
  /** Why the resource, though it exists, is not as it should be; empty when it is. */
  problems: string[];
}

/** What each kind of resource can do. Inputs have been validated and are all known. */
export interface Resource<Inputs> {
  description: ResourceDescription;
  /** What the schema cannot express; values may be unknown in previews. */
  check(inputs: PlainMap): Failure[];
  /** Makes the resource or adopts what a crashed deployment of this URN has left; leaves nothing when it fails. */
  create(operation: Operation, inputs: Inputs): Promise<Found<Inputs>>;
  /**
   * Finds the resource: by id (or by name, for imports), or, when the id is empty, what was made of these inputs by
   * a deployment that did not live to see it. `known` are the inputs in the state; properties that still hold keep
   * their wording.
   */
  read(operation: Operation, id: string, known: Inputs | undefined): Promise<Found<Inputs> | undefined>;
  /** Changes what can change in place, and repairs a resource with problems. */
  update(operation: Operation, id: string, inputs: Inputs): Promise<Found<Inputs>>;
  /** Being gone already is success. */
  delete(operation: Operation, id: string, inputs: Inputs): Promise<void>;
}

/** The error to report for a failed creation, after the attempt to take away what had been made. */
export async function undo(error: unknown, id: string, isMade: boolean, remove: () => Promise<void>): Promise<unknown> {
  try {
    await remove();
    return error;
  } catch (cleanupError) {
    return isMade ? new LeftoverError(id, error, cleanupError) : error;
  }
}

/** Names that libvirt accepts and that cannot be taken for a path or an option. */
export function checkName(property: string, name: unknown): Failure[] {
  if (typeof name !== "string") return [];
  if (/^[A-Za-z0-9_.][A-Za-z0-9_.+:-]*$/.test(name) && name !== "." && name !== "..") return [];
  return [{ property, reason: `"${name}" cannot be a name: letters, digits, and _ . + : - are allowed` }];
}

export function checkAbsolute(property: string, path: unknown): Failure[] {
  if (typeof path !== "string" || path.startsWith("/")) return [];
  return [{ property, reason: `"${path}" is not an absolute path on the hypervisor` }];
}

export function checkIPv4(property: string, address: unknown): Failure[] {
  if (typeof address !== "string" || isIPv4(address)) return [];
  return [{ property, reason: `"${address}" is not an IPv4 address` }];
}
